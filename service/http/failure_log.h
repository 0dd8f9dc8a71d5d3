// SPDX-License-Identifier: Apache-2.0
// Logs requests that failed: for each kind (the error's reason) one line a second at most, which
// says how many were left out since the line before. So a database that is away does not fill a
// disk, however many ask. Thread-safe.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { FAILURE_KINDS = 16 };

struct failure_log {
    pthread_mutex_t mutex;
    struct failure_kind {
        const char *reason; // NULL: free
        int64_t told_at_us;
        uint64_t unsaid;
    } kinds[FAILURE_KINDS]; // of more, the one that was told longest ago is forgotten
};

void failure_log_init(struct failure_log *log);
void failure_log_destroy(struct failure_log *log);
// Whether a failure of this kind is to be logged now (monotonic), and how many were left out
// before.
bool failure_log_counts(struct failure_log *log, const char *reason, int64_t now_us,
                        uint64_t *unsaid) MUST_CHECK;
// Logs it, or counts it. log NULL: logs it.
void failure_log_tell(struct failure_log *log, const struct err *err, int64_t now_us);
