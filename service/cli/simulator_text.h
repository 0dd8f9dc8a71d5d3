// SPDX-License-Identifier: Apache-2.0
// What simulated jobs say: types, messages, errors.
#pragma once

#include <stddef.h>

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
