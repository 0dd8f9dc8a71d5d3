// SPDX-License-Identifier: Apache-2.0
// What the retention's thread holds, for the files that make it up.
#pragma once

#include "serve/retention/retention_part.h"
#include "store/retention/retention.h"

// All but process, wake_fd and finishing belongs to the thread.
struct retention_part {
    struct process *process; // borrowed
    pthread_t thread;
    bool started;
    int wake_fd; // an eventfd: it shall finish
    atomic_bool finishing;
    struct retention *store; // owned
    bool is_active;          // as was logged
    unsigned failures;       // in a row
    struct retention_counts gone;
};

// retention_rest.c
// Rests for so long. Whether to go on.
bool retention_rest(struct retention_part *part, int64_t rest_us);
// retention_pass.c
// Moves the horizons if it is time, and lets everything leave that is due. *done: all of it; else
// it was asked to finish, or others changed the rules meanwhile. Errors as those of the store.
int retention_pass(struct retention_part *part, bool *done, struct err *err);
