// SPDX-License-Identifier: Apache-2.0
// Reading, and all that librdkafka reports beside records.
//
// One record a call of librdkafka, not its batch call: on 2.0.2 a rebalance elsewhere in the group
// pauses every partition in the middle of a batch call, which then drops records that it has
// already counted as read. A single read can at worst repeat a record after such a pause, and a
// repeat is seen by its offset.
//
// Ends and failures are told after the records that come before them: at the end of a call that
// hands out nothing, or at the beginning of the next.
#include "base/clock.h"
#include "base/log.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"

enum { MISSING_TOLD_EVERY_US = 30000000 };

void poll_set_trouble(struct consumer *consumer, const struct err *err)
{
    if (consumer->has_trouble && consumer->trouble.disposition == FATAL)
        return;
    consumer->trouble = *err;
    consumer->has_trouble = true;
}

// Nothing of it is handed out from now on; tell_news unassigns it, outside of callbacks.
static void fail_partition(struct consumer *consumer, struct group_partition *partition,
                           const struct err *failure)
{
    partition->started = false;
    partition->failure = *failure;
    partition->has_failed = consumer->has_news = true;
}

// That a topic is gone librdkafka 2.0.2 tells here, in words that begin with the topic's name, and
// reads on once there is a topic of that name again: from the old offset, in another log.
static void fail_topic(struct consumer *consumer, const char *text, const struct err *failure)
{
    struct group_partition *each, *next;

    consumer->missed_a_topic = true;
    HASH_ITER (hh, consumer->partitions.table, each, next) {
        const struct slice topic = each->source.topic;

        if (each->started && !strncmp(text, topic.data, topic.size) && text[topic.size] == ' ')
            fail_partition(consumer, each, failure);
    }
}

void poll_error_cb(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    struct consumer *consumer = opaque;
    struct err err;

    if (code == RD_KAFKA_RESP_ERR__FATAL && kafka_fatal(rk, &err)) {
        poll_set_trouble(consumer, &err);
        return;
    }
    kafka_error(&err, (rd_kafka_resp_err_t)code, text);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        fail_topic(consumer, text, &err);
    if (kafka_is_trouble((rd_kafka_resp_err_t)code))
        poll_set_trouble(consumer, &err);
    else
        log_info("kafka", "a connection failed", LOG_ERR(&err));
}

int poll_stats_cb(rd_kafka_t *rk, char *json, size_t json_len, void *opaque)
{
    struct consumer *consumer = opaque;

    (void)rk;
    if (consumer->events.statistics && !consumer->closing)
        consumer->events.statistics(consumer->events.self, (struct slice){json, json_len});
    return 0; // librdkafka frees it
}

static void silence(struct consumer *consumer, struct group_partition *partition)
{
    struct err err;

    if (assignment_silence(consumer, partition, &err))
        poll_set_trouble(consumer, &err);
}

static void tell_news(struct consumer *consumer)
{
    struct group_partition *each, *next;

    if (!consumer->has_news)
        return;
    consumer->has_news = false;
    HASH_ITER (hh, consumer->partitions.table, each, next) {
        int64_t end_offset = each->end_offset;

        each->end_offset = -1;
        if (end_offset >= 0 && each->started)
            consumer->events.reached_end(consumer->events.self, &each->source, end_offset);
        if (each->has_failed) {
            struct err failure = each->failure;

            silence(consumer, each);
            each->has_failed = false;
            consumer->events.partition_failed(consumer->events.self, &each->source, &failure);
        }
    }
}

// A missing topic is reported again at every look at the metadata: that often is noise.
static bool told_lately(struct consumer *consumer, struct slice topic, int32_t number)
{
    struct group_partition *partition = group_partitions_get(&consumer->partitions, topic, number);
    int64_t now_us = clock_monotonic_us();

    if (!partition)
        return false;
    if (partition->told_at_us && now_us - partition->told_at_us < MISSING_TOLD_EVERY_US)
        return true;
    partition->told_at_us = now_us;
    return false;
}

// What an error that is no end means.
static void judge(struct consumer *consumer, const rd_kafka_message_t *message, struct slice topic,
                  struct err *err)
{
    char text[400], group[300] = "";
    size_t size = sizeof group;

    if (message->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
        consumer->is_denied = true;
        (void)rd_kafka_conf_get(rd_kafka_conf(consumer->rk), "group.id", group, &size);
        right_denied(err, RIGHT_JOIN_GROUP, group);
        return;
    }
    snprintf(text, sizeof(text), "%.*s [%d]: %s", (int)topic.size, topic.data ? topic.data : "-",
             message->partition, rd_kafka_message_errstr(message));
    if (topic.data)
        kafka_topic_error(err, message->err, RIGHT_READ_TOPIC, topic.data, text);
    else
        kafka_error(err, message->err, text);
}

// A message that is no record.
static void report(struct consumer *consumer, const rd_kafka_message_t *message,
                   struct group_partition *partition)
{
    struct slice topic = message->rkt ? slice_of(rd_kafka_topic_name(message->rkt)) : SLICE_NULL;
    struct err err;

    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (partition && partition->started) {
            partition->end_offset = message->offset;
            consumer->has_news = true;
        }
        return;
    }
    judge(consumer, message, topic, &err);
    if (message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        consumer->missed_a_topic = true;
    if (partition && partition->started) {
        fail_partition(consumer, partition, &err);
        return;
    }
    // Of a partition silent by now: an echo.
    if (partition && message->partition >= 0)
        return;
    if (!strcmp(err.reason, "TOPIC_MISSING") && told_lately(consumer, topic, -1))
        return;
    if (kafka_is_trouble(message->err))
        poll_set_trouble(consumer, &err);
}

// The partition of the message before is remembered: records come in runs.
struct memory {
    const rd_kafka_topic_t *topic;
    int32_t number;
    struct group_partition *partition;
};

static struct group_partition *look_up(const struct consumer *consumer, struct memory *memory,
                                       const rd_kafka_message_t *message)
{
    if (!message->rkt)
        return NULL;
    if (memory->topic != message->rkt || memory->number != message->partition)
        *memory = (struct memory){message->rkt, message->partition,
                                  group_partitions_find(&consumer->partitions,
                                                        slice_of(rd_kafka_topic_name(message->rkt)),
                                                        message->partition)};
    return memory->partition;
}

// Takes message.
static void collect(struct consumer *consumer, struct memory *memory, rd_kafka_message_t *message)
{
    struct group_partition *partition = look_up(consumer, memory, message);

    if (message->err) {
        report(consumer, message, partition);
    } else if (partition && partition->started && message->offset >= partition->next_offset) {
        partition->next_offset = message->offset + 1;
        partition->end_offset = -1; // no longer the end
        poll_batch_add(&consumer->batch, message);
        return;
    }
    rd_kafka_message_destroy(message);
}

// Trouble waits for a call that has no records to return.
static int outcome(struct consumer *consumer, size_t count, struct err *err)
{
    if (kafka_fatal(consumer->rk, err))
        return FATAL;
    if (!consumer->has_trouble || count)
        return DONE;
    consumer->has_trouble = false;
    *err = consumer->trouble;
    return (int)err->disposition;
}

int consumer_poll(struct consumer *consumer, int timeout_ms, struct kafka_message **messages,
                  size_t max, size_t *count, struct err *err)
{
    struct memory memory = {NULL, -1, NULL};
    rd_kafka_message_t *message;

    tell_news(consumer);
    assignment_commit_hints(consumer);
    consumer->batch = (struct poll_batch){.messages = messages};
    consumer->rebalanced = false;
    while (consumer->batch.count < max && !consumer->rebalanced && !consumer->has_trouble) {
        message = rd_kafka_consumer_poll(consumer->rk, timeout_ms);
        timeout_ms = 0;
        if (!message)
            break;
        collect(consumer, &memory, message);
    }
    *count = consumer->batch.count;
    consumer->batch = (struct poll_batch){0}; // the caller's from here on: nothing is taken back
    if (!*count)
        tell_news(consumer);
    return outcome(consumer, *count, err);
}

bool consumer_is_denied(const struct consumer *consumer)
{
    return consumer->is_denied;
}
