// SPDX-License-Identifier: Apache-2.0
// A partition of job.events as the consumer thread and its worker share it.
#pragma once

#include "core/intake.h"
#include "serve/source/readings.h"

struct work;

// What stands behind a record that is held (held_work.h).
struct held_line {
    bool is_open; // a record is held, or what stood behind it is not done with
    struct work *oldest, *newest;
    int64_t until_us;  // the oldest is not brought before (monotonic)
    bool is_cut;       // what came behind the newest was dropped
    bool is_asked_for; // to be read again
};

struct projected_partition {
    struct reading reading; // first: the table of readings has these as its items
    size_t worker;          // which one it belongs to, for ever

    // The consumer thread's alone.
    bool paused;          // STARTED: held back, for its worker has too much
    int64_t seen_end;     // STARTED: up to where it can be read, as last seen (the last stable end)
    uint64_t given_epoch; // of the last start that was handed out; 0: none
    int64_t dropped_at_us; // monotonic

    // Written by one, read by the other.
    _Atomic uint64_t epoch;         // raised whenever what was handed out becomes worthless
    _Atomic uint64_t settled_epoch; // worker: what was said before this epoch is committed
    atomic_bool holds;              // worker: a record is held, let no more of them come
    // For lag; -1, TIME_NONE: unknown. The end and when it was seen (monotonic) are the consumer
    // thread's: a worker that cannot go on would not tell how far behind it is. caught_up_at_us is
    // by PostgreSQL's clock.
    _Atomic int64_t committed_offset, log_end, log_end_at_us, caught_up_at_us;

    // The worker's alone.
    struct track *track; // NULL: nothing is projected now
    struct intake_hold hold;
    struct held_line line;
};

static inline struct projected_partition *projected_partition(struct reading *reading)
{
    return (struct projected_partition *)(void *)reading;
}
