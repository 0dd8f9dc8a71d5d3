// SPDX-License-Identifier: Apache-2.0
// Walks over the logs, from their beginning to where the read model has read them, and on from
// there whenever it has read more. Again and again, a pass each time. Of one thread.
#pragma once

#include "kafka/inspector.h"
#include "kafka/log_reader.h"
#include "store/verify/model_reader.h"
#include "verify/event_taker.h"

enum { WALK_BATCH = 500, WALK_LETTERS = 500 };

// One partition.
struct walked_log {
    struct source source;           // the topic is owned, and ends with a NUL byte
    struct model_position position; // as it was at first; slices are owned by the walk
    struct log_range range;         // as of the pass; low -1: not told
    int64_t begin;                  // set after log_walk_open: a pass begins there, and not before
    int64_t first;                  // where a pass begins
    int64_t cursor, target;         // walked up to; to be walked up to
    bool is_lost;                   // it cannot be read on in this pass
    struct err why;
    bool was_lost, was_truncated; // in some pass
    int64_t moved_at_us;          // monotonic

    struct kafka_message *batch[WALK_BATCH]; // owned: from next on
    size_t next, count;
    int64_t end; // the log's, behind the batch; -1: not seen

    struct put_aside letters[WALK_LETTERS];
    size_t letter, letter_count;
    int64_t letters_before; // all before that are known
};

struct log_walk {
    struct walked_log *logs; // owned
    size_t count;
    struct log_reader *reader;      // owned
    struct inspector *inspector;    // owned
    struct model_reader *model;     // borrowed: knows dead letters
    struct event_taker *taker;      // borrowed
    int64_t since_us;               // only what Kafka took in since; TIME_NONE: all
    int64_t rate, began_us;         // records a second (0: as many as there are), monotonic
    uint64_t allowed;               // so many records in all by now, by the rate
    int timeout_ms;                 // a partition that gives nothing for so long is lost
    uint64_t before_pass;           // records' places walked in earlier passes
    void (*progressed)(void *self); // after each step
    bool (*is_stopped)(void *self);
    void *self;
};

// What is not set here is zeroed; the borrowed, since_us, rate, timeout_ms and functions are set
// before. Holds positions against the logs: FATAL where a log is not the one that was read, as
// `serve` judges it. log_walk_close all the same.
int log_walk_open(struct log_walk *walk, const struct config *config,
                  const struct model_position *positions, size_t count, struct err *err);
void log_walk_close(struct log_walk *walk);
// To the beginning of the logs, or to the moment from which on they are walked.
int log_walk_rewind(struct log_walk *walk, struct err *err);
// Walks until all that can be read is read up to these positions. *is_new: there are sources that
// were not there at first. FATAL (OTHER_RECORD); RETRY: INTERRUPTED, POSITION_MOVED_BACK, or what
// the taker says.
int log_walk_to(struct log_walk *walk, const struct model_position *positions, size_t count,
                bool *is_new, struct err *err);
// As event_taker.is_put_aside.
int log_walk_is_put_aside(struct log_walk *walk, size_t source, const struct put_aside *record,
                          bool *is, struct err *err);
// Whether nothing is missing from the logs: neither before nor while they were walked.
bool log_walk_has_all(const struct log_walk *walk);
// Places in the logs, for progress: of one pass, and walked so far in all passes.
uint64_t log_walk_length(const struct log_walk *walk);
uint64_t log_walk_done(const struct log_walk *walk);
