// SPDX-License-Identifier: Apache-2.0
// librdkafka's simple consumer, all partitions by one queue. There is no group, and no right to
// one is needed.
#include "kafka/topic_tail.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "kafka/client_query.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

enum {
    LOOK_US = 5 * 1000 * 1000,  // whether the topic is the same, and for partitions that were added
    LOOK_AGAIN_US = 500 * 1000, // after one that failed
};

#define FETCH_WAIT "fetch.wait.max.ms"

// Up to where a log was read, and the latest time of what is before.
struct place {
    int64_t next, latest_ms;
};

// What cannot be in the same log shows that the topic was made again: a record that is later than
// all before a place, and stands before it. Records of the new log may have been read since, so it
// is asked of two places at which it was still the former one, if it was at all.
struct reading {
    bool is_started;
    struct place now;
    struct place sure;  // when it was last found to be the same
    struct place first; // behind the first record since then; the same as sure: there was none
};

struct topic_tail {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue, *main_queue;
    struct reading *readings; // owned, by partition
    int32_t count;            // of partitions
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
    if (tail->readings[partition].is_started)
        rd_kafka_consume_stop(tail->topic, partition);
    tail->readings[partition].is_started = false;
}

static void stop_all(struct topic_tail *tail)
{
    for (int32_t i = 0; i < tail->count; i++)
        stop(tail, i);
}

void topic_tail_free(struct topic_tail *tail)
{
    if (!tail)
        return;
    stop_all(tail);
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
    free(tail->readings);
    free(tail);
}

static int ask_left_ms(int64_t until_us)
{
    const int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;

    return left_ms > 0 ? (int)left_ms : 0;
}

static int made_again(struct err *err, const char *name, const char *what)
{
    return err_set(err, RETRY, "TOPIC_MADE_AGAIN",
                   "the topic %s was made again, or lost records: %s, and is read anew", name,
                   what);
}

static int read_anew(struct topic_tail *tail, int32_t partition, struct err *err)
{
    char what[64];

    snprintf(what, sizeof what, "partition %d is not what was read", partition);
    stop(tail, partition);
    return made_again(err, rd_kafka_topic_name(tail->topic), what);
}

// A topic never loses one.
static int drop_partitions(struct topic_tail *tail, int32_t count, struct err *err)
{
    char what[64];

    snprintf(what, sizeof what, "it has %d partitions, had %d", count, tail->count);
    stop_all(tail);
    tail->count = count;
    return made_again(err, rd_kafka_topic_name(tail->topic), what);
}

static int find_partitions(struct topic_tail *tail, int64_t until_us, struct err *err)
{
    const char *name = rd_kafka_topic_name(tail->topic);
    int32_t count = 0;
    struct reading *readings;
    int rc = topic_query(tail->rk, name, 0, ask_left_ms(until_us), &count, NULL, err);

    if (rc)
        return rc;
    if (!count)
        return err_set(err, RETRY, "TOPIC_MISSING", "there is no topic %s", name);
    if (count < tail->count)
        return drop_partitions(tail, count, err);
    if (count == tail->count)
        return DONE;
    readings = realloc(tail->readings, (size_t)count * sizeof *readings);
    if (!readings)
        return err_no_memory(err);
    for (int32_t i = tail->count; i < count; i++)
        readings[i].is_started = false;
    tail->readings = readings;
    tail->count = count;
    return DONE;
}

// Room for questions about each partition: sources, and three numbers for each.
static int make_question(const struct topic_tail *tail, struct source **sources, int64_t **offsets,
                         struct err *err)
{
    const size_t most = (size_t)tail->count + 1;

    *sources = calloc(most, sizeof **sources);
    *offsets = calloc(3 * most, sizeof **offsets);
    return *sources && *offsets ? DONE : err_no_memory(err);
}

static size_t list(const struct topic_tail *tail, bool is_started, struct source *sources)
{
    const struct slice topic = slice_of(rd_kafka_topic_name(tail->topic));
    size_t count = 0;

    for (int32_t i = 0; i < tail->count; i++)
        if (tail->readings[i].is_started == is_started)
            sources[count++] = (struct source){topic, i};
    return count;
}

// *later: where the first record stands that is later than all before the place; -1: nowhere.
static bool is_before(int64_t later, const struct place *place)
{
    return later >= 0 && later < place->next;
}

// later: two for each.
static int ask_later(struct topic_tail *tail, const struct source *sources, size_t count,
                     int64_t *later, int64_t until_us, struct err *err)
{
    int64_t *later_than_sure = later, *later_than_first = later + count;
    int rc;

    for (size_t i = 0; i < count; i++) {
        later_than_sure[i] = tail->readings[sources[i].partition].sure.latest_ms + 1;
        later_than_first[i] = tail->readings[sources[i].partition].first.latest_ms + 1;
    }
    rc = query_offsets_since(tail->rk, sources, count, ask_left_ms(until_us), later_than_sure, err);
    return rc ? rc
              : query_offsets_since(tail->rk, sources, count, ask_left_ms(until_us),
                                    later_than_first, err);
}

static int compare_found(struct topic_tail *tail, const struct source *sources, size_t count,
                         int64_t *offsets, int64_t until_us, struct err *err)
{
    int64_t *ends = offsets, *later = offsets + count;
    int rc = query_offsets(tail->rk, sources, count, RD_KAFKA_OFFSET_END, ask_left_ms(until_us),
                           ends, err);

    if (!rc)
        rc = ask_later(tail, sources, count, later, until_us, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++) {
        struct reading *reading = &tail->readings[sources[i].partition];

        if (ends[i] < 0)
            continue; // nobody tells now
        if (ends[i] < reading->now.next || is_before(later[i], &reading->sure) ||
            is_before(later[count + i], &reading->first))
            rc = read_anew(tail, sources[i].partition, err);
        else
            reading->sure = reading->first = reading->now;
    }
    return rc;
}

// Those that are read are still the same.
static int compare(struct topic_tail *tail, int64_t until_us, struct err *err)
{
    struct source *sources;
    int64_t *offsets;
    int rc = make_question(tail, &sources, &offsets, err);
    const size_t count = rc ? 0 : list(tail, true, sources);

    if (count)
        rc = compare_found(tail, sources, count, offsets, until_us, err);
    free(offsets);
    free(sources);
    return rc;
}

// A partition that has no leader yet tells nothing, and is asked again.
static int start(struct topic_tail *tail, const struct source *source, int64_t end, int64_t since,
                 struct err *err)
{
    const int64_t offset = since >= 0 ? since : end;
    const struct place begin = {offset, tail->since_ms - 1};

    if (offset < 0)
        return err_set(err, RETRY, "KAFKA_ERROR", "%.*s [%d]: no broker tells where its log ends",
                       (int)source->topic.size, source->topic.data, source->partition);
    if (rd_kafka_consume_start_queue(tail->topic, source->partition, offset, tail->queue))
        return kafka_error(err, rd_kafka_last_error(), source->topic.data);
    tail->readings[source->partition] = (struct reading){true, begin, begin, begin};
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
    struct source *sources;
    int64_t *offsets;
    int rc = make_question(tail, &sources, &offsets, err);
    const size_t count = rc ? 0 : list(tail, false, sources);

    if (count)
        rc = start_found(tail, sources, count, offsets, until_us, err);
    free(offsets);
    free(sources);
    return rc;
}

// What one cannot do does not keep back the other.
static int look_at_all(struct topic_tail *tail, int64_t until_us, struct err *err)
{
    struct err failure;
    int rc = start_silent(tail, until_us, err);

    if (compare(tail, until_us, &failure)) {
        *err = failure;
        rc = RETRY;
    }
    return rc;
}

static int look(struct topic_tail *tail, struct err *err)
{
    const int64_t until_us = clock_monotonic_us() + TOPIC_TAIL_ASK_MS * INT64_C(1000);
    int rc = find_partitions(tail, until_us, err);

    if (!rc)
        rc = look_at_all(tail, until_us, err);
    tail->complete = !rc;
    tail->look_at_us = clock_monotonic_us() + (rc ? LOOK_AGAIN_US : LOOK_US);
    return rc;
}

static void silence(struct topic_tail *tail, const rd_kafka_message_t *message, struct err *err)
{
    stop(tail, message->partition);
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        read_anew(tail, message->partition, err);
    else
        kafka_topic_error(err, message->err, RIGHT_READ_TOPIC, rd_kafka_topic_name(tail->topic),
                          rd_kafka_message_errstr(message));
}

// It is looked for again, unless this is only its end.
static void hear_partition(struct topic_tail *tail, rd_kafka_message_t *message)
{
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF && message->partition >= 0 &&
        message->partition < tail->count) {
        if (tail->trouble.disposition)
            stop(tail, message->partition);
        else
            silence(tail, message, &tail->trouble);
        if (tail->complete)
            tail->look_at_us = clock_monotonic_us() + LOOK_AGAIN_US;
        tail->complete = false;
    }
    rd_kafka_message_destroy(message);
}

static void note_read(struct topic_tail *tail, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    const int64_t time_ms = rd_kafka_message_timestamp(message, &type);
    struct reading *reading;

    if (message->partition >= tail->count)
        return; // of a partition that there is no longer
    reading = &tail->readings[message->partition];
    reading->now.next = message->offset + 1;
    if (time_ms > reading->now.latest_ms)
        reading->now.latest_ms = time_ms;
    if (reading->first.next == reading->sure.next)
        reading->first = reading->now;
}

static size_t take_arrived(struct topic_tail *tail, struct kafka_message **messages, size_t max)
{
    // A kafka_message is librdkafka's message (message.c): what arrives is sorted in place.
    rd_kafka_message_t **arrived = (rd_kafka_message_t **)messages;
    ssize_t got = rd_kafka_consume_batch_queue(tail->queue, 0, arrived, max);
    size_t count = 0;

    for (ssize_t i = 0; i < got; i++) {
        if (arrived[i]->err) {
            hear_partition(tail, arrived[i]);
            continue;
        }
        note_read(tail, arrived[i]);
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
