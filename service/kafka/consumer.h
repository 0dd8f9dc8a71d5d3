// SPDX-License-Identifier: Apache-2.0
// A consumer of a group whose offsets are kept outside Kafka: it tells which partitions are ours
// and hands out what they hold, from the offset it is told to begin at. Everything here is called
// by one thread, the consumer thread, except where it says otherwise.
//
// A partition that the group gives us is "taken" but stays silent until consumer_start names its
// first offset. A start, a stop and a loss drop the partition's records that the consumer_poll
// under way has read. Those that earlier calls handed out are the caller's to throw away.
#pragma once

#include "core/ports.h"

struct consumer;
struct kafka_message; // one record; owned by whoever holds it, freed by kafka_message_free

// All but NULL statistics must be there. Events are called from within consumer_poll; they may
// start, stop, pause and resume, but not poll.
struct consumer_events {
    void *self;
    // The group gave or took partitions (cooperative: only the changes). lost: they already belong
    // to somebody else. Records of them that the same consumer_poll had read are dropped.
    void (*taken)(void *self, const struct source *sources, size_t count);
    void (*revoked)(void *self, const struct source *sources, size_t count, bool lost);
    // The position at the end of a started partition: offset of the next record to come, behind
    // control records too. Told only after all records before it were handed out by earlier calls.
    void (*reached_end)(void *self, const struct source *source, int64_t next_offset);
    // A started partition cannot go on from its offset (out of range: truncated, recreated or
    // expired), or its topic is missing. The partition is silent until it is started again; what
    // was handed out before stays good. Always RETRY; reasons OFFSET_OUT_OF_RANGE, TOPIC_MISSING,
    // AUTHORIZATION_FAILED, DAMAGED_RECORD, KAFKA_ERROR.
    void (*partition_failed)(void *self, const struct source *source, const struct err *err);
    // librdkafka's statistics, JSON, every statistics.interval.ms if that is set.
    void (*statistics)(void *self, struct slice json);
};

struct kafka_property {
    const char *name, *value;
};

struct consumer_options {
    const struct kafka_property *properties; // the user's kafka.* options, already without "kafka."
    size_t property_count;
    const char *const *topics; // NULL-terminated
    const char *group_id;
};

// Subscribes. Our own settings (facts: auto.offset.reset=error, isolation.level=read_committed,
// enable.auto.commit=false, cooperative-sticky, check.crcs, enable.partition.eof, ...) win over the
// user's where correctness rests on them; such a contradiction is FATAL and named.
// FATAL for an unknown property or bad value, naming it. Strings are copied.
int consumer_new(const struct consumer_options *options, const struct consumer_events *events,
                 struct consumer **out, struct err *err);
// Leaves the group and frees; every message handed out must have been freed before. No event is
// told. Takes at most about 3 s; if nobody answers by then, its idle threads stay until the process
// ends.
void consumer_free(struct consumer *consumer);

// Waits up to timeout_ms for the first record and returns it with whatever else has already
// arrived, at most max, no lingering. *count may be 0. Messages become the caller's.
// Records of partitions that are not started are never handed out.
// 0; RETRY (BROKERS_UNREACHABLE, AUTHENTICATION_FAILED, AUTHORIZATION_FAILED, TLS_FAILED,
// TOPIC_MISSING at most every 30 s a topic, ...: librdkafka goes on by itself, so say it and poll
// again); FATAL (a fatal error of librdkafka). *count is set in any case; with RETRY it is 0.
int consumer_poll(struct consumer *consumer, int timeout_ms, struct kafka_message **messages,
                  size_t max, size_t *count, struct err *err);

// Whether the group did not let us in when that was tried last, for want of a right: nothing comes
// then.
bool consumer_is_denied(const struct consumer *consumer);

// Begins handing out a taken partition from offset, also one already started; it is not paused
// then. Asks no broker. RETRY (NOT_OURS, ASSIGN_FAILED).
int consumer_start(struct consumer *consumer, const struct source *source, int64_t offset,
                   struct err *err);
// Silences a started partition and forgets what was fetched; it stays ours.
int consumer_stop(struct consumer *consumer, const struct source *source, struct err *err);
// Holds a started partition back, or lets it go on; nothing is lost or repeated.
int consumer_pause(struct consumer *consumer, const struct source *source, struct err *err);
int consumer_resume(struct consumer *consumer, const struct source *source, struct err *err);

// The last stable end of many partitions in one question to each broker (order as given); -1 where
// a partition gave none. leaders: who leads each (-1: nobody), of whoever knows; NULL: it is asked
// first, and RETRY if it cannot be. The sources' topics are NUL-terminated. One that is silent
// costs timeout_ms and no other's answer. Any thread.
int consumer_log_ends(struct consumer *consumer, const struct source *sources,
                      const int32_t *leaders, size_t count, int timeout_ms, int64_t *ends,
                      struct err *err);
// How many partitions the topic has; 0: there is no such topic. RETRY if it cannot be asked.
int consumer_partition_count(struct consumer *consumer, const char *topic, int timeout_ms,
                             int32_t *count, struct err *err);
// Tells Kafka how far we are, for lag tools alone: asynchronously, all partitions together at most
// every 5 s, not within 3 s after a rebalance; failures are nobody's business. Cheap to call.
void consumer_commit_hint(struct consumer *consumer, const struct source *source,
                          int64_t next_offset);

// What a message holds. Slices are borrowed until kafka_message_free; any thread.
struct kafka_record {
    int32_t partition;
    struct slice topic;
    int64_t offset, timestamp_ms; // -1: none
    bool stamped_by_broker;       // the timestamp is LogAppendTime, not the sender's
    struct slice key, value;      // may be absent
    size_t bytes;                 // of memory it may hold back, about
    int32_t broker_id;            // whose log it was read from; -1: not known
};
void kafka_message_record(const struct kafka_message *message, struct kafka_record *out);
// Up to max headers, in order; *count is how many there are. Parsed lazily: call it only if needed.
void kafka_message_headers(const struct kafka_message *message, struct record_header *headers,
                           size_t max, size_t *count);
void kafka_message_free(struct kafka_message *message);
