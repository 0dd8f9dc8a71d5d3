// SPDX-License-Identifier: Apache-2.0
// What simulated jobs and members are called and say: types, messages, errors, reasons.
#pragma once

#include <stddef.h>

enum { SIMULATED_NAME_SIZE = 48 };

struct simulated_error {
    const char *code, *message, *detail;
};

struct simulated_type {
    const char *name;                // the job's type, "Load"
    const char *doing, *done, *unit; // "Loading", "Loaded", "features"
    int parts_least, parts_most;
    const struct simulated_error *errors;
    size_t error_count;
};

extern const struct simulated_type simulated_types[];
extern const size_t simulated_type_count;
extern const char *const simulated_data_sets[];
extern const size_t simulated_data_set_count;
// Why members ask for a job to be cancelled.
extern const char *const simulated_reasons[];
extern const size_t simulated_reason_count;

// Both numbers are from 1.
void simulated_organization(unsigned organization, char out[SIMULATED_NAME_SIZE]);
void simulated_member(unsigned organization, unsigned member, char out[SIMULATED_NAME_SIZE]);
