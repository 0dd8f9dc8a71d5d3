// SPDX-License-Identifier: Apache-2.0
// Transactional producers: control records take offsets, an open transaction hides its records.
#include "kafka/world.h"

#include <stdlib.h>

static void commit(rd_kafka_t *producer)
{
    assert_null(rd_kafka_commit_transaction(producer, WAIT_MS));
}

static int64_t log_end(struct member *member, const char *topic)
{
    struct source source = {slice_of(topic), 0};
    struct err err;
    int64_t end = -2;

    if (consumer_log_ends(member->consumer, &source, NULL, 1, WAIT_MS, &end, &err))
        fail_msg("%s", err.text);
    return end;
}

static int64_t high_bound(const char *topic)
{
    struct inspector *inspector = world_inspector(world_brokers());
    struct source source = {slice_of(topic), 0};
    struct err err;
    struct log_range range;

    if (inspector_log_ranges(inspector, &source, 1, WAIT_MS, &range, &err))
        fail_msg("%s", err.text);
    inspector_free(inspector);
    assert_int_equal(range.low, 0);
    return range.high;
}

static void the_end_lies_behind_control_records(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("txn");
    rd_kafka_t *producer = world_producer(brokers, world_name("txn"));
    struct member member;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 1);
    member_start(&member, topic, 0, 0);
    for (int i = 0; i < 2; i++) { // two committed transactions of one record: offsets 0 and 2
        assert_null(rd_kafka_begin_transaction(producer));
        world_send(producer, topic, 0, i, 1);
        commit(producer);
    }
    member_until(&member, member.ends[0] == 4);
    assert_int_equal(member.records[0], 2);
    assert_int_equal(member.next[0], 3);
    assert_int_equal(log_end(&member, topic), 4);

    assert_null(rd_kafka_begin_transaction(producer)); // aborted: offsets 4 to 8, abort 9
    world_send(producer, topic, 0, 0, 5);
    assert_null(rd_kafka_abort_transaction(producer, WAIT_MS));
    member_until(&member, member.ends[0] == 10);
    assert_int_equal(member.records[0], 2);
    assert_int_equal(log_end(&member, topic), 10);

    assert_null(rd_kafka_begin_transaction(producer)); // open: offsets 10 to 12
    world_send(producer, topic, 0, 0, 3);
    for (int i = 0; i < 10; i++)
        assert_int_equal(member_poll(&member, 50), 0);
    assert_int_equal(member.ends[0], 10);
    assert_int_equal(log_end(&member, topic), 10);
    assert_int_equal(high_bound(topic), 10);
    commit(producer);
    member_until(&member, member.ends[0] == 14);
    assert_int_equal(member.records[0], 5);
    assert_int_equal(log_end(&member, topic), 14);
    assert_int_equal(high_bound(topic), 14);
    assert_int_equal(member.repeated + member.misplaced + member.failed + member.troubles, 0);
    member_close(&member);
    rd_kafka_destroy(producer);
}

static void a_restart_between_control_records_is_told_the_end_again(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("txn");
    rd_kafka_t *producer = world_producer(brokers, world_name("txn"));
    struct member member;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL);
    assert_null(rd_kafka_begin_transaction(producer));
    world_send(producer, topic, 0, 0, 1);
    commit(producer);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 1);
    for (int64_t from = 0; from <= 2; from++) { // the record, its commit, the end
        member_start(&member, topic, 0, from);
        member_until(&member, member.ends[0] == 2);
    }
    assert_int_equal(member.records[0], 1);
    member_close(&member);
    rd_kafka_destroy(producer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_lies_behind_control_records),
        cmocka_unit_test(a_restart_between_control_records_is_told_the_end_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
