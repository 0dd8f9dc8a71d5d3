// SPDX-License-Identifier: Apache-2.0
// Where partitions are to be read from: their stored positions, held against the logs as they are
// now. For job.events and job.cancel-requests alike; each keeps its positions in a table of its
// own. Many partitions are looked at with one question to PostgreSQL and two to each broker.
#pragma once

#include "core/position.h"
#include "serve/source/cluster_port.h"
#include "store/source/position_store.h"

// Where positions are kept; calls block. As the functions of those names in
// store/source/position_store.h.
struct position_keeper {
    void *self;
    int (*load)(void *self, const struct source *sources, size_t count, struct stored_position *out,
                struct err *err);
    int (*create)(void *self, const struct position_begin *begins, size_t count,
                  const char *cluster_id, struct err *err);
    void (*rest)(void *self);
};

// The real one.
struct position_keeper position_keeper(struct position_store *store);

// Who asks, and what is remembered from one time to the next. The second half is zeroed at first,
// and closed by start_finder_close. Of one thread.
struct start_finder {
    struct cluster_port cluster;
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
    struct read_record last; // that one
    int32_t leader;          // the broker that told of its log
    bool has_checkpoints;    // older ones are remembered
};

// One partition that is looked for, and what was found.
struct start_search {
    struct source source; // borrowed; its topic is NUL-terminated
    // DONE; RETRY: try later. FATAL: this log must not be read on, or the topic is set up wrongly
    // (TOPIC_COMPACTED, TOPIC_TIMESTAMPS, and those of position_judge), with what to do.
    int rc;
    struct err err;
    struct start_point point;
    bool is_unrecorded; // of what was found: it was new, or without its cluster
};

// Finds them, each with its own answer; records where new partitions begin. Blocks for as long as
// the brokers and PostgreSQL take, within their time limits. That a log lacks what was read of it
// is said only once it was seen twice, each time with the position asked for first: somebody else
// may move it on meanwhile, and ends of logs only grow.
void start_finder_find(struct start_finder *finder, struct start_search *searches, size_t count);
// Whether the topics of partitions that are read are still set up as they must be: FATAL as above
// for those of one that is not. What cannot be asked is no news. Blocks as start_finder_find.
void start_finder_check_topics(struct start_finder *finder, struct start_search *searches,
                               size_t count);
void start_finder_close(struct start_finder *finder);
