// SPDX-License-Identifier: Apache-2.0
// A world of lifelike jobs: people of a few organisations start jobs that load, analyse or seed,
// tell their progress, and end well, badly or cancelled; some failures are tried again. Pure: its
// events follow from the seed and from the times it is told, and from nothing else.
#pragma once

#include "core/event.h"

struct simulator;

struct simulator_options {
    uint64_t seed;
    uint64_t jobs;             // how many to make; 0: without end
    size_t open_jobs;          // how many run at once, 1 to 1,000,000
    unsigned organizations;    // at least 1
    unsigned members;          // of each organisation, at least 1
    unsigned disorder_percent; // 0 to 100: of events that come late, or again
};

// RETRY without memory.
int simulator_new(const struct simulator_options *options, struct simulator **out, struct err *err);
void simulator_free(struct simulator *simulator);

// The next event, as of now_us (which must not go back). Its slices are borrowed until the next
// call. False: all jobs have ended and every late event was given out.
bool simulator_next(struct simulator *simulator, int64_t now_us, struct event *event);
// Jobs that have ended so far.
uint64_t simulator_jobs_done(const struct simulator *simulator);
