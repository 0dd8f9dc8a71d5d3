// SPDX-License-Identifier: Apache-2.0
// Topics that are missing, shortened, made anew or of the wrong kind.
#include "kafka/world.h"

#include "kafka/consumer_private.h"

#include <stdlib.h>

static void an_offset_out_of_range_fails_the_partition_and_a_new_start_mends_it(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("range");
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct source source = {slice_of(topic), 0};
    struct inspector *inspector = world_inspector(brokers);
    struct member member;
    struct err err;
    struct log_range range;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL);
    world_send(producer, topic, 0, 0, 100);
    world_delete_records(brokers, topic, 0, 40);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 1);
    assert_int_equal(inspector_log_ranges(inspector, &source, 1, WAIT_MS, &range, &err), 0);
    assert_int_equal(range.low, 40);
    assert_int_equal(range.high, 100);

    member_start(&member, topic, 0, 10); // before what is kept
    member_until(&member, member.failed == 1);
    assert_string_equal(member.failure.reason, "OFFSET_OUT_OF_RANGE");
    assert_int_equal(member.failure.disposition, RETRY);
    member_start(&member, topic, 0, 500); // behind the end
    member_until(&member, member.failed == 2);
    assert_string_equal(member.failure.reason, "OFFSET_OUT_OF_RANGE");
    for (int i = 0; i < 10; i++)
        assert_int_equal(member_poll(&member, 20), 0);
    assert_int_equal(member.failed, 2); // told once each
    member_start(&member, topic, 0, 40);
    member_until(&member, member.ends[0] == 100);
    assert_int_equal(member.records[0], 60);

    member_start(&member, topic, 0, 100); // at the end: fine
    member_until(&member, member.ends[0] == 100);
    assert_int_equal(member.failed + member.repeated + member.misplaced, 2);
    inspector_free(inspector);
    member_close(&member);
    rd_kafka_destroy(producer);
}

static void a_missing_topic_is_told_and_picked_up_once_it_is_there(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("later");
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct topic_state found;
    struct inspector *inspector = world_inspector(brokers);
    struct member member;
    struct err err;

    (void)state;
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.troubles == 1);
    assert_int_equal(member.trouble.disposition, RETRY);
    assert_string_equal(member.trouble.reason, "TOPIC_MISSING");
    assert_int_equal(inspector_topic_state(inspector, topic, WAIT_MS, &found, &err), 0);
    assert_false(found.exists);
    for (int i = 0; i < 150; i++) // three looks at the metadata
        member_poll(&member, 20);
    assert_int_equal(member.troubles, 1);
    world_create_topic(brokers, topic, 1, NULL);
    world_send(producer, topic, 0, 0, 5);
    member_until(&member, member.taken == 1);
    member_start(&member, topic, 0, 0);
    member_until(&member, member.records[0] == 5);
    inspector_free(inspector);
    member_close(&member);
    rd_kafka_destroy(producer);
}

static void compaction_is_seen(void **state)
{
    const char *brokers = world_brokers();
    const char *policies[] = {"delete", "compact", "compact,delete"};
    const char *topic = NULL;
    struct inspector *inspector = world_inspector(brokers);
    struct err err;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct topic_state found = {0};

        topic = world_name("policy");
        world_create_topic(brokers, topic, 1, policies[i]);
        // A broker may take a moment to know what the controller has agreed to.
        for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
             !found.exists && world_now_us() < until_us;)
            assert_int_equal(inspector_topic_state(inspector, topic, WAIT_MS, &found, &err), 0);
        assert_true(found.exists);
        assert_true(found.config_readable);
        assert_int_equal(found.compacted, i > 0);
        assert_false(found.stamped_by_broker);
    }
    inspector_free(inspector);
}

static void a_topic_made_anew_is_taken_again_and_its_bounds_tell(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("anew");
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct source source = {slice_of(topic), 0};
    struct inspector *inspector = world_inspector(brokers);
    struct member member;
    struct err err;
    struct log_range range;
    char *cluster = NULL;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL);
    world_send(producer, topic, 0, 0, 50);
    rd_kafka_destroy(producer);
    member_open(&member, brokers, world_name("group"), topic);
    assert_int_equal(inspector_cluster_id(inspector, WAIT_MS, &cluster, &err), 0);
    assert_true(strlen(cluster) > 0);
    free(cluster);
    member_until(&member, member.taken == 1);
    member_start(&member, topic, 0, 0);
    member_until(&member, member.ends[0] == 50);

    world_delete_topic(brokers, topic);
    member_until(&member, member.revoked + member.failed + member.troubles >= 1);
    world_create_topic(brokers, topic, 1, NULL);
    producer = world_producer(brokers, NULL);
    world_send(producer, topic, 0, 0, 3);
    member_until(&member, member.ours[0] && member.taken + member.failed >= 2);
    member.failure = (struct err){0};
    do { // a broker may not know yet that it leads the new one, or the group gives it anew
        member_until(&member, member.ours[0]);
        if (!member.started[0])
            member_start(&member, topic, 0, 50);
        member_until(&member, !member.started[0]); // its old offset does not exist
    } while (!member.failure.reason || strcmp(member.failure.reason, "TOPIC_MISSING") == 0);
    assert_string_equal(member.failure.reason, "OFFSET_OUT_OF_RANGE");
    assert_int_equal(inspector_log_ranges(inspector, &source, 1, WAIT_MS, &range, &err), 0);
    assert_int_equal(range.high, 3);
    assert_int_equal(member.records[0], 50);
    inspector_free(inspector);
    member_close(&member);
    rd_kafka_destroy(producer);
}

// Told of a topic, not of a partition: see poll.c.
static void a_topic_that_is_gone_fails_its_partitions_and_no_others(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("gone");
    char text[300];
    struct member member;

    (void)state;
    world_create_topic(brokers, topic, 2, NULL);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 2);
    member_start(&member, topic, 0, 0);
    member_start(&member, topic, 1, 0);
    member_until(&member, member.ends[0] == 0 && member.ends[1] == 0);

    snprintf(text, sizeof text, "%s.other [0]: topic does not exist", topic);
    poll_error_cb(member.consumer->rk, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, text,
                  member.consumer);
    member_until(&member, member.troubles == 1);
    assert_int_equal(member.failed, 0);
    snprintf(text, sizeof text, "%s [1]: topic does not exist", topic);
    poll_error_cb(member.consumer->rk, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, text,
                  member.consumer);
    member_until(&member, member.failed == 2);
    assert_string_equal(member.failure.reason, "TOPIC_MISSING");
    assert_false(member.started[0] || member.started[1]);
    member_close(&member);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offset_out_of_range_fails_the_partition_and_a_new_start_mends_it),
        cmocka_unit_test(a_missing_topic_is_told_and_picked_up_once_it_is_there),
        cmocka_unit_test(compaction_is_seen),
        cmocka_unit_test(a_topic_made_anew_is_taken_again_and_its_bounds_tell),
        cmocka_unit_test(a_topic_that_is_gone_fails_its_partitions_and_no_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
