// SPDX-License-Identifier: Apache-2.0
// What an inspector tells of real brokers, and of none.
#include "kafka/world.h"

#include <stdlib.h>

static void a_cluster_is_told(void **state)
{
    struct inspector *inspector = world_inspector(world_brokers());
    struct cluster_state cluster;
    char *id = NULL;
    struct err err;

    (void)state;
    assert_int_equal(inspector_cluster(inspector, WAIT_MS, &cluster, &err), DONE);
    assert_true(cluster.brokers >= 1);
    assert_true(strlen(cluster.address) > 2);
    assert_true(cluster.produce_version >= 3 && cluster.fetch_version >= 4);
    assert_int_equal(inspector_cluster_id(inspector, WAIT_MS, &id, &err), DONE);
    assert_true(strlen(id) > 0);
    free(id);
    inspector_free(inspector);
}

static void a_topic_is_told_with_its_partitions_and_its_log(void **state)
{
    const char *topic = world_name("inspected");
    rd_kafka_t *producer = world_producer(world_brokers(), NULL);
    struct inspector *inspector = world_inspector(world_brokers());
    const struct source sources[] = {{slice_of(topic), 0}, {slice_of(topic), 1}};
    struct log_range ranges[2];
    struct topic_state found;
    struct partition_states states;
    struct buffer writers;
    size_t count = 1;
    struct err err;

    (void)state;
    assert_int_equal(inspector_topic_state(inspector, topic, WAIT_MS, &found, &err), DONE);
    assert_false(found.exists);
    world_create_topic(world_brokers(), topic, 2, "delete");
    world_send(producer, topic, 1, 0, 7);
    rd_kafka_destroy(producer);
    assert_int_equal(inspector_topic_state(inspector, topic, WAIT_MS, &found, &err), DONE);
    assert_true(found.exists && found.config_readable && !found.compacted);
    assert_int_equal(found.partitions, 2);
    assert_true(found.retention_ms > 0);
    assert_int_equal(inspector_partitions(inspector, topic, WAIT_MS, &states, &err), DONE);
    assert_int_equal(states.count, 2);
    assert_int_equal(states.leaderless + states.out_of_sync, 0);
    assert_int_equal(states.least_replicas, 1);
    assert_int_equal(inspector_log_ranges(inspector, sources, 2, WAIT_MS, ranges, &err), DONE);
    assert_int_equal(ranges[0].high, 0);
    assert_int_equal(ranges[1].high, 7);
    buffer_init(&writers);
    assert_int_equal(inspector_writers(inspector, topic, WAIT_MS, &writers, &count, &err), DONE);
    assert_int_equal(count, 0); // these brokers keep no lists
    buffer_free(&writers);
    inspector_free(inspector);
}

static void nobody_answers(void **state)
{
    struct inspector *inspector = world_inspector("127.0.0.1:1");
    struct cluster_state cluster;
    struct topic_state found;
    struct err err;

    (void)state;
    assert_int_equal(inspector_cluster(inspector, 500, &cluster, &err), RETRY);
    assert_string_equal(err.reason, "BROKERS_UNREACHABLE");
    assert_int_equal(inspector_topic_state(inspector, "any", 500, &found, &err), RETRY);
    inspector_free(inspector);
}

static void a_property_that_will_not_do_is_named(void **state)
{
    const struct kafka_property properties[] = {{"bootstrap.server", "typo"}};
    struct inspector *inspector = NULL;
    struct err err;

    (void)state;
    assert_int_equal(inspector_new(properties, 1, &inspector, &err), FATAL);
    assert_string_equal(err.reason, "BAD_PROPERTY");
    assert_null(inspector);
    inspector_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_is_told),
        cmocka_unit_test(a_topic_is_told_with_its_partitions_and_its_log),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(a_property_that_will_not_do_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
