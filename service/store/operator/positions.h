// SPDX-License-Identifier: Apache-2.0
// The positions of all sources, for the command line. Each call blocks and has a short connection
// of its own.
#pragma once

#include "store/source/position_store.h"

// A source as jobtrail.source_position has it. Slices are borrowed for the call of the visitor.
struct source_standing {
    struct source source;
    struct source_position position; // next_offset -1: known, and nobody has begun to read it
    int64_t log_end;                 // -1: not seen yet
    int64_t lag;                     // log_end - next_offset; -1: not known
    int64_t log_end_seen_at_us;      // TIME_NONE: never
    int64_t caught_up_at_us;         // TIME_NONE: never
    int64_t updated_at_us;
    struct slice cluster_id, owner; // may be absent
};

struct positions_visitor {
    void *self;
    void (*visit)(void *self, const struct source_standing *standing);
};

// Visits every source of both kinds, by topic and partition. RETRY or FATAL as batch_store_connect.
int positions_list(const char *conninfo, const struct positions_visitor *visitor, struct err *err);
// Forgets the positions of all partitions of a topic, and visits each with where it stood (its
// source and next offset; nothing else of the standing is set): they are read from the beginning
// of their logs again, whatever logs those are. A worker that has them is fenced with its next
// batch and goes on from there.
int positions_forget(const char *conninfo, enum position_log log, struct slice topic,
                     const struct positions_visitor *visitor, struct err *err);
// Puts a source at next_offset (0 or more), recording it if it is new. What was remembered of the
// record before it and of the cluster is forgotten, so that whatever is there is accepted. A worker
// that has the source is fenced with its next batch and goes on from there. *before is where it
// stood (-1: not recorded; may be NULL). POISON: an offset, partition or topic that cannot be.
int positions_set(const char *conninfo, enum position_log log, const struct source *source,
                  int64_t next_offset, int64_t *before, struct err *err);
