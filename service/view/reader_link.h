// SPDX-License-Identifier: Apache-2.0
// A thread's reader with its connection, which is made when it is needed. If connecting fails, the
// link waits before it tries again. Belongs to one thread.
#pragma once

#include <stdatomic.h>

#include "base/backoff.h"
#include "store/reader/job_reader.h"

enum { LINK_POSITIONS = 16 };

struct known_position {
    int32_t partition;
    int64_t next_offset;
    int64_t at_us; // when it was read (monotonic); 0: never
};

struct reader_link {
    struct job_reader *reader; // owned by whoever made the link
    // For what decides and what tells of decisions, where reader reads a replica; owned likewise.
    // NULL: this one reads the primary.
    struct reader_link *primary;
    struct backoff connecting;
    struct err why; // the last failure to connect
    bool has_freshness;
    int64_t freshness_at_us; // monotonic
    struct viewed_freshness freshness;
    struct known_position positions[LINK_POSITIONS]; // by partition; the last one of a place stays
    atomic_bool is_ready;                            // any thread may look
};

// 0 if it is connected now. RETRY or FATAL as job_reader_connect.
int reader_link_connect(struct reader_link *link, int64_t monotonic_us, struct err *err);
// How fresh the read model is. The answer may be a moment old: then the read model is fresher yet.
int reader_link_freshness(struct reader_link *link, const char *const *event_topics,
                          int64_t monotonic_us, struct viewed_freshness *out, struct err *err);
// Where the projection stands in a partition of the first topic of events, as of now; of
// reader_link_look, as of a moment ago: however many ask, PostgreSQL is asked ten times a second.
int reader_link_position(struct reader_link *link, const char *const *event_topics,
                         int32_t partition, int64_t monotonic_us, int64_t *next_offset,
                         struct err *err);
int reader_link_look(struct reader_link *link, const char *const *event_topics, int32_t partition,
                     int64_t monotonic_us, int64_t *next_offset, struct err *err);
