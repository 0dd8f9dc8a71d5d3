// SPDX-License-Identifier: Apache-2.0
// One attempt of one job, as a key of hash tables.
#pragma once

#include "core/event.h"

struct job_attempt {
    struct slice organization_id, job_id; // borrowed
    int32_t attempt;
};

struct attempt_key {
    size_t size;
    unsigned char bytes[sizeof(int32_t) + 1 + 2 * ID_MAX_BYTES];
};

// POISON ID_LENGTH or ATTEMPT_RANGE: there is no such job.
int attempt_key_make(const struct job_attempt *attempt, struct attempt_key *out, struct err *err);
