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

void poll_error_cb(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    struct consumer *consumer = opaque;
    struct err err;

    if (code == RD_KAFKA_RESP_ERR__FATAL && kafka_fatal(rk, &err)) {
        poll_set_trouble(consumer, &err);
        return;
    }
    kafka_error(&err, (rd_kafka_resp_err_t)code, text);
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

void poll_take_back(struct consumer *consumer, const struct partition *partition)
{
    size_t kept = 0;

    for (size_t i = 0; i < consumer->batch_count; i++) {
        struct kafka_record record;

        kafka_message_record(consumer->batch[i], &record);
        if (record.partition == partition->source.partition &&
            slice_equal(record.topic, partition->source.topic))
            kafka_message_free(consumer->batch[i]);
        else
            consumer->batch[kept++] = consumer->batch[i];
    }
    consumer->batch_count = kept;
}

static void tell_news(struct consumer *consumer)
{
    struct partition *each, *next;

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

            each->has_failed = false;
            consumer->events.partition_failed(consumer->events.self, &each->source, &failure);
        }
    }
}

// A missing topic is reported again at every look at the metadata: that often is noise.
static bool told_lately(struct consumer *consumer, struct slice topic, int32_t number)
{
    struct partition *partition = partitions_get(&consumer->partitions, topic, number);
    int64_t now_us = clock_monotonic_us();

    if (!partition)
        return false;
    if (partition->told_at_us && now_us - partition->told_at_us < MISSING_TOLD_EVERY_US)
        return true;
    partition->told_at_us = now_us;
    return false;
}

static void fail_partition(struct consumer *consumer, struct partition *partition,
                           const struct err *failure)
{
    struct err err;

    if (assignment_silence(consumer, partition, &err))
        poll_set_trouble(consumer, &err);
    partition->failure = *failure;
    partition->has_failed = true;
    consumer->has_news = true;
}

// A message that is no record.
static void report(struct consumer *consumer, const rd_kafka_message_t *message,
                   struct partition *partition)
{
    struct slice topic = message->rkt ? slice_of(rd_kafka_topic_name(message->rkt)) : SLICE_NULL;
    char text[400];
    struct err err;

    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (partition && partition->started) {
            partition->end_offset = message->offset;
            consumer->has_news = true;
        }
        return;
    }
    snprintf(text, sizeof(text), "%.*s [%d]: %s", (int)topic.size, topic.data ? topic.data : "-",
             message->partition, rd_kafka_message_errstr(message));
    kafka_error(&err, message->err, text);
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

// Takes message. The partition of the message before is remembered: records come in runs.
struct memory {
    const rd_kafka_topic_t *topic;
    int32_t number;
    struct partition *partition;
};

static struct partition *look_up(const struct consumer *consumer, struct memory *memory,
                                 const rd_kafka_message_t *message)
{
    if (!message->rkt)
        return NULL;
    if (memory->topic != message->rkt || memory->number != message->partition)
        *memory = (struct memory){message->rkt, message->partition,
                                  partitions_find(&consumer->partitions,
                                                  slice_of(rd_kafka_topic_name(message->rkt)),
                                                  message->partition)};
    return memory->partition;
}

static void collect(struct consumer *consumer, struct memory *memory, rd_kafka_message_t *message)
{
    struct partition *partition = look_up(consumer, memory, message);

    if (message->err) {
        report(consumer, message, partition);
    } else if (partition && partition->started && message->offset >= partition->next_offset) {
        partition->next_offset = message->offset + 1;
        partition->end_offset = -1; // no longer the end
        consumer->batch[consumer->batch_count++] = (void *)message;
        return;
    }
    rd_kafka_message_destroy(message);
}

static int outcome(struct consumer *consumer, struct err *err)
{
    if (kafka_fatal(consumer->rk, err))
        return FATAL;
    if (!consumer->has_trouble || consumer->batch_count)
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
    consumer->batch = messages;
    consumer->batch_count = 0;
    consumer->rebalanced = false;
    while (consumer->batch_count < max && !consumer->rebalanced && !consumer->has_trouble) {
        message = rd_kafka_consumer_poll(consumer->rk, timeout_ms);
        timeout_ms = 0;
        if (!message)
            break;
        collect(consumer, &memory, message);
    }
    *count = consumer->batch_count;
    consumer->batch_count = 0;
    if (!*count)
        tell_news(consumer);
    consumer->batch_count = *count;
    int rc = outcome(consumer, err);
    consumer->batch_count = 0;
    return rc;
}
