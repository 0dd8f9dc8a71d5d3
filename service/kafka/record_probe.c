// SPDX-License-Identifier: Apache-2.0
#include "kafka/record_probe.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"

enum { WAKE_AFTER_MS = 50 };

struct record_probe {
    rd_kafka_conf_t *conf;                   // owned until rk is made of it
    const struct kafka_property *properties; // borrowed
    size_t property_count;
    rd_kafka_t *rk; // NULL: nothing was read yet
};

// A batch at least is sent, however large.
static const struct kafka_property small[] = {
    {"fetch.message.max.bytes", "1024"},
    {"queued.min.messages", "1"},
};

static rd_kafka_conf_t *make_conf(const struct kafka_property *properties, size_t count,
                                  struct err *err)
{
    rd_kafka_conf_t *conf = settings_new(CLIENT_CONSUMER, properties, count, err);

    for (size_t i = 0; i < sizeof small / sizeof *small && conf; i++) {
        if (!settings_set(conf, small[i].name, small[i].value, err))
            continue;
        rd_kafka_conf_destroy(conf);
        conf = NULL;
    }
    return conf;
}

int record_probe_new(const struct kafka_property *properties, size_t property_count,
                     struct record_probe **out, struct err *err)
{
    struct record_probe *probe = calloc(1, sizeof *probe);

    if (!probe)
        return err_no_memory(err);
    probe->properties = properties;
    probe->property_count = property_count;
    probe->conf = make_conf(properties, property_count, err);
    if (!probe->conf) {
        free(probe);
        return (int)err->disposition;
    }
    *out = probe;
    return DONE;
}

void record_probe_free(struct record_probe *probe)
{
    if (!probe)
        return;
    if (probe->rk)
        rd_kafka_destroy(probe->rk);
    if (probe->conf)
        rd_kafka_conf_destroy(probe->conf);
    free(probe);
}

// A client has threads and connections: it is made when something is to be read.
static int open_client(struct record_probe *probe, struct err *err)
{
    rd_kafka_conf_t *conf = probe->conf;

    if (probe->rk)
        return DONE;
    if (!conf)
        conf = make_conf(probe->properties, probe->property_count, err);
    probe->conf = NULL;
    return conf ? settings_client(CLIENT_CONSUMER, conf, probe->properties, probe->property_count,
                                  &probe->rk, err)
                : (int)err->disposition;
}

// What a message says that is no record: that there is none.
static bool says_none(const rd_kafka_message_t *message)
{
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        return true;
    default:
        return false;
    }
}

// librdkafka's thread for a broker looks only once a second whether there is something to fetch,
// unless it has something else to do: being asked for the log's end is that.
static void wake_broker(rd_kafka_t *rk, const struct source *source, int64_t until_us)
{
    const int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;
    int64_t end;
    struct err err;

    if (left_ms > 0)
        query_offsets(rk, source, 1, RD_KAFKA_OFFSET_END, (int)left_ms, &end, &err);
}

static int await(rd_kafka_t *rk, rd_kafka_topic_t *topic, const struct source *source,
                 int timeout_ms, rd_kafka_message_t **out, struct err *err)
{
    const int64_t until_us = clock_monotonic_us() + timeout_ms * INT64_C(1000);
    rd_kafka_message_t *message = NULL;
    int rc = err_set(err, RETRY, "BROKERS_UNREACHABLE", "%s [%d]: no broker gives a record",
                     rd_kafka_topic_name(topic), source->partition);

    while (rc && clock_monotonic_us() < until_us) {
        message = rd_kafka_consume(topic, source->partition, WAKE_AFTER_MS);
        if (!message) {
            wake_broker(rk, source, until_us);
            continue;
        }
        if (!message->err || says_none(message))
            rc = DONE;
        else
            rc = kafka_topic_error(err, message->err, RIGHT_READ_TOPIC, rd_kafka_topic_name(topic),
                                   "reading one record");
        if (!rc && !message->err) {
            *out = message;
            return DONE;
        }
        rd_kafka_message_destroy(message);
        if (rc && !strcmp(err->reason, "AUTHORIZATION_FAILED"))
            break; // nothing comes of asking again
    }
    return rc;
}

int record_probe_read(struct record_probe *probe, const struct source *source, int64_t offset,
                      int timeout_ms, struct kafka_message **out, struct err *err)
{
    rd_kafka_message_t *message = NULL;
    rd_kafka_topic_t *topic;
    int rc = open_client(probe, err);

    *out = NULL;
    if (rc)
        return rc;
    topic = rd_kafka_topic_new(probe->rk, source->topic.data, NULL);
    if (!topic)
        return kafka_error(err, rd_kafka_last_error(), source->topic.data);
    if (rd_kafka_consume_start(topic, source->partition, offset)) {
        rc = kafka_error(err, rd_kafka_last_error(), source->topic.data);
    } else {
        rc = await(probe->rk, topic, source, timeout_ms, &message, err);
        rd_kafka_consume_stop(topic, source->partition);
    }
    rd_kafka_topic_destroy(topic);
    *out = (struct kafka_message *)message;
    return rc;
}
