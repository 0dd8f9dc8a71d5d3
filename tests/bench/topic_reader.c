// SPDX-License-Identifier: Apache-2.0
#include "bench/topic_reader.h"

#include <stdio.h>

#include "base/random.h"
#include "bench/feed.h"

static void on_taken(void *self, const struct source *sources, size_t count)
{
    struct topic_reader *reader = self;
    struct err err;

    for (size_t i = 0; i < count; i++)
        if (consumer_start(reader->consumer, &sources[i], 0, &err))
            feed_fail("reading a partition", &err);
}

static void on_revoked(void *self, const struct source *sources, size_t count, bool lost)
{
    (void)self, (void)sources, (void)count, (void)lost;
}

static void on_end(void *self, const struct source *source, int64_t next_offset)
{
    (void)self, (void)source, (void)next_offset;
}

static void on_failed(void *self, const struct source *source, const struct err *err)
{
    (void)self, (void)source;
    feed_fail("reading a partition", err);
}

void topic_reader_open(struct topic_reader *reader, const char *topic)
{
    const char *const topics[] = {topic, NULL};
    const struct kafka_property brokers = {"bootstrap.servers",
                                           feed_environment("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS")};
    char group[32];
    struct err err;

    snprintf(group, sizeof group, "bench-%016llx", (unsigned long long)random_u64());
    if (consumer_new(
            &(struct consumer_options){
                .properties = &brokers, .property_count = 1, .topics = topics, .group_id = group},
            &(struct consumer_events){.self = reader,
                                      .taken = on_taken,
                                      .revoked = on_revoked,
                                      .reached_end = on_end,
                                      .partition_failed = on_failed},
            &reader->consumer, &err))
        feed_fail("the consumer", &err);
}

void topic_reader_close(struct topic_reader *reader)
{
    consumer_free(reader->consumer);
}

size_t topic_reader_poll(struct topic_reader *reader, int timeout_ms,
                         struct kafka_message *messages[TOPIC_READER_AT_ONCE])
{
    size_t count = 0;
    struct err err;

    if (consumer_poll(reader->consumer, timeout_ms, messages, TOPIC_READER_AT_ONCE, &count, &err) ==
        FATAL)
        feed_fail("reading a topic", &err);
    return count;
}
