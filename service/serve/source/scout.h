// SPDX-License-Identifier: Apache-2.0
// Finds on a thread of its own where partitions start, and whether their logs are still the same
// and their topics set up as they must be, so that the thread that polls never waits for a broker
// or for PostgreSQL.
#pragma once

#include "base/errand.h"
#include "serve/source/checkpoints.h"
#include "serve/source/readings.h"

enum scout_task { SCOUT_START, SCOUT_CHECK };

struct scout_find {
    struct reading *reading; // only its source is looked at; which never changes
    uint64_t taking;         // of the reading when it was asked: the answer is for that alone
    struct start_search search;
};

// What the scout is sent for: malloc'ed by whoever asks, who frees the answer.
struct scout_round {
    enum scout_task task;
    size_t count;
    struct scout_find finds[];
};

struct scout {
    struct start_finder finder;  // of whoever does the work
    struct record_reader reader; // the same
    struct errand errand;        // of struct scout_round
};

void scout_init(struct scout *scout, const struct start_finder *finder,
                const struct record_reader *reader);
void scout_close(struct scout *scout);
