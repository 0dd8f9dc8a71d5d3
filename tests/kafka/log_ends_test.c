// SPDX-License-Identifier: Apache-2.0
// How many partitions there are, and where their logs truly end.
#include "kafka/world.h"

#include <stdlib.h>

#include "kafka/log_ends.h"

static struct log_ends *open_for(const char *brokers, const char *const *topics)
{
    const struct kafka_property property = {"bootstrap.servers", brokers};
    struct log_ends *log_ends = NULL;
    struct err err;

    if (log_ends_new(&property, 1, topics, &log_ends, &err))
        fail_msg("%s", err.text);
    return log_ends;
}

static int32_t count_of(struct log_ends *log_ends, size_t topic)
{
    int32_t counts[2] = {-1, -1};
    struct err err;

    if (log_ends_count(log_ends, WAIT_MS, counts, &err))
        fail_msg("%s", err.text);
    return counts[topic];
}

static int64_t end_of(struct log_ends *log_ends, size_t topic, int32_t count, int32_t partition)
{
    struct log_end ends[PARTITIONS];
    struct err err;

    if (log_ends_ask(log_ends, topic, count, WAIT_MS, ends, &err))
        fail_msg("%s", err.text);
    return ends[partition].offset;
}

static int64_t stable_end_of(struct member *member, const char *topic)
{
    struct source source = {slice_of(topic), 0};
    int64_t end = -1;
    struct err err;

    if (consumer_log_ends(member->consumer, &source, NULL, 1, WAIT_MS, &end, &err))
        fail_msg("%s", err.text);
    return end;
}

static void an_open_transaction_hides_nothing(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("ends");
    const char *const topics[] = {topic, NULL};
    rd_kafka_t *open = world_producer(brokers, world_name("txn"));
    rd_kafka_t *plain = world_producer(brokers, NULL);
    struct log_ends *log_ends;
    struct member member;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 1);
    log_ends = open_for(brokers, topics);
    assert_int_equal(count_of(log_ends, 0), 1);
    assert_int_equal(end_of(log_ends, 0, 1, 0), 0);
    assert_null(rd_kafka_begin_transaction(open));
    world_send(open, topic, 0, 0, 1);
    world_send(plain, topic, 0, 1, 2);
    assert_int_equal(stable_end_of(&member, topic), 0);
    assert_int_equal(end_of(log_ends, 0, 1, 0), 3);
    assert_null(rd_kafka_commit_transaction(open, WAIT_MS));
    member_until(&member, end_of(log_ends, 0, 1, 0) == 4); // and the commit itself
    member_until(&member, stable_end_of(&member, topic) == 4);
    log_ends_free(log_ends);
    member_close(&member);
    rd_kafka_destroy(plain);
    rd_kafka_destroy(open);
}

static void each_topic_has_its_partitions(void **state)
{
    const char *brokers = world_brokers();
    const char *const topics[] = {world_name("none"), world_name("ends"), NULL};
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct log_ends *log_ends = open_for(brokers, topics);
    int64_t until_us = world_now_us() + WAIT_MS * 1000LL;

    (void)state;
    assert_int_equal(count_of(log_ends, 1), 0);
    world_create_topic(brokers, topics[1], 3, NULL);
    while (count_of(log_ends, 1) != 3)
        assert_true(world_now_us() < until_us);
    assert_int_equal(count_of(log_ends, 0), 0); // and still not
    world_send(producer, topics[1], 2, 0, 5);
    assert_int_equal(end_of(log_ends, 1, 3, 1), 0);
    assert_int_equal(end_of(log_ends, 1, 3, 2), 5);
    world_delete_topic(brokers, topics[1]);
    while (count_of(log_ends, 1) != 0)
        assert_true(world_now_us() < until_us);
    log_ends_free(log_ends);
    rd_kafka_destroy(producer);
}

static void without_a_broker_it_is_said(void **state)
{
    const char *const topics[] = {"topic", NULL};
    struct log_ends *log_ends = open_for("127.0.0.1:1", topics);
    int32_t count = -1;
    struct err err;

    (void)state;
    assert_int_equal(log_ends_count(log_ends, 200, &count, &err), RETRY);
    log_ends_free(log_ends);
}

static void a_bad_property_is_named(void **state)
{
    const struct kafka_property property = {"no.such", "x"};
    const char *const topics[] = {"topic", NULL};
    struct log_ends *log_ends;
    struct err err;

    (void)state;
    assert_int_equal(log_ends_new(&property, 1, topics, &log_ends, &err), FATAL);
    assert_non_null(strstr(err.text, "no.such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_transaction_hides_nothing),
        cmocka_unit_test(each_topic_has_its_partitions),
        cmocka_unit_test(without_a_broker_it_is_said),
        cmocka_unit_test(a_bad_property_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
