// SPDX-License-Identifier: Apache-2.0
// Where a partition is to be read from: its stored position, held against the log as it is now. For
// job.events and job.cancel-requests alike; each keeps its positions in a table of its own.
#pragma once

#include "core/position.h"
#include "serve/source/consumer_port.h"

// Where positions are kept; calls block. As batch_store_position_load and
// batch_store_position_create.
struct position_keeper {
    void *self;
    int (*load)(void *self, const struct source *source, bool *found,
                struct source_position *position, char **cluster_id, struct err *err);
    int (*create)(void *self, const struct source *source, const struct source_position *position,
                  const char *cluster_id, struct err *err);
};

// Who asks, and what is remembered from one partition to the next. The second half is zeroed at
// first, and closed by start_finder_close. Of one thread.
struct start_finder {
    struct consumer_port consumer;
    struct position_keeper positions;
    const char *who;         // in the log, such as "gate"
    bool broker_stamps;      // a topic must have the broker's timestamps (LogAppendTime)
    int64_t (*now_us)(void); // monotonic

    char *cluster_id;    // owned; NULL: not asked yet
    char *checked_topic; // owned; the topic that was looked at last, and when (monotonic)
    int64_t checked_at_us;
};

struct start_point {
    struct source_position position;
    int64_t offset;          // the first to read
    bool expects_last;       // the record there is the last one that was read before
    struct last_record last; // that one
};

// Finds it; records where a new partition begins. RETRY: try later. FATAL: this log must not be
// read on, or the topic is set up wrongly (TOPIC_COMPACTED, TOPIC_TIMESTAMPS, and those of
// position_judge), with what to do. Blocks for as long as the brokers and PostgreSQL take, within
// their time limits.
int start_finder_find(struct start_finder *finder, const struct source *source,
                      struct start_point *out, struct err *err);
void start_finder_close(struct start_finder *finder);
