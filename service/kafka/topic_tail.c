// SPDX-License-Identifier: Apache-2.0
// librdkafka's simple consumer, all partitions by one queue. There is no group, and no right to
// one is needed.
#include "kafka/topic_tail.h"

#include <stdlib.h>

#include "base/clock.h"
#include "kafka/client_query.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

enum {
    LOOK_US = 5 * 1000 * 1000,  // for partitions that were added
    LOOK_AGAIN_US = 500 * 1000, // after one that failed
};

#define FETCH_WAIT "fetch.wait.max.ms"

struct topic_tail {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue, *main_queue;
    bool *started; // owned, by partition
    int32_t count; // of partitions
    bool complete;
    int64_t since_ms, look_at_us;
    struct err trouble; // without a disposition: none
};

static void hear_error(rd_kafka_t *rk, int code, const char *text, void *self)
{
    struct topic_tail *tail = self;

    (void)rk;
    if (kafka_is_trouble((rd_kafka_resp_err_t)code) && !tail->trouble.disposition)
        kafka_error(&tail->trouble, (rd_kafka_resp_err_t)code, text);
}

// Who is idle does not ask ten times a second, unless somebody wants that.
static int rest_longer(const struct topic_tail_options *options, rd_kafka_conf_t *conf,
                       struct err *err)
{
    for (size_t i = 0; i < options->property_count; i++)
        if (!strcmp(options->properties[i].name, FETCH_WAIT))
            return DONE;
    return settings_set(conf, FETCH_WAIT, "500", err);
}

static int open_client(struct topic_tail *tail, const struct topic_tail_options *options,
                       struct err *err)
{
    rd_kafka_conf_t *conf =
        settings_new(CLIENT_CONSUMER, options->properties, options->property_count, err);

    if (!conf)
        return (int)err->disposition;
    if (rest_longer(options, conf, err)) {
        rd_kafka_conf_destroy(conf);
        return (int)err->disposition;
    }
    rd_kafka_conf_set_opaque(conf, tail);
    rd_kafka_conf_set_error_cb(conf, hear_error);
    return settings_client(CLIENT_CONSUMER, conf, options->properties, options->property_count,
                           &tail->rk, err);
}

static int open_queues(struct topic_tail *tail, const struct topic_tail_options *options,
                       struct err *err)
{
    static const uint64_t one = 1;

    tail->topic = rd_kafka_topic_new(tail->rk, options->topic, NULL);
    if (!tail->topic)
        return kafka_error(err, rd_kafka_last_error(), options->topic);
    tail->queue = rd_kafka_queue_new(tail->rk);
    tail->main_queue = rd_kafka_queue_get_main(tail->rk);
    rd_kafka_queue_io_event_enable(tail->queue, options->wake_fd, &one, sizeof one);
    rd_kafka_queue_io_event_enable(tail->main_queue, options->wake_fd, &one, sizeof one);
    return DONE;
}

int topic_tail_new(const struct topic_tail_options *options, struct topic_tail **out,
                   struct err *err)
{
    struct topic_tail *tail = calloc(1, sizeof *tail);
    int rc;

    if (!tail)
        return err_no_memory(err);
    tail->since_ms = options->since_ms;
    rc = open_client(tail, options, err);
    if (!rc)
        rc = open_queues(tail, options, err);
    if (rc)
        topic_tail_free(tail);
    else
        *out = tail;
    return rc;
}

static void stop(struct topic_tail *tail, int32_t partition)
{
    if (tail->started[partition])
        rd_kafka_consume_stop(tail->topic, partition);
    tail->started[partition] = false;
}

void topic_tail_free(struct topic_tail *tail)
{
    if (!tail)
        return;
    for (int32_t i = 0; i < tail->count; i++)
        stop(tail, i);
    if (tail->main_queue) {
        rd_kafka_queue_io_event_enable(tail->main_queue, -1, NULL, 0);
        rd_kafka_queue_destroy(tail->main_queue);
    }
    if (tail->queue) {
        rd_kafka_queue_io_event_enable(tail->queue, -1, NULL, 0);
        rd_kafka_queue_destroy(tail->queue);
    }
    if (tail->topic)
        rd_kafka_topic_destroy(tail->topic);
    if (tail->rk)
        rd_kafka_destroy(tail->rk);
    free(tail->started);
    free(tail);
}

static int ask_left_ms(int64_t until_us)
{
    const int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;

    return left_ms > 0 ? (int)left_ms : 0;
}

static int find_partitions(struct topic_tail *tail, int64_t until_us, struct err *err)
{
    const char *name = rd_kafka_topic_name(tail->topic);
    int32_t count = 0;
    bool *started;
    int rc = topic_query(tail->rk, name, 0, ask_left_ms(until_us), &count, NULL, err);

    if (rc)
        return rc;
    if (!count)
        return err_set(err, RETRY, "TOPIC_MISSING", "there is no topic %s", name);
    if (count <= tail->count)
        return DONE;
    started = realloc(tail->started, (size_t)count * sizeof *started);
    if (!started)
        return err_no_memory(err);
    for (int32_t i = tail->count; i < count; i++)
        started[i] = false;
    tail->started = started;
    tail->count = count;
    return DONE;
}

// A partition that has no leader yet tells nothing, and is asked again.
static int start(struct topic_tail *tail, const struct source *source, int64_t end, int64_t since,
                 struct err *err)
{
    const int64_t offset = since >= 0 ? since : end;

    if (offset < 0)
        return err_set(err, RETRY, "KAFKA_ERROR", "%.*s [%d]: no broker tells where its log ends",
                       (int)source->topic.size, source->topic.data, source->partition);
    if (rd_kafka_consume_start_queue(tail->topic, source->partition, offset, tail->queue))
        return kafka_error(err, rd_kafka_last_error(), source->topic.data);
    tail->started[source->partition] = true;
    return DONE;
}

// The ends are asked for first: what comes between the two questions is behind them.
static int start_found(struct topic_tail *tail, const struct source *sources, size_t count,
                       int64_t *offsets, int64_t until_us, struct err *err)
{
    int64_t *ends = offsets, *since = offsets + count;
    int rc = query_offsets(tail->rk, sources, count, RD_KAFKA_OFFSET_END, ask_left_ms(until_us),
                           ends, err);

    if (!rc)
        rc = query_offsets(tail->rk, sources, count, tail->since_ms, ask_left_ms(until_us), since,
                           err);
    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++) {
        struct err failure;

        if (start(tail, &sources[i], ends[i], since[i], &failure)) {
            *err = failure;
            rc = RETRY;
        }
    }
    return rc;
}

static int start_silent(struct topic_tail *tail, int64_t until_us, struct err *err)
{
    const size_t most = (size_t)tail->count;
    struct source *sources = calloc(most + 1, sizeof *sources);
    int64_t *offsets = calloc(2 * most + 1, sizeof *offsets);
    size_t count = 0;
    int rc = DONE;

    if (!sources || !offsets) {
        rc = err_no_memory(err);
        goto out;
    }
    for (int32_t i = 0; i < tail->count; i++)
        if (!tail->started[i])
            sources[count++] = (struct source){slice_of(rd_kafka_topic_name(tail->topic)), i};
    if (count)
        rc = start_found(tail, sources, count, offsets, until_us, err);
out:
    free(offsets);
    free(sources);
    return rc;
}

static int look(struct topic_tail *tail, struct err *err)
{
    const int64_t until_us = clock_monotonic_us() + TOPIC_TAIL_ASK_MS * INT64_C(1000);
    int rc = find_partitions(tail, until_us, err);

    if (!rc)
        rc = start_silent(tail, until_us, err);
    tail->complete = !rc;
    tail->look_at_us = clock_monotonic_us() + (rc ? LOOK_AGAIN_US : LOOK_US);
    return rc;
}

// It is looked for again, unless this is only its end.
static void hear_partition(struct topic_tail *tail, rd_kafka_message_t *message)
{
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF && message->partition >= 0 &&
        message->partition < tail->count) {
        if (!tail->trouble.disposition)
            kafka_topic_error(&tail->trouble, message->err, RIGHT_READ_TOPIC,
                              rd_kafka_topic_name(tail->topic), rd_kafka_message_errstr(message));
        stop(tail, message->partition);
        if (tail->complete)
            tail->look_at_us = clock_monotonic_us() + LOOK_AGAIN_US;
        tail->complete = false;
    }
    rd_kafka_message_destroy(message);
}

static size_t take_arrived(struct topic_tail *tail, struct kafka_message **messages, size_t max)
{
    // A kafka_message is librdkafka's message (message.c): what arrives is sorted in place.
    rd_kafka_message_t **arrived = (rd_kafka_message_t **)messages;
    ssize_t got = rd_kafka_consume_batch_queue(tail->queue, 0, arrived, max);
    size_t count = 0;

    for (ssize_t i = 0; i < got; i++) {
        if (arrived[i]->err)
            hear_partition(tail, arrived[i]);
        else
            messages[count++] = (struct kafka_message *)arrived[i];
    }
    return count;
}

int topic_tail_read(struct topic_tail *tail, struct kafka_message **messages, size_t max,
                    size_t *count, struct err *err)
{
    int rc = DONE;

    if (clock_monotonic_us() >= tail->look_at_us)
        rc = look(tail, err);
    rd_kafka_poll(tail->rk, 0);
    *count = take_arrived(tail, messages, max);
    if (tail->trouble.disposition) { // it says more than what failed for it
        *err = tail->trouble;
        tail->trouble = (struct err){0};
        rc = RETRY;
    }
    return rc;
}

int64_t topic_tail_due_us(const struct topic_tail *tail)
{
    return tail->look_at_us;
}

bool topic_tail_is_complete(const struct topic_tail *tail)
{
    return tail->complete;
}
