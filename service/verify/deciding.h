// SPDX-License-Identifier: Apache-2.0
// Which events decide a part of a row, by the rules of core/fold.c, and where they were read.
#pragma once

#include "verify/folded_jobs.h"

enum decided_by {
    BY_STATUS,
    BY_ATTEMPT,
    BY_PROGRESS,
    BY_CREATION,
    BY_MESSAGE,
    BY_END,
    BY_DISPUTE,
    BY_START,
    BY_TIME,
    BY_RUN,
    BY_TICK,
    BY_STATEMENT,
};

enum { DECIDING_EVENTS_MAX = 2 };

struct deciding {
    const struct event_ref *refs[DECIDING_EVENTS_MAX]; // borrowed from the job
    size_t count;
};

// Those of a row that is expected (NULL: none) that were read; job NULL: none was.
void deciding_of(enum decided_by by, const struct row *expected, const struct folded_job *job,
                 struct deciding *out);
// Adds the event of that id, if it was read.
void deciding_add(struct deciding *deciding, const struct folded_job *job, const struct uuid *id);
