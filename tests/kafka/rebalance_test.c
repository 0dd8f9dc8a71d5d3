// SPDX-License-Identifier: Apache-2.0
// Members come and go while records flow. Each start hands out its records in order and without
// a gap, and nothing of what is not started.
#include "kafka/world.h"

#include "kafka/consumer_private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { PARTS = 8, ROUNDS = 6, EACH = 20000 };

// What a database would hold: the next offset of each partition and the sum of what was read.
// Only whoever owns a partition moves it, by compare-and-set, as the store's guard does.
struct ledger {
    const char *topic;
    int64_t next[PARTS], counted[PARTS];
};

static void start_taken(struct member *member, const struct ledger *ledger)
{
    for (int32_t i = 0; i < PARTS; i++)
        if (member->ours[i] && !member->started[i])
            member_start(member, ledger->topic, i, ledger->next[i]);
}

// One poll whose records are booked at once; a record that does not follow is counted as a gap
// by its offset (the topic has no control records).
static int book(struct member *member, struct ledger *ledger)
{
    int64_t seen[PARTS], before[PARTS];
    int wrong = 0;

    start_taken(member, ledger);
    for (int i = 0; i < PARTS; i++) {
        seen[i] = member->records[i];
        before[i] = member->next[i];
    }
    member_poll(member, 5);
    for (int i = 0; i < PARTS; i++) {
        int64_t count = member->records[i] - seen[i];

        if (!count)
            continue;
        wrong += before[i] != ledger->next[i] || member->next[i] != before[i] + count;
        ledger->next[i] = member->next[i];
        ledger->counted[i] += count;
    }
    return wrong;
}

struct feeder {
    const char *brokers, *topic;
    atomic_bool done;
};

static void *feed(void *argument)
{
    struct feeder *feeder = argument;
    rd_kafka_t *producer = world_producer(feeder->brokers, NULL);

    for (int sent = 0; sent < EACH; sent += 500)
        for (int32_t i = 0; i < PARTS; i++)
            world_send(producer, feeder->topic, i, sent, 500);
    rd_kafka_destroy(producer);
    atomic_store(&feeder->done, true);
    return NULL;
}

static bool all_read(const struct ledger *ledger)
{
    for (int i = 0; i < PARTS; i++)
        if (ledger->next[i] < EACH)
            return false;
    return true;
}

static void each_record_is_handed_out_once_while_members_come_and_go(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("flow");
    const char *group = world_name("group");
    struct feeder feeder = {.brokers = brokers, .topic = topic};
    struct ledger ledger = {.topic = topic};
    struct member first, second;
    pthread_t thread;
    int wrong = 0, handed_over = 0;

    (void)state;
    world_create_topic(brokers, topic, PARTS, NULL);
    assert_int_equal(pthread_create(&thread, NULL, feed, &feeder), 0);
    member_open(&first, brokers, group, topic);
    for (int round = 0; round < ROUNDS; round++) {
        member_open(&second, brokers, group, topic);
        for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
             second.taken < PARTS / 2 && world_now_us() < until_us;) {
            wrong += book(&first, &ledger);
            wrong += book(&second, &ledger);
        }
        assert_true(second.taken >= PARTS / 2);
        for (int i = 0; i < 30; i++) {
            wrong += book(&first, &ledger);
            wrong += book(&second, &ledger);
        }
        handed_over += second.taken;
        assert_int_equal(second.misplaced + second.repeated + second.failed, 0);
        member_close(&second);
    }
    for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
         !(atomic_load(&feeder.done) && all_read(&ledger)) && world_now_us() < until_us;)
        wrong += book(&first, &ledger);
    pthread_join(thread, NULL);
    for (int i = 0; i < PARTS; i++) {
        assert_int_equal(ledger.next[i], EACH);
        assert_int_equal(ledger.counted[i], EACH);
    }
    assert_int_equal(wrong + first.misplaced + first.repeated + first.failed, 0);
    assert_true(handed_over >= ROUNDS * PARTS / 2);
    member_close(&first);
}

// Restarts fall into every state of the group's protocol here; none may leave it stuck.
static void restarts_during_rebalances_leave_the_group_able_to_rebalance(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("restart");
    const char *group = world_name("group");
    rd_kafka_t *producer = world_producer(brokers, NULL);
    struct member first, second;

    (void)state;
    world_create_topic(brokers, topic, PARTS, NULL);
    for (int32_t i = 0; i < PARTS; i++)
        world_send(producer, topic, i, 0, 1000);
    member_open(&first, brokers, group, topic);
    member_until(&first, first.taken == PARTS);
    for (int round = 0; round < ROUNDS; round++) {
        int before = first.taken;

        member_open(&second, brokers, group, topic);
        for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
             second.taken < PARTS / 2 && world_now_us() < until_us;) {
            for (int32_t i = 0; i < PARTS; i++) {
                if (first.ours[i])
                    member_start(&first, topic, i, 0);
                if (second.ours[i])
                    member_start(&second, topic, i, 0);
            }
            member_poll(&first, 1);
            member_poll(&second, 1);
        }
        assert_true(second.taken >= PARTS / 2);
        member_close(&second);
        member_until(&first, first.taken >= before + PARTS / 2);
    }
    for (int32_t i = 0; i < PARTS; i++)
        member_start(&first, topic, i, 0);
    for (int32_t i = 0; i < PARTS; i++)
        member_until(&first, first.ends[i] == 1000);
    assert_int_equal(first.misplaced + first.repeated + first.failed, 0);
    member_close(&first);
    rd_kafka_destroy(producer);
}

struct stayer {
    struct member member;
    atomic_bool stop;
};

static void *stay(void *argument)
{
    struct stayer *stayer = argument;

    while (!atomic_load(&stayer->stop))
        member_poll(&stayer->member, 20);
    return NULL;
}

// On librdkafka 2.0.2 a close between joining and the first assignment would end the process.
static void a_member_may_leave_at_any_moment_of_joining(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("leave");
    const char *group = world_name("group");
    struct stayer stayer = {.stop = false};
    struct member goes;
    pthread_t thread;

    (void)state;
    world_create_topic(brokers, topic, 1, NULL); // the second member is given none
    member_open(&stayer.member, brokers, group, topic);
    member_until(&stayer.member, stayer.member.taken == 1);
    assert_int_equal(pthread_create(&thread, NULL, stay, &stayer), 0);
    for (int i = 0; i < 8; i++) {
        member_open(&goes, brokers, group, topic);
        for (int j = 0; j < i; j++)
            member_poll(&goes, 20);
        member_close(&goes);
    }
    atomic_store(&stayer.stop, true);
    pthread_join(thread, NULL);
    if (stayer.member.troubles)
        fail_msg("who stays was told: %s: %s", stayer.member.trouble.reason,
                 stayer.member.trouble.text);
    assert_int_equal(stayer.member.failed, 0);
    member_close(&stayer.member);
}

// As if librdkafka had given them up by itself.
static void an_answer_that_librdkafka_refuses_keeps_nobody_waiting(void **state)
{
    const char *brokers = world_brokers(), *topic = world_name("refused");
    const char *group = world_name("group");
    struct group_partition *each, *next;
    struct member first, second;

    (void)state;
    world_create_topic(brokers, topic, PARTS, NULL);
    member_open(&first, brokers, group, topic);
    member_until(&first, first.taken == PARTS);
    HASH_ITER (hh, first.consumer->partitions.table, each, next) {
        each->assigned = true;
    }
    member_open(&second, brokers, group, topic);
    for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
         second.taken < PARTS / 2 && world_now_us() < until_us;) {
        member_poll(&first, 1);
        member_poll(&second, 1);
    }
    assert_int_equal(second.taken, PARTS / 2);
    assert_string_equal(first.trouble.reason, "ASSIGN_FAILED");
    member_close(&second);
    member_close(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_is_handed_out_once_while_members_come_and_go),
        cmocka_unit_test(restarts_during_rebalances_leave_the_group_able_to_rebalance),
        cmocka_unit_test(a_member_may_leave_at_any_moment_of_joining),
        cmocka_unit_test(an_answer_that_librdkafka_refuses_keeps_nobody_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
