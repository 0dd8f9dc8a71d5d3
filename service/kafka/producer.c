// SPDX-License-Identifier: Apache-2.0
// The producer. librdkafka is thread-safe by itself; what is ours is the last trouble that it
// told, which any thread that polls may pick up.
#include "kafka/producer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

enum { PURGE_MS = 1000 };

struct producer {
    rd_kafka_t *rk;
    producer_report *report; // NULL once it is being freed
    void *self;
    rd_kafka_topic_t *expected[PRODUCER_TOPICS_MAX]; // owned
    size_t expected_count;
    pthread_mutex_t lock; // guards the two below
    bool has_trouble;
    struct err trouble;
};

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct producer *producer = opaque;
    struct err err;

    (void)rk;
    if (!producer->report)
        return;
    if (message->err)
        kafka_topic_error(&err, message->err, RIGHT_WRITE_TOPIC, rd_kafka_topic_name(message->rkt),
                          rd_kafka_topic_name(message->rkt));
    producer->report(producer->self, message->_private, message->partition, message->offset,
                     message->err ? &err : NULL);
}

static void error_cb(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    struct producer *producer = opaque;
    struct err err;

    (void)rk;
    kafka_error(&err, (rd_kafka_resp_err_t)code, text);
    if (!kafka_is_trouble((rd_kafka_resp_err_t)code)) {
        log_info("kafka", "a connection failed", LOG_ERR(&err));
        return;
    }
    pthread_mutex_lock(&producer->lock);
    producer->trouble = err;
    producer->has_trouble = true;
    pthread_mutex_unlock(&producer->lock);
}

int producer_new(const struct kafka_property *properties, size_t property_count,
                 producer_report *report, void *self, struct producer **out, struct err *err)
{
    struct producer *producer = calloc(1, sizeof(*producer));
    rd_kafka_conf_t *conf;
    int rc;

    if (!producer)
        return err_no_memory(err);
    producer->report = report;
    producer->self = self;
    conf = settings_new(CLIENT_PRODUCER, properties, property_count, err);
    if (!conf) {
        free(producer);
        return (int)err->disposition;
    }
    rd_kafka_conf_set_opaque(conf, producer);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_conf_set_error_cb(conf, error_cb);
    pthread_mutex_init(&producer->lock, NULL);
    rc = settings_client(CLIENT_PRODUCER, conf, properties, property_count, &producer->rk, err);
    if (rc) {
        pthread_mutex_destroy(&producer->lock);
        free(producer);
        return rc;
    }
    *out = producer;
    return DONE;
}

int producer_wake(struct producer *producer, int fd, struct err *err)
{
    const uint64_t one = 1;
    rd_kafka_queue_t *reports = rd_kafka_queue_get_main(producer->rk);

    if (!reports)
        return err_no_memory(err);
    rd_kafka_queue_io_event_enable(reports, fd, &one, sizeof one);
    rd_kafka_queue_destroy(reports);
    return DONE;
}

int producer_expect(struct producer *producer, const char *topic, struct err *err)
{
    rd_kafka_topic_t *handle;

    if (producer->expected_count == PRODUCER_TOPICS_MAX)
        return DONE;
    handle = rd_kafka_topic_new(producer->rk, topic, NULL);
    if (!handle)
        return kafka_error(err, rd_kafka_last_error(), topic);
    producer->expected[producer->expected_count++] = handle;
    return DONE;
}

int producer_topic_exists(struct producer *producer, const char *topic, int timeout_ms,
                          bool *exists, struct err *err)
{
    int32_t partitions = 0;
    int rc = topic_query(producer->rk, topic, 0, timeout_ms, &partitions, NULL, err);

    *exists = partitions > 0;
    return rc;
}

void producer_free(struct producer *producer)
{
    if (!producer)
        return;
    producer->report = NULL;
    rd_kafka_purge(producer->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(producer->rk, PURGE_MS);
    for (size_t i = 0; i < producer->expected_count; i++)
        rd_kafka_topic_destroy(producer->expected[i]);
    rd_kafka_destroy(producer->rk);
    pthread_mutex_destroy(&producer->lock);
    free(producer);
}

// Header names are copied to end with a NUL; NULL if one cannot be added.
static rd_kafka_headers_t *make_headers(const struct producer_record *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);

    for (size_t i = 0; headers && i < record->header_count; i++) {
        const struct record_header *header = &record->headers[i];

        if (rd_kafka_header_add(headers, header->name.data, (ssize_t)header->name.size,
                                header->value.data, (ssize_t)header->value.size)) {
            rd_kafka_headers_destroy(headers);
            return NULL;
        }
    }
    return headers;
}

static rd_kafka_topic_t *expected(const struct producer *producer, const char *topic)
{
    for (size_t i = 0; i < producer->expected_count; i++)
        if (!strcmp(rd_kafka_topic_name(producer->expected[i]), topic))
            return producer->expected[i];
    return NULL;
}

// For the many that have neither headers nor a time of their own: this is the fastest.
static rd_kafka_resp_err_t send_plain(rd_kafka_topic_t *topic, const struct producer_record *record)
{
    return rd_kafka_produce(topic, record->partition, record->is_lent ? 0 : RD_KAFKA_MSG_F_COPY,
                            (void *)record->value.data, record->value.size, record->key.data,
                            record->key.size, record->tag)
               ? rd_kafka_last_error()
               : RD_KAFKA_RESP_ERR_NO_ERROR;
}

// librdkafka takes the headers if it takes the record.
static rd_kafka_resp_err_t send_with(rd_kafka_t *rk, const struct producer_record *record,
                                     rd_kafka_headers_t *headers)
{
    return rd_kafka_producev(
        rk, RD_KAFKA_V_TOPIC(record->topic), RD_KAFKA_V_PARTITION(record->partition),
        RD_KAFKA_V_MSGFLAGS(record->is_lent ? 0 : RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY((void *)record->key.data, record->key.size),
        RD_KAFKA_V_VALUE((void *)record->value.data, record->value.size),
        RD_KAFKA_V_TIMESTAMP(record->timestamp_ms), RD_KAFKA_V_OPAQUE(record->tag),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
}

int producer_send(struct producer *producer, const struct producer_record *record, struct err *err)
{
    rd_kafka_topic_t *topic = expected(producer, record->topic);
    rd_kafka_headers_t *headers = NULL;
    rd_kafka_resp_err_t code;

    if (record->header_count) {
        headers = make_headers(record);
        if (!headers)
            return err_no_memory(err);
    }
    code = topic && !headers && !record->timestamp_ms ? send_plain(topic, record)
                                                      : send_with(producer->rk, record, headers);
    if (!code)
        return DONE;
    if (headers)
        rd_kafka_headers_destroy(headers);
    if (code == RD_KAFKA_RESP_ERR__FATAL && kafka_fatal(producer->rk, err))
        return FATAL;
    return kafka_topic_error(err, code, RIGHT_WRITE_TOPIC, record->topic, record->topic);
}

static int outcome(struct producer *producer, struct err *err)
{
    int rc = kafka_fatal(producer->rk, err);

    if (rc)
        return rc;
    pthread_mutex_lock(&producer->lock);
    if (producer->has_trouble) {
        producer->has_trouble = false;
        *err = producer->trouble;
        rc = (int)err->disposition;
    }
    pthread_mutex_unlock(&producer->lock);
    return rc;
}

int producer_poll(struct producer *producer, int timeout_ms, struct err *err)
{
    rd_kafka_poll(producer->rk, timeout_ms);
    return outcome(producer, err);
}

int producer_flush(struct producer *producer, int timeout_ms, struct err *err)
{
    int rc;

    if (!rd_kafka_flush(producer->rk, timeout_ms))
        return kafka_fatal(producer->rk, err);
    rc = outcome(producer, err);
    if (rc)
        return rc;
    return err_set(err, RETRY, "KAFKA_TIMEOUT", "%d records are not acknowledged yet",
                   rd_kafka_outq_len(producer->rk));
}
