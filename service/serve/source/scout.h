// SPDX-License-Identifier: Apache-2.0
// Finds on a thread of its own where partitions start, and whether their logs are still the same,
// so that the thread that polls never waits for a broker or for PostgreSQL. One round at a time:
// what is asked is answered before more can be asked.
#pragma once

#include <pthread.h>

#include "serve/source/checkpoints.h"
#include "serve/source/readings.h"

enum scout_errand { SCOUT_START, SCOUT_CHECK };

struct scout_find {
    struct reading *reading; // only its source is looked at; which never changes
    uint64_t taking;         // of the reading when it was asked: the answer is for that alone
    struct start_search search;
};

struct scout {
    struct start_finder finder;  // of whoever does the work
    struct record_reader reader; // the same
    pthread_t thread;
    bool is_running; // the thread is; else whoever asks does the work
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct scout_find *finds; // owned; NULL: nothing is asked
    size_t count;
    enum scout_errand errand;
    bool is_answered, is_ending;
};

void scout_init(struct scout *scout, const struct start_finder *finder,
                const struct record_reader *reader);
// From now on a thread does the work. RETRY.
int scout_start(struct scout *scout, struct err *err);
// Ends the thread, as soon as what it waits for is over.
void scout_stop(struct scout *scout);
// The same, and frees.
void scout_close(struct scout *scout);

// Whether nothing is asked, and no answer waits.
bool scout_is_idle(struct scout *scout);
// While it is idle: the finds, malloc'ed, become the scout's.
void scout_ask(struct scout *scout, enum scout_errand errand, struct scout_find *finds,
               size_t count);
// The answers, once they are there, which the caller frees; else NULL.
struct scout_find *scout_take(struct scout *scout, enum scout_errand *errand, size_t *count);
