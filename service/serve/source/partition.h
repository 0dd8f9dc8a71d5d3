// SPDX-License-Identifier: Apache-2.0
// A partition of job.events as the consumer thread and its worker share it. The object is made when
// the partition is first ours and lives as long as the service, so that both may point to it.
#pragma once

#include <stdatomic.h>

#include "core/tracks.h"

enum partition_state {
    PARTITION_ELSEWHERE, // not ours
    PARTITION_TAKEN,     // ours, silent: to be started from its stored position
    PARTITION_STARTED,   // its records are handed out
};

struct partition {
    struct source source; // the topic is owned
    size_t worker;        // which one it belongs to, for ever

    // The consumer thread's alone.
    enum partition_state state;
    bool paused;
    unsigned failures;       // starts that failed in a row
    int64_t start_at_us;     // TAKEN: not before (monotonic)
    int64_t next_offset;     // STARTED: handed out up to here
    int64_t seen_end;        // STARTED: the log's end as last seen
    int64_t reached_end;     // STARTED: position at the end, to be told behind the records; -1 none
    bool expects_last;       // STARTED: the first record is the last one that was projected
    struct last_record last; // that one

    // Written by one, read by the other.
    _Atomic uint64_t epoch;         // raised whenever what was handed out becomes worthless
    atomic_bool is_ours;            // consumer thread: state is not ELSEWHERE
    atomic_bool restart_wanted;     // worker: it dropped everything, start again where we stand
    _Atomic uint64_t settled_epoch; // worker: what was said before this epoch is committed
    _Atomic int64_t committed_offset, log_end, caught_up_at_us; // for lag; -1, TIME_NONE: unknown

    // The worker's alone.
    struct track *track; // NULL: nothing is projected now
};

// The partitions ever ours. Adding is for the consumer thread; anyone may look at what is there.
struct partition_table {
    struct partition **items; // owned
    _Atomic size_t count;
};

enum { PARTITIONS_MAX = 1024 };

// Room for PARTITIONS_MAX, so that readers need no lock. RETRY without memory.
int partition_table_init(struct partition_table *partitions, struct err *err);
void partition_table_free(struct partition_table *partitions);
// The partition of that source, or NULL.
struct partition *partition_table_find(const struct partition_table *partitions,
                                       const struct source *source);
// Finds it or adds it, given to one of worker_count workers in turn. RETRY without memory; FATAL
// when there are too many.
int partition_table_get(struct partition_table *partitions, const struct source *source,
                        size_t worker_count, struct partition **out, struct err *err);
