// SPDX-License-Identifier: Apache-2.0
// The inside of a consumer, for the files of this folder that share it:
//   consumer.c    making, freeing            poll.c        reading, and what librdkafka reports
//   assignment.c  start, stop, pause         poll_batch.c  what one consumer_poll has read
//   query.c       questions to the brokers   rebalance.c   what the group gives and takes
//   message.c     one record                         log_ranges.c  what logs hold, by leader
//
// A partition that the group gave us but that is not started is simply not assigned in librdkafka:
// the group's view (who owns what) and the fetcher's (what is read from where) are two lists, and
// only an answer to the group's callback is awaited, which may be empty.
#pragma once

#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"
#include "kafka/group_partitions.h"

// What the consumer_poll under way has read: what an event inside it silences is taken back.
struct poll_batch {
    struct kafka_message **messages; // the caller's room
    size_t count;                    // 0 outside of consumer_poll
};

struct consumer {
    rd_kafka_t *rk;
    struct consumer_events events;
    struct group_partitions partitions;
    struct poll_batch batch;
    bool rebalanced; // during the consumer_poll under way

    bool has_news;    // some partition has an end or a failure to tell
    bool has_trouble; // trouble is to be returned by a coming consumer_poll
    struct err trouble;

    bool was_assigned;        // the group answered at least once
    bool missed_a_topic;      // one of its topics was not there, perhaps for a while
    bool is_denied;           // the group lets us not in, as was heard last
    bool closing;             // no event is told any more
    int64_t rebalanced_at_us; // monotonic
    int64_t hinted_at_us;     // monotonic, last commit
    bool has_hint;
};

// poll.c
void poll_error_cb(rd_kafka_t *rk, int code, const char *text, void *opaque);
int poll_stats_cb(rd_kafka_t *rk, char *json, size_t json_len, void *opaque);
// Remembers what consumer_poll returns when it has nothing better to return.
void poll_set_trouble(struct consumer *consumer, const struct err *err);

// poll_batch.c
void poll_batch_add(struct poll_batch *batch, rd_kafka_message_t *message);
// Frees what it has of a partition.
void poll_batch_take_back(struct poll_batch *batch, const struct source *source);

// rebalance.c
void rebalance_cb(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                  void *opaque);

// assignment.c
// Nothing of the partition is handed out from now on; librdkafka forgets it.
int assignment_silence(struct consumer *consumer, struct group_partition *partition,
                       struct err *err);
// Sends the hints, if it is time.
void assignment_commit_hints(struct consumer *consumer);

// query.c
// The offsets that brokers tell for which (RD_KAFKA_OFFSET_BEGINNING or _END); -1 where a partition
// has none. RETRY: the question failed as a whole. The topics are NUL-terminated. Any thread.
int query_offsets(rd_kafka_t *rk, const struct source *sources, size_t count, int64_t which,
                  int timeout_ms, int64_t *offsets, struct err *err);
// The same, for each partition its own: offsets has what is asked for, or a time in milliseconds,
// whose answer is the first record that is not before it.
int query_offsets_since(rd_kafka_t *rk, const struct source *sources, size_t count, int timeout_ms,
                        int64_t *offsets, struct err *err);
