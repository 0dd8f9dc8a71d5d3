// SPDX-License-Identifier: Apache-2.0
// The life of the partitions that a consumer's group gives us, for job.events and
// job.cancel-requests alike:
//
//            taken              started                        another record
//   ELSEWHERE ───▶ TAKEN ────────────────────▶ STARTED ────────────────────▶ REFUSED
//                  │  ▲ ▲  failed, restarted     │                              ▲
//                  │  │ └────────────────────────┘                              │
//                  │  └─ start fails: RETRY, after a while                      │
//                  └─ start fails: FATAL ───────────────────────────────────────┘
//   and from each of them, revoked, back to ELSEWHERE.
//
// A partition is silent until it is started from its stored position, which the scout looks for.
// Then the last record that was read comes once more and is compared: a log that was deleted and
// made again, or truncated, has another one there. While the log is read a change can be missed
// only while no broker is heard, or with another broker: a leader that was not in sync when it was
// elected lacks what was read. So a partition of which nothing was heard for HEARD_WITHIN_US, or
// that comes from another broker than before, is started anew before anything else of it is taken
// in, and one that cannot go on has all of its topic started anew. Everything here is called by the
// thread that polls the consumer.
#pragma once

#include "serve/process/meters.h"
#include "serve/source/consumer_port.h"
#include "serve/source/log_watch.h"
#include "serve/source/scout.h"

// What is told of a partition. NULL where nobody needs to know, but for the last two.
struct sources_hooks {
    void *self;
    // Its records come from this position on. RETRY, if that cannot be dealt with now: it is
    // silenced, and tried again.
    int (*started)(void *self, struct reading *reading, const struct source_position *position,
                   struct err *err);
    // What was taken in of it and not yet committed is worth nothing: it is taken, lost, or will be
    // read again.
    void (*dropped)(void *self, struct reading *reading);
    // Whether what was taken in of it before it was dropped is committed or given up by now, so
    // that its position stands. NULL: always.
    bool (*is_settled)(void *self, const struct reading *reading);
    // It belongs to somebody else (lost: already), after it was dropped.
    void (*revoked)(void *self, struct reading *const *readings, size_t count, bool lost);
    // Its log ends there, behind the records that were taken in. Only where the end is beyond
    // next_offset (behind control records).
    void (*reached_end)(void *self, struct reading *reading, int64_t next_offset);
    // The process must stop: FATAL, or no memory for a partition.
    void (*failed)(void *self, const struct err *err);
};

struct sources_options {
    struct readings *readings; // these and what follows outlive the sources
    struct position_keeper positions;
    struct cluster_port cluster;
    struct record_reader reader;
    struct metrics *metrics;
    const atomic_bool *stopping;
    const char *who;         // in the log, such as "gate"
    bool broker_stamps;      // a topic must have the broker's timestamps
    int64_t (*now_us)(void); // monotonic
    struct sources_hooks hooks;
};

struct sources {
    struct readings *readings;
    struct metrics *metrics;
    const atomic_bool *stopping;
    struct sources_hooks hooks;
    struct consumer_port consumer;
    const char *who;
    int64_t (*now_us)(void);
    struct scout scout;
};

// How long the brokers may be silent about a partition before it is compared again.
enum { HEARD_WITHIN_US = 5 * 1000 * 1000 };

void sources_init(struct sources *sources, const struct sources_options *options);
void sources_close(struct sources *sources);
// For the consumer; and that consumer, before anything else is called.
struct consumer_events sources_events(struct sources *sources);
void sources_attach(struct sources *sources, struct consumer_port consumer);
// Starts are looked for by a thread of their own from now on, until sources_stop_scout; without it,
// by sources_start_due itself. RETRY. Stopping takes as long as a question that is under way;
// before the consumer is freed.
int sources_start_scout(struct sources *sources, struct err *err);
void sources_stop_scout(struct sources *sources);

// Starts what is ours and silent, as far as it is its time and it was found where; and has what is
// started held against its checkpoints, at once and then once a minute, and its topic's settings
// looked at: somebody may change those while they are read.
void sources_start_due(struct sources *sources);
// Whether some start is looked for: come again soon.
bool sources_is_starting(struct sources *sources);
// A broker told where the log of a started partition truly ends. False if that says nothing of what
// is read now: it was asked before what was taken in since, or the partition is compared again.
bool sources_heard(struct sources *sources, struct reading *reading, const struct watched_end *end);
// Its log ends before what was taken in of it: it is not the log that was read. It is started
// again, for its start to judge it, and its topic's other partitions are compared.
void sources_shorter(struct sources *sources, struct reading *reading);
// Call it between polling and taking in what was polled: starts anew what no broker told of lately.
void sources_compare_unheard(struct sources *sources);
// Whether the record is one to take in: its partition (NULL: none) is started, the log is the one
// that was read before, and the record was not taken in yet. One that comes from another broker has
// its partition started anew. A FATAL difference refuses the
// partition.
bool sources_want(struct sources *sources, struct reading *reading,
                  const struct kafka_record *record);
// Tells the ends that the consumer has seen; call it when the records polled have been taken in.
void sources_tell_ends(struct sources *sources);
// It cannot go on: it is silenced, and started again after a while.
void sources_restart(struct sources *sources, struct reading *reading);
// The same, for a failure of its own: one that readiness is about, should it not end.
void sources_fail(struct sources *sources, struct reading *reading, const struct err *err);
void sources_restart_all(struct sources *sources);
// Its position is committed up to there: what failed before no longer counts.
void sources_committed(struct reading *reading, int64_t next_offset);
