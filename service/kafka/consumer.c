// SPDX-License-Identifier: Apache-2.0
// Making and freeing a consumer. Freeing is bounded in time, whatever the brokers do.
#include "kafka/consumer_private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "kafka/settings.h"

enum {
    LEAVE_MS = 6500, // for leaving the group in all: a join waits for others, 3 s at most as a rule
    GOODBYE_MS = 1000,   // of these at least for saying goodbye
    FIRST_WORD_MS = 300, // for the group to say who we are, should we have asked just now
    STEP_MS = 50,
    FIRST_SAFE_VERSION = 0x02030000,
};

// group.id may also be among the user's properties; it is the options' that counts.
static rd_kafka_conf_t *make_conf(const struct consumer_options *options, struct consumer *consumer,
                                  struct err *err)
{
    rd_kafka_conf_t *conf =
        settings_new(CLIENT_CONSUMER, options->properties, options->property_count, err);

    if (!conf)
        return NULL;
    if (settings_set(conf, "group.id", options->group_id, err)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_opaque(conf, consumer);
    rd_kafka_conf_set_rebalance_cb(conf, rebalance_cb);
    rd_kafka_conf_set_error_cb(conf, poll_error_cb);
    rd_kafka_conf_set_stats_cb(conf, poll_stats_cb);
    return conf;
}

static int subscribe(struct consumer *consumer, const char *const *topics, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(4);
    rd_kafka_resp_err_t code;

    if (!list)
        return err_no_memory(err);
    for (; *topics; topics++)
        rd_kafka_topic_partition_list_add(list, *topics, RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(consumer->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? err_set(err, FATAL, "BAD_TOPICS", "cannot subscribe: %s", rd_kafka_err2str(code))
                : 0;
}

int consumer_new(const struct consumer_options *options, const struct consumer_events *events,
                 struct consumer **out, struct err *err)
{
    struct consumer *consumer = calloc(1, sizeof(*consumer));
    rd_kafka_conf_t *conf;
    int rc;

    if (!consumer)
        return err_no_memory(err);
    consumer->events = *events;
    conf = make_conf(options, consumer, err);
    if (!conf) {
        free(consumer);
        return (int)err->disposition;
    }
    rc = settings_client(CLIENT_CONSUMER, conf, options->properties, options->property_count,
                         &consumer->rk, err);
    if (rc) {
        free(consumer);
        return rc;
    }
    rd_kafka_poll_set_consumer(consumer->rk);
    rc = subscribe(consumer, options->topics, err);
    if (rc) {
        consumer_free(consumer);
        return rc;
    }
    *out = consumer;
    return DONE;
}

static bool has_joined(struct consumer *consumer)
{
    char *member = rd_kafka_memberid(consumer->rk);
    bool joined = member && *member;

    if (member)
        rd_kafka_mem_free(consumer->rk, member);
    return joined;
}

static void serve_until(struct consumer *consumer, int64_t until_us,
                        bool (*done)(struct consumer *))
{
    while (!done(consumer) && clock_monotonic_us() < until_us) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->rk, STEP_MS);

        if (message)
            rd_kafka_message_destroy(message);
    }
}

static bool was_assigned(struct consumer *consumer)
{
    return consumer->was_assigned;
}

static bool has_no_name(struct consumer *consumer)
{
    return !has_joined(consumer);
}

// A static member stays: the group keeps its place until it is back, or its session times out.
static bool is_static(struct consumer *consumer)
{
    size_t size = 0; // with the NUL

    return rd_kafka_conf_get(rd_kafka_conf(consumer->rk), "group.instance.id", NULL, &size) ==
               RD_KAFKA_CONF_OK &&
           size > sizeof "";
}

// The goodbye is said before the consumer is closed: closing alone, librdkafka 2.0.2 says none for
// a cooperative member that has no partition, whom the group then waits for until its session times
// out. Nothing comes of it while a join is on its way, since the coordinator answers one question
// of a connection after the other: so the join is waited for.
//
// Returns whether the consumer may be destroyed. librdkafka before 2.3.0 ends the process if a
// cooperative member that has joined, but was never given an assignment (an empty one counts), is
// destroyed. And 2.0.2 may wait for ever in destroying one that gave up a partition while its topic
// did not exist: one of its threads does not end. Closing it is safe.
static bool leave_group(struct consumer *consumer, int64_t until_us)
{
    bool settled;

    serve_until(consumer, clock_monotonic_us() + FIRST_WORD_MS * INT64_C(1000), has_joined);
    if (has_joined(consumer))
        serve_until(consumer, until_us - GOODBYE_MS * INT64_C(1000), was_assigned);
    settled = consumer->was_assigned || !has_joined(consumer);
    if (!is_static(consumer)) {
        rd_kafka_unsubscribe(consumer->rk);
        serve_until(consumer, until_us, has_no_name);
    }
    return !consumer->missed_a_topic && (settled || rd_kafka_version() >= FIRST_SAFE_VERSION);
}

// False if nobody answered in time.
static bool close_group(struct consumer *consumer, int64_t until_us)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(consumer->rk);
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(consumer->rk, queue);
    rd_kafka_message_t *message;
    bool closed = error != NULL; // then it is closed or dead already

    while (!closed && clock_monotonic_us() < until_us) {
        message = rd_kafka_consume_queue(queue, STEP_MS);
        if (message)
            rd_kafka_message_destroy(message);
        closed = rd_kafka_consumer_closed(consumer->rk);
    }
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_queue_destroy(queue);
    return closed;
}

void consumer_free(struct consumer *consumer)
{
    int64_t until_us = clock_monotonic_us() + LEAVE_MS * INT64_C(1000);
    bool destroy, closed;

    if (!consumer)
        return;
    consumer->closing = true;
    destroy = leave_group(consumer, until_us);
    closed = close_group(consumer, until_us);
    if (!destroy || !closed) {
        // Its goodbye is said, or on its way, or nobody hears it. Destroying it would crash or
        // wait; its idle memory and threads stay until the process ends.
        if (!closed)
            log_info("kafka", "left the group without waiting for its answer");
        return;
    }
    rd_kafka_destroy_flags(consumer->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    group_partitions_free(&consumer->partitions);
    free(consumer);
}
