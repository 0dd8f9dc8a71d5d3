// SPDX-License-Identifier: Apache-2.0
#include "bench/feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/event_messages.h"

enum { MAX_PROPERTIES = 8, MAX_NUMBER = 1000000000, FLUSH_MS = 60000, FULL_WAIT_MS = 5 };

_Noreturn void feed_fail(const char *what, const struct err *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->text);
    exit(1);
}

const char *feed_environment(const char *name)
{
    const char *value = getenv(name);

    if (value && *value)
        return value;
    fprintf(stderr, "bench: set %s (./dev up prints it)\n", name);
    exit(2);
}

size_t feed_number(const char *option, const char *text)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (!errno && end != text && !*end && number >= 1 && number <= MAX_NUMBER)
        return (size_t)number;
    fprintf(stderr, "bench: %s takes a number of 1 to %d\n", option, MAX_NUMBER);
    exit(2);
}

void feed_open(struct feed *feed, const char *topic, const struct kafka_property *properties,
               size_t property_count, producer_report *report, void *self)
{
    struct kafka_property all[MAX_PROPERTIES + 1] = {
        {"bootstrap.servers", feed_environment("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS")}};
    struct err err;

    for (size_t i = 0; i < property_count && i < MAX_PROPERTIES; i++)
        all[i + 1] = properties[i];
    feed->topic = topic;
    buffer_init(&feed->value);
    if (producer_new(all, property_count + 1, report, self, &feed->producer, &err))
        feed_fail("the producer", &err);
}

void feed_close(struct feed *feed)
{
    struct err err;

    if (producer_flush(feed->producer, FLUSH_MS, &err))
        feed_fail("not all was acknowledged", &err);
    producer_free(feed->producer);
    buffer_free(&feed->value);
}

size_t feed_send(struct feed *feed, const struct event *event, int32_t partition, void *tag)
{
    struct err err;
    struct producer_record record;

    buffer_clear(&feed->value);
    if (encode_event(event, FRAMING_SINGLE_OBJECT, NULL, &feed->value, &err))
        feed_fail("encoding", &err);
    record = (struct producer_record){
        .topic = feed->topic,
        .partition = partition,
        .key = event->job_id,
        .value = buffer_slice(&feed->value),
        .tag = tag,
    };
    while (producer_send(feed->producer, &record, &err)) {
        if (strcmp(err.reason, "QUEUE_FULL") != 0)
            feed_fail("sending", &err);
        if (producer_poll(feed->producer, FULL_WAIT_MS, &err) == FATAL)
            feed_fail("sending", &err);
    }
    return feed->value.size;
}
