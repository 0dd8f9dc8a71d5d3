// SPDX-License-Identifier: Apache-2.0
// A thread that asks Kafka once a second how many partitions our topics have and where each log
// truly ends (kafka/log_ends.h), so that no other thread waits for that. What it was told it keeps
// for whoever wants to know what "read to the end" means.
//
// A round has a moment, taken before anything is asked: a partition that is read up to the end that
// a round tells is read to its end as of that moment, and those that the round does not know were
// not there at that moment.
#pragma once

#include <stdatomic.h>

#include "core/ports.h"
#include "kafka/consumer.h"

struct log_watch;

struct log_watch_options {
    const struct kafka_property *properties; // as in struct consumer_options
    size_t property_count;
    const char *const *topics; // NULL-terminated
    // The time by PostgreSQL's clock, never later than it is; TIME_NONE: not known yet.
    int64_t (*database_now_us)(void *self);
    void *self;
};

// Where a log was seen to end.
struct watched_end {
    int64_t offset;
    int32_t leader;       // the broker that told it
    int64_t seen_at_us;   // the round's moment by PostgreSQL's clock; TIME_NONE: not known
    int64_t monotonic_us; // the same by ours
    int32_t partitions;   // how many its topic has
};

// FATAL for a bad property, RETRY without memory. Nothing runs before log_watch_start.
int log_watch_new(const struct log_watch_options *options, struct log_watch **out, struct err *err);
int log_watch_start(struct log_watch *watch, struct err *err);
// Begins to stop: no further question is asked. Accepts NULL.
void log_watch_finish(struct log_watch *watch);
// Waits for the question under way, if there is one. Accepts NULL.
void log_watch_free(struct log_watch *watch);

// Any thread. The number of the round that was finished last; 0: none yet.
uint64_t log_watch_round(const struct log_watch *watch);
// What the latest round that learned it says. False before, and once its topic is gone.
bool log_watch_end(struct log_watch *watch, const struct source *source, struct watched_end *out);
