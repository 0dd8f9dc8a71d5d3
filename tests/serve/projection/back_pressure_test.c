// SPDX-License-Identifier: Apache-2.0
// Which partitions are held back, and when they go on.
#include "serve/projection/back_pressure.h"

#include "serve/projection/dispatch_kit.h"

enum { MAY_HAVE = 1000 };

static struct back_pressure pressure(struct dispatch_kit *kit)
{
    return (struct back_pressure){.consumer = made_consumer(&kit->kafka),
                                  .readings = &kit->readings,
                                  .queues = kit->queues,
                                  .worker_count = WORKERS,
                                  .queue_bytes = MAY_HAVE};
}

// So many bytes wait for a worker; the first has the partitions 0 and 2.
static void fill(struct dispatch_kit *kit, size_t worker, size_t bytes)
{
    struct work *work;

    while ((work = work_queue_pop(kit->queues[worker])))
        work_free(work);
    work = work_new(WORK_LOG_END, kit_partition(kit, (int32_t)worker));
    assert_non_null(work);
    work->bytes = bytes;
    work_queue_push(kit->queues[worker], work);
}

static void check_held(struct dispatch_kit *kit, bool first, bool second)
{
    for (int32_t i = 0; i < MADE_PARTITIONS; i++) {
        assert_int_equal(kit->kafka.partitions[i].paused, i % WORKERS ? second : first);
        assert_int_equal(kit_partition(kit, i)->paused, i % WORKERS ? second : first);
    }
}

static void balance(struct dispatch_kit *kit)
{
    const struct back_pressure made = pressure(kit);

    back_pressure_balance(&made);
}

static void who_has_twice_what_it_may_is_held_back_until_it_has_half(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, MADE_PARTITIONS);
    fill(kit, 0, MAY_HAVE * 2 - 1);
    balance(kit);
    check_held(kit, false, false);
    fill(kit, 0, MAY_HAVE * 2);
    balance(kit);
    check_held(kit, true, false);
    fill(kit, 0, MAY_HAVE / 2);
    fill(kit, 1, MAY_HAVE * 3);
    balance(kit);
    check_held(kit, true, true);
    fill(kit, 0, MAY_HAVE / 2 - 1);
    balance(kit);
    check_held(kit, false, true);
}

static void each_is_held_back_once(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, MADE_PARTITIONS);
    fill(kit, 0, MAY_HAVE * 2);
    balance(kit);
    balance(kit);
    assert_int_equal(kit->kafka.calls[ASKED_PAUSE], 2);
    fill(kit, 0, 0);
    balance(kit);
    balance(kit);
    assert_int_equal(kit->kafka.calls[ASKED_RESUME], 2);
}

static void only_what_is_started_is_held_back(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, MADE_PARTITIONS);
    sources_restart(&kit->dispatcher.sources, &kit_partition(kit, 0)->reading);
    fill(kit, 0, MAY_HAVE * 2);
    balance(kit);
    assert_false(kit->kafka.partitions[0].paused);
    assert_true(kit->kafka.partitions[2].paused);
}

static void what_could_not_be_held_back_is_tried_again(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, MADE_PARTITIONS);
    fill(kit, 0, MAY_HAVE * 2);
    kit->kafka.failure[ASKED_PAUSE] = (struct err){.disposition = RETRY, .reason = "PAUSE_FAILED"};
    balance(kit);
    check_held(kit, false, false);
    kit->kafka.failure[ASKED_PAUSE] = (struct err){0};
    balance(kit);
    check_held(kit, true, false);
}

// Its worker goes on with the others.
static void a_partition_that_holds_a_record_is_held_back_alone(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, MADE_PARTITIONS);
    fill(kit, 0, 0);
    kit_partition(kit, 0)->holds = true;
    balance(kit);
    balance(kit);
    for (int32_t i = 0; i < MADE_PARTITIONS; i++)
        assert_int_equal(kit->kafka.partitions[i].paused, i == 0);
    assert_int_equal(kit->kafka.calls[ASKED_PAUSE], 1);
    fill(kit, 0, MAY_HAVE * 2);
    kit_partition(kit, 0)->holds = false;
    balance(kit);
    check_held(kit, true, false);
    fill(kit, 0, 0);
    balance(kit);
    check_held(kit, false, false);
}

// What it waits for is there already: that it returns is the test.
static void it_waits_only_while_all_are_full(void **state)
{
    struct dispatch_kit *kit = *state;
    const struct back_pressure made = pressure(kit);
    atomic_bool stopping = false;

    kit_start(kit, MADE_PARTITIONS);
    fill(kit, 0, MAY_HAVE * 5);
    back_pressure_wait(&made, &stopping); // the second has room
    fill(kit, 1, MAY_HAVE * 5);
    back_pressure_wait(&made, &stopping); // for half a second: nobody takes anything
    assert_true(work_queue_bytes(kit->queues[0]) >= MAY_HAVE);
    stopping = true;
    back_pressure_wait(&made, &stopping);
}

int main(void)
{
#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, kit_open, kit_close)
    const struct CMUnitTest tests[] = {
        KIT_TEST(who_has_twice_what_it_may_is_held_back_until_it_has_half),
        KIT_TEST(each_is_held_back_once),
        KIT_TEST(only_what_is_started_is_held_back),
        KIT_TEST(what_could_not_be_held_back_is_tried_again),
        KIT_TEST(a_partition_that_holds_a_record_is_held_back_alone),
        KIT_TEST(it_waits_only_while_all_are_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
