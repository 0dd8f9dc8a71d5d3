// SPDX-License-Identifier: Apache-2.0
// A broker that takes questions and answers none: whoever asks goes on with another one, long
// before the minute is over for which librdkafka waits by itself.
#include "kafka/world.h"

#include <librdkafka/rdkafka_mock.h>

#include "kafka/consumer_private.h"
#include "kafka/inspector_private.h"
#include "kafka/log_ends.h"

enum { WELL = 1, HANGS = 2, FOR_EVER_MS = 24 * 3600 * 1000 };
// librdkafka tells by whole seconds which broker was used last.
enum { QUESTION_MS = 1200, QUESTIONS = 3 };

struct cluster {
    rd_kafka_t *owner;
    rd_kafka_mock_cluster_t *mock;
    const char *brokers;
};

// Each of two brokers leads one partition of the topic "t", and the one that will hang leads "h".
static int open_cluster(void **state)
{
    static struct cluster cluster;
    char text[200];

    cluster.owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text, sizeof text);
    assert_non_null(cluster.owner);
    cluster.mock = rd_kafka_mock_cluster_new(cluster.owner, 2);
    assert_non_null(cluster.mock);
    cluster.brokers = rd_kafka_mock_cluster_bootstraps(cluster.mock);
    rd_kafka_mock_topic_create(cluster.mock, "t", 2, 2);
    rd_kafka_mock_topic_create(cluster.mock, "h", 1, 2);
    rd_kafka_mock_partition_set_leader(cluster.mock, "h", 0, HANGS);
    rd_kafka_mock_partition_set_leader(cluster.mock, "t", 0, WELL);
    rd_kafka_mock_partition_set_leader(cluster.mock, "t", 1, HANGS);
    *state = &cluster;
    return 0;
}

static int close_cluster(void **state)
{
    const struct cluster *cluster = *state;

    rd_kafka_mock_broker_set_rtt(cluster->mock, HANGS, 0);
    rd_kafka_mock_cluster_destroy(cluster->mock);
    rd_kafka_destroy(cluster->owner);
    return 0;
}

static void hang(const struct cluster *cluster)
{
    rd_kafka_mock_broker_set_rtt(cluster->mock, HANGS, FOR_EVER_MS);
}

static void an_inspector_asks_another(void **state)
{
    const struct cluster *cluster = *state;
    struct inspector *inspector = world_inspector(cluster->brokers);
    const struct source sources[] = {{SLICE_LITERAL("t"), 0}, {SLICE_LITERAL("t"), 1}};
    int64_t until_us = world_now_us() + WAIT_MS * INT64_C(1000);
    struct log_range ranges[2];
    struct topic_state topic;
    int32_t leaders[2];
    int64_t end;
    bool exists = false;
    struct err err;

    do
        assert_int_equal(inspector_log_ranges(inspector, sources, 2, WAIT_MS, ranges, &err), DONE);
    while (ranges[1].high < 0 && world_now_us() < until_us);
    assert_int_equal(ranges[1].leader, HANGS);
    hang(cluster);
    for (int i = 0; i < QUESTIONS; i++) // so that it is the one that was used last
        assert_int_equal(query_offsets(inspector->rk, &sources[1], 1, RD_KAFKA_OFFSET_END,
                                       QUESTION_MS, &end, &err),
                         RETRY);
    until_us = world_now_us() + WAIT_MS * INT64_C(1000);
    while (inspector_topic_exists(inspector, "t", QUESTION_MS, &exists, &err))
        assert_true(world_now_us() < until_us);
    assert_true(exists);
    while (inspector_leaders(inspector, sources, 2, QUESTION_MS, leaders, &err))
        assert_true(world_now_us() < until_us);
    assert_int_equal(leaders[0], WELL);
    // Of a topic's settings two leaders are asked at once.
    inspector->turn = 1;
    assert_int_equal(inspector_topic_state(inspector, "t", QUESTION_MS, &topic, &err), DONE);
    assert_int_equal(topic.partitions, 2);
    assert_int_equal(inspector->turn, 1);
    assert_int_equal(inspector_topic_state(inspector, "h", QUESTION_MS, &topic, &err), RETRY);
    assert_int_equal(inspector->turn, 2);
    assert_int_equal(inspector_log_ranges(inspector, sources, 2, QUESTION_MS, ranges, &err), DONE);
    assert_int_equal(ranges[0].high, 0);
    assert_int_equal(ranges[1].high, -1);
    inspector_free(inspector);
}

static void ends_of_logs_are_asked_of_another(void **state)
{
    const struct cluster *cluster = *state;
    const struct kafka_property property = {"bootstrap.servers", cluster->brokers};
    const char *const topics[] = {"t", "h", NULL};
    int64_t until_us = world_now_us() + WAIT_MS * INT64_C(1000);
    struct log_ends *log_ends = NULL;
    struct log_end ends[2];
    int32_t counts[2] = {0, 0};
    struct err err;

    assert_int_equal(log_ends_new(&property, 1, topics, &log_ends, &err), DONE);
    do
        assert_int_equal(log_ends_count(log_ends, WAIT_MS, counts, &err), DONE);
    while ((log_ends_ask(log_ends, 0, counts[0], WAIT_MS, ends, &err) || ends[1].offset < 0) &&
           world_now_us() < until_us);
    assert_int_equal(counts[0], 2);
    hang(cluster);
    for (int i = 0; i < QUESTIONS; i++) // so that it is the one that was used last
        assert_int_equal(log_ends_ask(log_ends, 1, counts[1], QUESTION_MS, ends, &err), RETRY);
    until_us = world_now_us() + WAIT_MS * INT64_C(1000);
    while (log_ends_count(log_ends, QUESTION_MS, counts, &err))
        assert_true(world_now_us() < until_us);
    assert_int_equal(log_ends_ask(log_ends, 0, counts[0], QUESTION_MS, ends, &err), DONE);
    assert_int_equal(ends[0].offset, 0);
    assert_int_equal(ends[1].offset, -1);
    log_ends_free(log_ends);
}

static void whoever_wants_it_shorter_has_it_shorter(void **state)
{
    const struct cluster *cluster = *state;
    const struct kafka_property properties[] = {{"bootstrap.servers", cluster->brokers},
                                                {"socket.timeout.ms", "1000"},
                                                {"fetch.wait.max.ms", "5000"}};
    struct inspector *inspector = NULL;
    bool exists = false;
    struct err err;

    assert_int_equal(inspector_new(properties, 3, &inspector, &err), DONE);
    assert_int_equal(inspector_topic_exists(inspector, "t", WAIT_MS, &exists, &err), DONE);
    assert_true(exists);
    inspector_free(inspector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_cluster, close_cluster)
        TEST(an_inspector_asks_another),
        TEST(ends_of_logs_are_asked_of_another),
        TEST(whoever_wants_it_shorter_has_it_shorter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
