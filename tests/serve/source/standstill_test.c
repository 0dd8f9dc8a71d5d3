// SPDX-License-Identifier: Apache-2.0
// Which partitions stand still: not those that a rebalance or a short pause holds up, but those
// that are not started, or do not move on, for half a minute.
#include "serve/source/sources_kit.h"
#include "serve/source/standstill.h"

#include <string.h>

static const struct err damaged = {.disposition = RETRY, .reason = "DAMAGED_RECORD"};
static const struct err away = {.disposition = RETRY, .reason = "BROKERS_UNREACHABLE"};

enum { SECOND = 1000 * 1000 };

static bool stands(struct sources_kit *kit, const char *reason)
{
    struct standstill standstill;
    bool stands_still = reading_stands_still(kit_reading(kit, 0), made_clock(), &standstill);

    if (stands_still && reason)
        assert_string_equal(standstill.reason, reason);
    if (stands_still)
        assert_true(made_clock() - standstill.since_us >= TROUBLE_LASTS_US);
    return stands_still;
}

static void fail_one(struct sources_kit *kit, const struct err *err)
{
    const struct source source = made_source(0);

    kit->events.partition_failed(kit->events.self, &source, err);
}

// Fails and is started again until so much time has passed.
static void fail_for(struct sources_kit *kit, int seconds)
{
    for (int i = 0; i < seconds; i += 5) {
        sources_start_due(&kit->sources);
        assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);
        fail_one(kit, &damaged);
        kit_pass(kit, 5 * SECOND);
    }
}

static void one_that_goes_on_does_not(void **state)
{
    struct sources_kit *kit = *state;

    kit_started(kit);
    assert_false(stands(kit, NULL));
    kit_pass(kit, 3600 * (int64_t)SECOND);
    assert_false(stands(kit, NULL));
}

static void one_that_nobody_tries_to_start_does(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 1);
    kit_pass(kit, 29 * SECOND);
    assert_false(stands(kit, NULL));
    kit_pass(kit, SECOND);
    assert_true(stands(kit, "NOT_STARTED"));
    sources_start_due(&kit->sources);
    assert_false(stands(kit, NULL));
}

static void one_that_cannot_be_started_says_why(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 1);
    kit->kafka.failure[ASKED_BOUNDS] = away;
    for (int i = 0; i < 29; i++) {
        sources_start_due(&kit->sources);
        kit_pass(kit, SECOND);
        assert_false(stands(kit, NULL));
    }
    kit_pass(kit, SECOND);
    assert_true(stands(kit, "BROKERS_UNREACHABLE"));
    memset(kit->kafka.failure, 0, sizeof kit->kafka.failure);
    kit_pass(kit, 5 * SECOND);
    sources_start_due(&kit->sources);
    assert_false(stands(kit, NULL));
}

static void one_that_fails_again_and_again_does(void **state)
{
    struct sources_kit *kit = *state;

    kit_started(kit);
    fail_for(kit, 35);
    assert_true(stands(kit, "DAMAGED_RECORD"));
    sources_start_due(&kit->sources);
    assert_true(stands(kit, "DAMAGED_RECORD")); // started, for now
    sources_committed(kit_reading(kit, 0), 10); // somebody skipped it
    assert_false(stands(kit, NULL));
}

// What librdkafka says of the offset behind the damage is an echo.
static void a_damaged_batch_is_told_as_such(void **state)
{
    static const struct err echo = {.disposition = RETRY, .reason = "OFFSET_OUT_OF_RANGE"};
    struct sources_kit *kit = *state;

    kit_started(kit);
    for (int i = 0; i < 8; i++) {
        fail_one(kit, i % 2 ? &echo : &damaged);
        kit_pass(kit, 5 * SECOND);
        sources_start_due(&kit->sources);
    }
    assert_true(stands(kit, "DAMAGED_RECORD"));
}

static void a_short_pause_is_no_standstill(void **state)
{
    struct sources_kit *kit = *state;

    kit_started(kit);
    fail_for(kit, 20);
    sources_start_due(&kit->sources);
    kit_pass(kit, 20 * SECOND);
    assert_false(stands(kit, NULL));
    // Nor is one now and one much later.
    for (int i = 0; i < 5; i++) {
        kit_pass(kit, 40 * SECOND);
        sources_start_due(&kit->sources);
        fail_one(kit, &damaged);
        assert_false(stands(kit, NULL));
    }
}

static void what_a_worker_lost_counts_with_its_reason(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    for (int i = 0; i < 7; i++) {
        reading->restart_reason = "LOCK_TIMEOUT";
        reading->restart_wanted = true;
        sources_start_due(&kit->sources);
        kit_pass(kit, 5 * SECOND);
    }
    assert_true(stands(kit, "LOCK_TIMEOUT"));
}

static void what_waits_for_its_schema_is_no_failure(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    for (int i = 0; i < 20; i++) {
        sources_restart(&kit->sources, reading);
        kit_pass(kit, 5 * SECOND);
        sources_start_due(&kit->sources);
    }
    assert_false(stands(kit, NULL));
}

static void one_that_is_somebody_elses_does_not(void **state)
{
    struct sources_kit *kit = *state;

    kit_started(kit);
    fail_for(kit, 40);
    kit_revoke(kit, 1, false);
    assert_false(stands(kit, NULL));
    kit_take(kit, 1);
    assert_false(stands(kit, NULL)); // it begins anew
}

static void the_way_past_a_damaged_record_is_told(void **state)
{
    struct sources_kit *kit = *state;

    kit_started(kit);
    fail_one(kit, &damaged);
    assert_non_null(strstr(caught_log(), "command=\"jobtrail positions set " MADE_TOPIC " 0 10\""));
    fail_one(kit, &away);
    assert_null(strstr(strstr(caught_log(), "command=") + 1, "command="));
}

// --- in words and numbers ---

static bool waits;

static bool has_something_to_do(struct reading *reading)
{
    (void)reading;
    return waits;
}

static void they_are_told_and_counted(void **state)
{
    struct sources_kit *kit = *state;
    struct buffer reasons;

    buffer_init(&reasons);
    kit_take(kit, 2);
    sources_start_due(&kit->sources);
    readings_set_gauges(&kit->readings, PARTITION_GATE, NULL, kit->metrics);
    assert_int_equal(metrics_read(kit->metrics, METER_PARTITIONS, PARTITION_GATE, 0), 2);
    assert_int_equal(metrics_read(kit->metrics, METER_PARTITIONS_STARTED, PARTITION_GATE, 0), 2);
    assert_int_equal(metrics_read(kit->metrics, METER_PARTITIONS_FAILING, PARTITION_GATE, 0), 0);
    assert_true(readings_are_ready(&kit->readings, PARTITION_GATE, NULL, &reasons));
    assert_int_equal(reasons.size, 0);

    // The true clock is the one that judges here.
    kit_reading(kit, 0)->silent_since_us = 1;
    kit_reading(kit, 0)->start_failure = "LOCK_TIMEOUT";
    waits = false;
    readings_set_gauges(&kit->readings, PARTITION_GATE, has_something_to_do, kit->metrics);
    assert_int_equal(metrics_read(kit->metrics, METER_PARTITIONS_STARTED, PARTITION_GATE, 0), 1);
    assert_int_equal(metrics_read(kit->metrics, METER_PARTITIONS_FAILING, PARTITION_GATE, 0), 1);
    assert_false(readings_are_ready(&kit->readings, PARTITION_GATE, has_something_to_do, &reasons));
    buffer_append(&reasons, "", 1);
    assert_non_null(
        strstr(reasons.data, "gate: partition 0 of " MADE_TOPIC " is not started since "));
    assert_non_null(strstr(reasons.data, ": LOCK_TIMEOUT\n"));
    assert_null(strstr(reasons.data, "partition 1"));
    buffer_free(&reasons);
}

int main(void)
{
#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, kit_open, kit_close)
    const struct CMUnitTest tests[] = {
        KIT_TEST(one_that_goes_on_does_not),
        KIT_TEST(one_that_nobody_tries_to_start_does),
        KIT_TEST(one_that_cannot_be_started_says_why),
        KIT_TEST(one_that_fails_again_and_again_does),
        KIT_TEST(a_damaged_batch_is_told_as_such),
        KIT_TEST(a_short_pause_is_no_standstill),
        KIT_TEST(what_a_worker_lost_counts_with_its_reason),
        KIT_TEST(what_waits_for_its_schema_is_no_failure),
        KIT_TEST(one_that_is_somebody_elses_does_not),
        KIT_TEST(the_way_past_a_damaged_record_is_told),
        KIT_TEST(they_are_told_and_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
