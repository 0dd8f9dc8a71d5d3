// SPDX-License-Identifier: Apache-2.0
// librdkafka's simple consumer: a queue for each partition, so that one of them can be left alone
// while others are read on, and no group at all.
#include "kafka/log_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/consumer_private.h"
#include "kafka/settings.h"

// librdkafka looks at a partition whose queue was full again after up to a second. So the queues,
// all together of so much, hold what is read within one; a partition's has this at least.
enum { QUEUES_KIB = 32 * 1024, QUEUE_KIB_LEAST = 1024, NUMBER_SIZE = 16 };

struct read_log {
    rd_kafka_topic_t *topic; // owned
    int32_t partition;
    bool is_started;
    struct err failure; // told by the next reading; without a disposition: none
};

struct log_reader {
    rd_kafka_t *rk;
    struct source *sources; // owned; the topics are those of the logs
    struct read_log *logs;  // owned
    size_t count;
    struct err trouble;
};

static void hear_error(rd_kafka_t *rk, int code, const char *text, void *self)
{
    struct log_reader *reader = self;

    (void)rk;
    if ((rd_kafka_resp_err_t)code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN &&
        reader->trouble.disposition)
        return; // what each of them said tells more
    kafka_error(&reader->trouble, (rd_kafka_resp_err_t)code, text);
}

static int set_queues(const struct log_reader *reader, rd_kafka_conf_t *conf, struct err *err)
{
    const size_t share = QUEUES_KIB / (reader->count ? reader->count : 1);
    char kib[NUMBER_SIZE];

    snprintf(kib, sizeof kib, "%zu", share > QUEUE_KIB_LEAST ? share : (size_t)QUEUE_KIB_LEAST);
    return settings_set(conf, "queued.max.messages.kbytes", kib, err);
}

static int open_client(struct log_reader *reader, const struct kafka_property *properties,
                       size_t property_count, struct err *err)
{
    rd_kafka_conf_t *conf = settings_new(CLIENT_CONSUMER, properties, property_count, err);

    if (!conf)
        return (int)err->disposition;
    if (set_queues(reader, conf, err)) {
        rd_kafka_conf_destroy(conf);
        return (int)err->disposition;
    }
    rd_kafka_conf_set_opaque(conf, reader);
    rd_kafka_conf_set_error_cb(conf, hear_error);
    return settings_client(CLIENT_CONSUMER, conf, properties, property_count, &reader->rk, err);
}

static int open_logs(struct log_reader *reader, const struct source *sources, struct err *err)
{
    for (size_t i = 0; i < reader->count; i++) {
        struct read_log *log = &reader->logs[i];

        log->partition = sources[i].partition;
        log->topic = rd_kafka_topic_new(reader->rk, sources[i].topic.data, NULL);
        if (!log->topic)
            return kafka_error(err, rd_kafka_last_error(), sources[i].topic.data);
        reader->sources[i] =
            (struct source){slice_of(rd_kafka_topic_name(log->topic)), log->partition};
    }
    return DONE;
}

int log_reader_new(const struct kafka_property *properties, size_t property_count,
                   const struct source *sources, size_t count, struct log_reader **out,
                   struct err *err)
{
    struct log_reader *reader = calloc(1, sizeof *reader);
    int rc = DONE;

    if (!reader)
        return err_no_memory(err);
    reader->logs = calloc(count + 1, sizeof *reader->logs);
    reader->sources = calloc(count + 1, sizeof *reader->sources);
    if (!reader->logs || !reader->sources)
        rc = err_no_memory(err);
    if (!rc) {
        reader->count = count;
        rc = open_client(reader, properties, property_count, err);
    }
    if (!rc)
        rc = open_logs(reader, sources, err);
    if (rc)
        log_reader_free(reader);
    else
        *out = reader;
    return rc;
}

static void stop(struct read_log *log)
{
    if (log->is_started)
        rd_kafka_consume_stop(log->topic, log->partition);
    log->is_started = false;
}

void log_reader_free(struct log_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->count; i++) {
        stop(&reader->logs[i]);
        if (reader->logs[i].topic)
            rd_kafka_topic_destroy(reader->logs[i].topic);
    }
    if (reader->rk)
        rd_kafka_destroy(reader->rk);
    free(reader->sources);
    free(reader->logs);
    free(reader);
}

int log_reader_start(struct log_reader *reader, size_t place, int64_t offset, struct err *err)
{
    struct read_log *log = &reader->logs[place];

    stop(log);
    log->failure = (struct err){0};
    if (rd_kafka_consume_start(log->topic, log->partition, offset))
        return kafka_error(err, rd_kafka_last_error(), reader->sources[place].topic.data);
    log->is_started = true;
    return DONE;
}

// Takes a message that is no record: the log's end, or why there is nothing more.
static void hear(struct read_log *log, rd_kafka_message_t *message, int64_t *end)
{
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        *end = message->offset;
    else if (!log->failure.disposition)
        kafka_topic_error(&log->failure, message->err, RIGHT_READ_TOPIC,
                          rd_kafka_topic_name(log->topic), rd_kafka_message_errstr(message));
    rd_kafka_message_destroy(message);
}

// What is behind a failure was read from somewhere else.
static void take(struct read_log *log, rd_kafka_message_t *message, struct kafka_message **messages,
                 size_t *count, int64_t *end)
{
    if (message->err) {
        hear(log, message, end);
    } else if (log->failure.disposition) {
        rd_kafka_message_destroy(message);
    } else {
        messages[(*count)++] = (struct kafka_message *)message;
        *end = -1;
    }
}

int log_reader_read(struct log_reader *reader, size_t place, int timeout_ms,
                    struct kafka_message **messages, size_t max, size_t *count, int64_t *end,
                    struct err *err)
{
    struct read_log *log = &reader->logs[place];
    // A kafka_message is librdkafka's message (message.c): what arrives is sorted in place.
    rd_kafka_message_t **arrived = (rd_kafka_message_t **)messages;
    ssize_t got = 0;

    *count = 0;
    *end = -1;
    rd_kafka_poll(reader->rk, 0);
    if (!log->failure.disposition)
        got = rd_kafka_consume_batch(log->topic, log->partition, 0, arrived, max);
    if (!got && !log->failure.disposition && timeout_ms > 0) {
        arrived[0] = rd_kafka_consume(log->topic, log->partition, timeout_ms);
        got = arrived[0] ? 1 : 0;
    }
    for (ssize_t i = 0; i < got; i++)
        take(log, arrived[i], messages, count, end);
    if (*count || !log->failure.disposition)
        return DONE;
    *err = log->failure;
    return (int)err->disposition;
}

const struct err *log_reader_trouble(struct log_reader *reader)
{
    rd_kafka_poll(reader->rk, 0);
    return &reader->trouble;
}

int log_reader_offsets_since(struct log_reader *reader, int64_t time_ms, int timeout_ms,
                             int64_t *offsets, struct err *err)
{
    return query_offsets(reader->rk, reader->sources, reader->count, time_ms, timeout_ms, offsets,
                         err);
}
