// SPDX-License-Identifier: Apache-2.0
// One member against a real broker: where it starts, what it hands out, what it is told.
#include "kafka/world.h"

#include <stdlib.h>

static void reads_from_the_offset_it_is_told(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("start");
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct member member;

    (void)state;
    world_create_topic(brokers, topic, 2, NULL);
    world_send(producer, topic, 0, 0, 1000);
    world_send(producer, topic, 1, 0, 10);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 2);
    for (int i = 0; i < 20; i++)
        assert_int_equal(member_poll(&member, 20), 0); // silent until it is started
    member_start(&member, topic, 0, 990);
    member_until(&member, member.ends[0] == 1000);
    assert_int_equal(member.records[0], 10);
    assert_int_equal(member.records[1], 0);
    member_start(&member, topic, 0, 500); // again, from elsewhere
    member_until(&member, member.ends[0] == 1000);
    assert_int_equal(member.records[0], 510);
    member_start(&member, topic, 1, 10);
    member_until(&member, member.ends[1] == 10);
    assert_int_equal(member.records[1], 0);
    assert_int_equal(member.repeated + member.misplaced + member.failed + member.troubles, 0);
    member_close(&member);
    rd_kafka_destroy(producer);
}

static void pausing_and_restarting_under_load_loses_and_repeats_nothing(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("pause");
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct source source = {slice_of(topic), 0};
    struct member member;
    struct err err;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL);
    world_send(producer, topic, 0, 0, MANY);
    member_open(&member, brokers, world_name("group"), topic);
    member_until(&member, member.taken == 1);
    member_start(&member, topic, 0, 0);
    for (int round = 0; member.next[0] < MANY; round++) {
        int64_t before = member.next[0];

        assert_true(round < 100000);
        member_poll(&member, 20);
        assert_int_equal(consumer_pause(member.consumer, &source, &err), 0);
        before = member.next[0];
        assert_int_equal(member_poll(&member, 1), 0);
        assert_int_equal(member.next[0], before);
        assert_int_equal(consumer_resume(member.consumer, &source, &err), 0);
        if (round % 5 == 4) {
            assert_int_equal(consumer_stop(member.consumer, &source, &err), 0);
            assert_int_equal(member_poll(&member, 1), 0);
            member_start(&member, topic, 0, member.next[0]);
        }
    }
    assert_int_equal(member.records[0], MANY);
    assert_int_equal(member.repeated + member.misplaced + member.failed, 0);
    member_close(&member);
    rd_kafka_destroy(producer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_from_the_offset_it_is_told),
        cmocka_unit_test(pausing_and_restarting_under_load_loses_and_repeats_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
