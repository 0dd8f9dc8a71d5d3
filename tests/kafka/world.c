// SPDX-License-Identifier: Apache-2.0
#include "kafka/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "support/between.h"

// No divisor of the whole seconds after which the mock cluster answers who joins (3 of the first,
// else session.timeout.ms less 1): a member that is told at that very moment who leads a topic
// joins anew, and again the next time.
#define REFRESH_MS "1100"

int64_t world_now_us(void)
{
    return clock_monotonic_us();
}

const char *world_brokers(void)
{
    const char *brokers = getenv("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS");

    if (!brokers || !*brokers)
        fail_msg("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS is not set: run through ./dev test");
    return brokers;
}

const char *world_name(const char *prefix)
{
    static char names[64][80];
    static unsigned int next;
    char *name = names[next++ % 64];

    snprintf(name, sizeof(names[0]), "%s-%016llx", prefix, (unsigned long long)random_u64());
    return name;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char text[256];

    if (rd_kafka_conf_set(conf, name, value, text, sizeof(text)) != RD_KAFKA_CONF_OK)
        fail_msg("%s", text);
}

rd_kafka_t *world_producer(const char *brokers, const char *transactional_id)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_t *producer;
    char text[256];

    set(conf, "bootstrap.servers", brokers);
    set(conf, "linger.ms", "1");
    if (transactional_id)
        set(conf, "transactional.id", transactional_id);
    producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text));
    assert_non_null(producer);
    if (transactional_id)
        assert_null(rd_kafka_init_transactions(producer, WAIT_MS));
    return producer;
}

void world_send(rd_kafka_t *producer, const char *topic, int32_t partition, int first, int count)
{
    char value[16];

    for (int i = first; i < first + count; i++) {
        int size = snprintf(value, sizeof(value), "%d", i);

        while (rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                 RD_KAFKA_V_VALUE(value, (size_t)size),
                                 RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
            rd_kafka_poll(producer, 10);
    }
    assert_int_equal(rd_kafka_flush(producer, WAIT_MS), 0);
}

// Runs one Admin request and checks that it had no error. add puts the request on its way.
struct admin {
    rd_kafka_t *rk;
    rd_kafka_AdminOptions_t *options;
    rd_kafka_queue_t *queue;
};

static struct admin admin_open(const char *brokers)
{
    struct admin admin = {.rk = world_producer(brokers, NULL)};
    char text[128];

    admin.options = rd_kafka_AdminOptions_new(admin.rk, RD_KAFKA_ADMIN_OP_ANY);
    assert_int_equal(
        rd_kafka_AdminOptions_set_request_timeout(admin.options, WAIT_MS, text, sizeof(text)), 0);
    admin.queue = rd_kafka_queue_new(admin.rk);
    return admin;
}

static void admin_close(struct admin *admin)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, WAIT_MS);

    assert_non_null(event);
    if (rd_kafka_event_error(event))
        fail_msg("admin: %s", rd_kafka_event_error_string(event));
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(admin->queue);
    rd_kafka_AdminOptions_destroy(admin->options);
    rd_kafka_destroy(admin->rk);
}

static bool is_led(rd_kafka_t *rk, const char *topic, int partitions)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    bool led = false;

    if (!rd_kafka_metadata(rk, 0, handle, &metadata, 1000)) {
        led = metadata->topic_cnt == 1 && metadata->topics[0].partition_cnt == partitions;
        for (int i = 0; led && i < partitions; i++)
            led = metadata->topics[0].partitions[i].leader >= 0;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return led;
}

// The controller made it; the broker learns of that a while later, and until then denies it.
static void await_topic(const char *brokers, const char *topic, int partitions)
{
    rd_kafka_t *rk = world_producer(brokers, NULL);
    int64_t until_us = world_now_us() + WAIT_MS * 1000LL;

    while (!is_led(rk, topic, partitions))
        assert_true(world_now_us() < until_us);
    rd_kafka_destroy(rk);
}

void world_create_topic(const char *brokers, const char *topic, int partitions,
                        const char *cleanup_policy)
{
    struct admin admin = admin_open(brokers);
    rd_kafka_NewTopic_t *request = rd_kafka_NewTopic_new(topic, partitions, 1, NULL, 0);

    if (cleanup_policy)
        rd_kafka_NewTopic_set_config(request, "cleanup.policy", cleanup_policy);
    rd_kafka_CreateTopics(admin.rk, &request, 1, admin.options, admin.queue);
    admin_close(&admin);
    rd_kafka_NewTopic_destroy(request);
    await_topic(brokers, topic, partitions);
}

void world_delete_topic(const char *brokers, const char *topic)
{
    struct admin admin = admin_open(brokers);
    rd_kafka_DeleteTopic_t *request = rd_kafka_DeleteTopic_new(topic);

    rd_kafka_DeleteTopics(admin.rk, &request, 1, admin.options, admin.queue);
    admin_close(&admin);
    rd_kafka_DeleteTopic_destroy(request);
}

void world_delete_records(const char *brokers, const char *topic, int32_t partition, int64_t offset)
{
    struct admin admin = admin_open(brokers);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_DeleteRecords_t *request;

    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
    request = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(admin.rk, &request, 1, admin.options, admin.queue);
    admin_close(&admin);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
}

static void on_taken(void *self, const struct source *sources, size_t count)
{
    struct member *member = self;

    for (size_t i = 0; i < count; i++) {
        assert_between(sources[i].partition, 0, PARTITIONS - 1);
        assert_false(member->ours[sources[i].partition]);
        member->ours[sources[i].partition] = true;
        member->taken++;
    }
}

static void on_revoked(void *self, const struct source *sources, size_t count, bool lost)
{
    struct member *member = self;

    for (size_t i = 0; i < count; i++) {
        assert_true(member->ours[sources[i].partition]);
        member->ours[sources[i].partition] = false;
        member->started[sources[i].partition] = false;
        member->revoked++;
        member->lost += lost;
    }
}

static void on_end(void *self, const struct source *source, int64_t next_offset)
{
    struct member *member = self;

    assert_true(member->started[source->partition]);
    assert_true(next_offset >= member->next[source->partition]);
    member->ends[source->partition] = next_offset;
}

static void on_failed(void *self, const struct source *source, const struct err *err)
{
    struct member *member = self;

    member->started[source->partition] = false;
    member->failed++;
    member->failure = *err;
}

struct inspector *world_inspector(const char *brokers)
{
    const struct kafka_property property = {"bootstrap.servers", brokers};
    struct inspector *inspector = NULL;
    struct err err;

    if (inspector_new(&property, 1, &inspector, &err))
        fail_msg("%s", err.text);
    return inspector;
}

void member_open(struct member *member, const char *brokers, const char *group, const char *topic)
{
    struct kafka_property properties[] = {{"bootstrap.servers", brokers},
                                          {"session.timeout.ms", "10000"},
                                          {"heartbeat.interval.ms", "500"},
                                          {"topic.metadata.refresh.interval.ms", REFRESH_MS}};
    const char *topics[] = {topic, NULL};
    struct consumer_options options = {properties, 4, topics, group};
    struct consumer_events events = {.self = member,
                                     .taken = on_taken,
                                     .revoked = on_revoked,
                                     .reached_end = on_end,
                                     .partition_failed = on_failed};
    struct err err;

    *member = (struct member){0};
    for (int i = 0; i < PARTITIONS; i++)
        member->ends[i] = -1;
    if (consumer_new(&options, &events, &member->consumer, &err))
        fail_msg("%s", err.text);
}

void member_start(struct member *member, const char *topic, int32_t partition, int64_t offset)
{
    struct source source = {slice_of(topic), partition};
    struct err err;

    if (consumer_start(member->consumer, &source, offset, &err))
        fail_msg("%s", err.text);
    member->started[partition] = true;
    member->next[partition] = offset;
    member->ends[partition] = -1;
}

size_t member_poll(struct member *member, int timeout_ms)
{
    static struct kafka_message *messages[5000];
    struct err err;
    size_t count;

    if (consumer_poll(member->consumer, timeout_ms, messages, 5000, &count, &err)) {
        member->trouble = err;
        member->troubles++;
    }
    for (size_t i = 0; i < count; i++) {
        struct kafka_record record;

        kafka_message_record(messages[i], &record);
        if (!member->started[record.partition])
            member->misplaced++;
        if (record.offset < member->next[record.partition])
            member->repeated++;
        member->next[record.partition] = record.offset + 1;
        member->records[record.partition]++;
        kafka_message_free(messages[i]);
    }
    return count;
}

void member_close(struct member *member)
{
    consumer_free(member->consumer);
    member->consumer = NULL;
}
