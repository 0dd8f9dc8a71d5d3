// SPDX-License-Identifier: Apache-2.0
// The ends of the logs are asked for before the group has given anything: joining it may take
// seconds, and a command that comes meanwhile is one of ours.
#include "cli/emit/command_feed.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "cli/terminal/interrupt.h"
#include "serve/process/schemas.h"

#define WHO "commands"

enum {
    ASK_TIMEOUT_MS = 5 * 1000,
    PATIENCE_US = 5 * US_PER_SECOND,
    ASK_EVERY_MS = 100,
    AT_ONCE = 64,
    HEADERS_MAX = 32,
};

struct command_feed {
    struct command_listener listener;
    const char *topic; // borrowed
    struct schemas *schemas;
    struct record_decoder *decoder;
    struct consumer *consumer;
    int64_t *next; // owned: of each partition that there was at first, the offset to go on from
    int32_t partition_count;
    const char *told; // the reason of the trouble that was last said
    bool has_ended;
};

static void tell_trouble(struct command_feed *feed, const char *what, const struct err *err)
{
    if (feed->told && !strcmp(feed->told, err->reason))
        return;
    feed->told = err->reason;
    log_warn(WHO, what, LOG_TEXT("topic", feed->topic), LOG_ERR(err));
}

// A partition that came later is ours from its first record.
static void on_taken(void *self, const struct source *sources, size_t count)
{
    struct command_feed *feed = self;
    struct err err;

    for (size_t i = 0; i < count; i++) {
        bool is_old = sources[i].partition < feed->partition_count;

        if (consumer_start(feed->consumer, &sources[i],
                           is_old ? feed->next[sources[i].partition] : 0, &err))
            tell_trouble(feed, "a partition cannot be read", &err);
    }
}

static void on_revoked(void *self, const struct source *sources, size_t count, bool lost)
{
    (void)self, (void)sources, (void)count, (void)lost; // it is ours alone, and comes back
}

static void on_end(void *self, const struct source *source, int64_t next_offset)
{
    struct command_feed *feed = self;

    if (source->partition < feed->partition_count)
        feed->next[source->partition] = next_offset;
}

static void on_failed(void *self, const struct source *source, const struct err *err)
{
    (void)source;
    tell_trouble(self, "a partition cannot be read any more", err);
}

static int new_consumer(struct command_feed *feed, const struct config *config, struct err *err)
{
    const struct consumer_events events = {.self = feed,
                                           .taken = on_taken,
                                           .revoked = on_revoked,
                                           .reached_end = on_end,
                                           .partition_failed = on_failed};
    const char *const topics[] = {feed->topic, NULL};
    unsigned char random[UUID_BYTES];
    char id[UUID_TEXT_SIZE], group[sizeof "jobtrail-emit-" + UUID_TEXT_SIZE];
    struct consumer_options options = {.properties = config->kafka,
                                       .property_count = config->kafka_count,
                                       .topics = topics,
                                       .group_id = group};
    struct uuid uuid;

    random_bytes(random, sizeof random);
    uuid = uuid_from_random(random);
    uuid_format(&uuid, id);
    snprintf(group, sizeof group, "jobtrail-emit-%s", id);
    return consumer_new(&options, &events, &feed->consumer, err);
}

static int ask_partitions(struct command_feed *feed, struct err *err)
{
    int rc = consumer_partition_count(feed->consumer, feed->topic, ASK_TIMEOUT_MS,
                                      &feed->partition_count, err);

    if (!rc && feed->partition_count <= 0)
        return err_set(err, RETRY, "TOPIC_MISSING", "there is no topic %s", feed->topic);
    if (rc)
        return rc;
    feed->next = calloc((size_t)feed->partition_count, sizeof *feed->next);
    return feed->next ? DONE : err_no_memory(err);
}

static int ask_ends(struct command_feed *feed, const struct source *sources, struct err *err)
{
    size_t count = (size_t)feed->partition_count;
    int rc =
        consumer_log_ends(feed->consumer, sources, NULL, count, ASK_TIMEOUT_MS, feed->next, err);

    for (size_t i = 0; !rc && i < count; i++)
        if (feed->next[i] < 0)
            rc = err_set(err, RETRY, "KAFKA_ERROR", "%s [%zu]: no broker tells its log's end",
                         feed->topic, i);
    return rc;
}

// Where every partition's log ends now. A topic that was just made has no leaders yet.
static int find_ends(struct command_feed *feed, struct err *err)
{
    int64_t until_us = clock_monotonic_us() + PATIENCE_US;
    int rc = ask_partitions(feed, err);
    struct source *sources;

    if (rc)
        return rc;
    sources = calloc((size_t)feed->partition_count, sizeof *sources);
    if (!sources)
        return err_no_memory(err);
    for (int32_t i = 0; i < feed->partition_count; i++)
        sources[i] = (struct source){slice_of(feed->topic), i};
    while ((rc = ask_ends(feed, sources, err)) == RETRY && !interrupt_seen() &&
           clock_monotonic_us() < until_us)
        poll(NULL, 0, ASK_EVERY_MS);
    free(sources);
    return rc;
}

int command_feed_open(const struct config *config, const struct command_listener *listener,
                      struct command_feed **out, struct err *err)
{
    struct decoder_options options = {.namespaces = config->event_namespaces};
    struct command_feed *feed = calloc(1, sizeof *feed);
    int rc;

    if (!feed)
        return err_no_memory(err);
    feed->listener = *listener;
    feed->topic = config->command_topic;
    rc = schemas_open(config, &feed->schemas, err);
    if (rc)
        goto out;
    options.schemas = schemas_source_of_ours(feed->schemas);
    feed->decoder = cancel_decoder_new(&options, err);
    rc = feed->decoder ? DONE : (int)err->disposition;
    if (!rc)
        rc = new_consumer(feed, config, err);
    if (!rc)
        rc = find_ends(feed, err);
out:
    if (rc)
        command_feed_close(feed);
    else
        *out = feed;
    return rc;
}

void command_feed_close(struct command_feed *feed)
{
    if (!feed)
        return;
    if (feed->consumer)
        consumer_free(feed->consumer);
    record_decoder_free(feed->decoder);
    schemas_close(feed->schemas);
    free(feed->next);
    free(feed);
}

static void take(struct command_feed *feed, const struct kafka_message *message)
{
    struct record_header headers[HEADERS_MAX];
    struct kafka_record record;
    struct wire_record wire = {.headers = headers};
    struct cancel_message decoded;
    enum decoded what;
    struct err err;

    kafka_message_record(message, &record);
    if (record.partition < feed->partition_count)
        feed->next[record.partition] = record.offset + 1;
    wire.value = record.value;
    kafka_message_headers(message, headers, HEADERS_MAX, &wire.header_count);
    if (wire.header_count > HEADERS_MAX)
        wire.header_count = HEADERS_MAX;
    if (decode_cancel_message(feed->decoder, &wire, &decoded, &what, &err))
        tell_trouble(feed, "a command cannot be read", &err);
    else if (what == DECODED_RECORD && decoded.kind == CANCEL_JOB)
        feed->listener.command(feed->listener.self, &decoded.job);
}

void command_feed_poll(struct command_feed *feed)
{
    struct kafka_message *messages[AT_ONCE];
    size_t count;
    struct err err;
    int rc;

    if (!feed || feed->has_ended)
        return;
    rc = consumer_poll(feed->consumer, 0, messages, AT_ONCE, &count, &err);
    if (rc)
        tell_trouble(feed, "commands cannot be read", &err);
    feed->has_ended = rc == FATAL;
    for (size_t i = 0; i < count; i++) {
        take(feed, messages[i]);
        kafka_message_free(messages[i]);
    }
}
