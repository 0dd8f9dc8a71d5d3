// SPDX-License-Identifier: Apache-2.0
// The partitions that this process ever read, each as one object for as long as the table lives, so
// that threads may point to it. What happens to them is sources.h.
#pragma once

#include <stdatomic.h>

#include "core/tracks.h"
#include "serve/process/trouble.h"

enum reading_state {
    READING_ELSEWHERE, // not ours
    READING_TAKEN,     // ours, silent: to be started from its stored position
    READING_STARTED,   // its records are taken in
    READING_REFUSED,   // ours, silent: its log must not be read on
};

// One partition of a topic as we read it. Whoever needs more begins a struct of their own with it.
struct reading {
    struct source source; // the topic is owned, NUL-terminated
    size_t place;         // in the table: 0, 1, ...

    // Of the thread that polls the consumer alone.
    uint64_t taking;         // grows whenever it becomes TAKEN: tells late answers
    int64_t start_at_us;     // TAKEN: not before (monotonic)
    int64_t started_at_us;   // STARTED: since when (monotonic)
    int64_t start_offset;    // STARTED: the position it was started from
    int64_t next_offset;     // STARTED: records before it were taken in; who takes them in moves it
    int64_t reached_end;     // STARTED: position at the end, to be told behind the records; -1 none
    int64_t heard_at_us;     // STARTED: when a broker last told of its log (monotonic)
    int64_t marked_offset;   // STARTED: its next_offset at some moment,
    int64_t marked_at_us;    // and that moment (monotonic)
    int64_t check_at_us;     // STARTED: its checkpoints, not before (monotonic)
    int32_t leader;          // STARTED: the broker that leads it, as was told last
    int32_t broker_id;       // STARTED: the broker that its records come from; -1: none came yet
    struct read_record last; // STARTED: the last one that was read before
    enum reading_state state;
    unsigned failures; // to start, or to go on, in a row
    bool is_sought;    // TAKEN: the scout looks for where it starts
    bool drop_wanted;  // TAKEN: what was taken in is still good, until it is started again
    bool expects_last; // STARTED: the first record that comes is last

    // Told by that thread, read by any.
    atomic_bool is_ours; // state is not ELSEWHERE
    // Set by any thread: what was taken in is lost, read it again. And why (below), as in struct
    // err; NULL: for no failure of its own.
    atomic_bool restart_wanted;
    _Atomic(const char *) restart_reason;
    _Atomic int64_t given_at_us;     // when it last became ours (monotonic)
    _Atomic int64_t silent_since_us; // it is ours and not started: since when (monotonic); 0: no
    _Atomic(const char *) start_failure; // why, as in struct err; NULL: nobody tried
    struct trouble trouble;              // failures to go on, until the position moves
};

struct readings {
    struct reading **items; // owned
    _Atomic size_t count;
    size_t item_bytes;
    void (*init)(void *self, struct reading *reading);
    void *self;
};

enum { READINGS_MAX = 1024 };

// Room for READINGS_MAX, so that readers need no lock. Each item has item_bytes, zeroed behind its
// struct reading; init (may be NULL) fills those in before other threads see the item. RETRY
// without memory.
int readings_init(struct readings *readings, size_t item_bytes,
                  void (*init)(void *self, struct reading *reading), void *self, struct err *err);
void readings_free(struct readings *readings);
// The one of that source, or NULL. Any thread.
struct reading *readings_find(const struct readings *readings, const struct source *source);
// When a partition was last given to us (monotonic); 0: none was. Any thread.
int64_t readings_given_at_us(const struct readings *readings);
// Finds it or adds it; one thread adds. RETRY without memory; FATAL when there are too many.
int readings_get(struct readings *readings, const struct source *source, struct reading **out,
                 struct err *err);
