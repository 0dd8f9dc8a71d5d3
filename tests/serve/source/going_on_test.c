// SPDX-License-Identifier: Apache-2.0
// A started partition: which records are wanted, where it ends, and how it is read again.
#include "serve/source/sources_kit.h"

#include <string.h>

#include "serve/made_message.h"
#include "support/between.h"

static const struct err damaged = {.disposition = RETRY, .reason = "DAMAGED_RECORD"};

static void fail_partition(struct sources_kit *kit)
{
    const struct source source = made_source(0);

    kit->events.partition_failed(kit->events.self, &source, &damaged);
}

static void reach_end(struct sources_kit *kit, int64_t next_offset)
{
    const struct source source = made_source(0);

    kit->events.reached_end(kit->events.self, &source, next_offset);
}

// The wait until it is started again; it is silent until then.
static int64_t wait_us(const struct sources_kit *kit, const struct reading *reading)
{
    assert_int_equal(reading->state, READING_TAKEN);
    assert_false(kit->kafka.partitions[0].started);
    return reading->start_at_us - made_clock();
}

static void start_again(struct sources_kit *kit)
{
    kit_pass(kit, 5 * US_PER_SECOND);
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);
}

// --- the last record that was read ---

static void the_last_record_is_compared_and_not_taken_in_again(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    const struct kafka_record last = kit_record(0, 8, NULL), next = kit_record(0, 9, "next");

    assert_true(reading->expects_last);
    assert_false(kit_wants(kit, &last));
    assert_false(reading->expects_last);
    assert_true(kit_wants(kit, &next));
    assert_int_equal(kit->failures, 0);
}

static void another_record_there_is_another_log(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    const struct kafka_record other = kit_record(0, 8, "another"), next = kit_record(0, 9, "next");

    assert_false(kit_wants(kit, &other));
    assert_false(kit_wants(kit, &next));
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "OTHER_RECORD");
    assert_int_equal(reading->state, READING_REFUSED);
    assert_false(kit->kafka.partitions[0].started);

    // It is not started again, whatever happens and however long it takes.
    reading->restart_wanted = true;
    fail_partition(kit);
    sources_restart_all(&kit->sources);
    kit_pass(kit, 3600 * US_PER_SECOND);
    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_REFUSED);
    assert_int_equal(kit->kafka.calls[ASKED_START], 1);
    assert_int_equal(kit->failures, 1);
}

// The log keeps that offset: a committed record does not go from there.
static void a_log_without_the_last_record_is_another_log(void **state)
{
    struct sources_kit *kit = *state;
    const struct kafka_record later = kit_record(0, 12, "later");

    kit_started(kit);
    assert_false(kit_wants(kit, &later));
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "OTHER_RECORD");
}

static void so_is_one_that_ends_without_it(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    reach_end(kit, 9);
    sources_tell_ends(&kit->sources);
    assert_int_equal(kit->end_count, 0);
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "OTHER_RECORD");
    assert_int_equal(reading->state, READING_REFUSED);
}

static void a_new_partition_has_no_last_record(void **state)
{
    struct sources_kit *kit = *state;
    const struct kafka_record first = kit_record(0, 0, "first");

    kit_take(kit, 1);
    sources_start_due(&kit->sources);
    assert_true(kit_wants(kit, &first));
}

static void what_was_taken_in_is_not_wanted_again(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    const struct kafka_record last = kit_record(0, 8, NULL), next = kit_record(0, 9, "next");
    const struct kafka_record foreign = kit_record(3, 9, "of another");

    kit_wants(kit, &last);
    reading->next_offset = 10;
    assert_false(kit_wants(kit, &next));
    assert_false(kit_wants(kit, &foreign));
}

// --- the end ---

static void an_end_is_told_behind_the_records(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    reading->expects_last = false;
    reach_end(kit, 12);
    assert_int_equal(kit->end_count, 0); // the records polled come first
    reading->next_offset = 11;
    sources_tell_ends(&kit->sources);
    assert_int_equal(kit->end_count, 1);
    assert_int_equal(kit->ends[0], 12);
    sources_tell_ends(&kit->sources);
    assert_int_equal(kit->end_count, 1);
}

static void an_end_that_was_passed_is_none(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    reach_end(kit, 12);
    reading->next_offset = 15;
    sources_tell_ends(&kit->sources);
    assert_int_equal(kit->end_count, 0);
}

static void the_end_of_what_is_not_read_is_not_told(void **state)
{
    struct sources_kit *kit = *state;

    kit_started(kit);
    reach_end(kit, 12);
    kit_revoke(kit, 1, false);
    sources_tell_ends(&kit->sources);
    kit_take(kit, 1);
    sources_tell_ends(&kit->sources);
    assert_int_equal(kit->end_count, 0);
}

// --- read again ---

static void what_cannot_go_on_starts_again_after_a_while(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    int64_t first_us;

    fail_partition(kit);
    assert_non_null(strstr(caught_log(), "who=gate msg=\"a partition cannot go on"));
    assert_int_equal(kit->dropped[0], 1); // when it was taken: what came before is still good
    first_us = wait_us(kit, reading);
    assert_between(first_us, 50 * 1000, 100 * 1000);
    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_TAKEN);
    start_again(kit);
    assert_int_equal(kit->dropped[0], 2);
    assert_int_equal(kit->started[0], 2);

    // That it starts is not yet that it goes on.
    for (int i = 0; i < 10; i++) {
        fail_partition(kit);
        start_again(kit);
    }
    fail_partition(kit);
    assert_between(wait_us(kit, reading), 2500 * 1000, 5000 * 1000);
}

static void a_failure_of_what_is_not_read_changes_nothing(void **state)
{
    struct sources_kit *kit = *state;

    fail_partition(kit); // never ours
    kit_started(kit);
    kit_revoke(kit, 1, false);
    fail_partition(kit);
    assert_int_equal(kit_reading(kit, 0)->state, READING_ELSEWHERE);
    assert_int_equal(kit->kafka.calls[ASKED_STOP], 0);
}

static void a_commit_ends_the_row_of_failures(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    for (int i = 0; i < 10; i++) {
        fail_partition(kit);
        start_again(kit);
    }
    sources_committed(reading, 9); // where it began
    assert_int_equal(reading->failures, 10);
    sources_committed(reading, 10);
    fail_partition(kit);
    assert_between(wait_us(kit, reading), 50 * 1000, 100 * 1000);
}

// What was handed out before it failed may be committed while it rests.
static void so_does_one_while_it_rests(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    for (int i = 0; i < 10; i++) {
        fail_partition(kit);
        start_again(kit);
    }
    fail_partition(kit);
    kit_store(kit, 0, 12);
    start_again(kit);
    assert_int_equal(reading->next_offset, 12);
    assert_int_equal(reading->failures, 0);
}

static void so_does_a_while_without_any(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    for (int i = 0; i < 10; i++) {
        fail_partition(kit);
        start_again(kit);
    }
    kit_pass(kit, 60 * US_PER_SECOND);
    sources_restart_all(&kit->sources);
    assert_between(wait_us(kit, reading), 50 * 1000, 100 * 1000);
}

static void who_lost_what_was_taken_in_has_it_read_again_at_once(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    reading->next_offset = 12;
    reading->restart_wanted = true;
    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_STARTED);
    assert_int_equal(reading->next_offset, 9);
    assert_int_equal(kit->dropped[0], 2); // when it was taken, and now
    assert_int_equal(kit->kafka.calls[ASKED_STOP], 1);
    assert_int_equal(kit->started[0], 2);
    sources_start_due(&kit->sources);
    assert_int_equal(kit->started[0], 2);
}

static void that_shortens_no_wait(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    fail_partition(kit);
    reading->restart_wanted = true;
    sources_start_due(&kit->sources);
    wait_us(kit, reading);
    start_again(kit);
    sources_start_due(&kit->sources);
    assert_int_equal(kit->started[0], 2);
}

static void what_cannot_be_silenced_is_not_wanted_either(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    const struct kafka_record next = kit_record(0, 9, "next");

    reading->expects_last = false;
    kit->kafka.failure[ASKED_STOP] = damaged;
    sources_restart(&kit->sources, reading);
    assert_non_null(strstr(caught_log(), "a partition could not be silenced"));
    assert_false(kit_wants(kit, &next));
}

int main(void)
{
#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, kit_open, kit_close)
    const struct CMUnitTest tests[] = {
        KIT_TEST(the_last_record_is_compared_and_not_taken_in_again),
        KIT_TEST(another_record_there_is_another_log),
        KIT_TEST(a_log_without_the_last_record_is_another_log),
        KIT_TEST(so_is_one_that_ends_without_it),
        KIT_TEST(a_new_partition_has_no_last_record),
        KIT_TEST(what_was_taken_in_is_not_wanted_again),
        KIT_TEST(an_end_is_told_behind_the_records),
        KIT_TEST(an_end_that_was_passed_is_none),
        KIT_TEST(the_end_of_what_is_not_read_is_not_told),
        KIT_TEST(what_cannot_go_on_starts_again_after_a_while),
        KIT_TEST(a_failure_of_what_is_not_read_changes_nothing),
        KIT_TEST(a_commit_ends_the_row_of_failures),
        KIT_TEST(so_does_one_while_it_rests),
        KIT_TEST(so_does_a_while_without_any),
        KIT_TEST(who_lost_what_was_taken_in_has_it_read_again_at_once),
        KIT_TEST(that_shortens_no_wait),
        KIT_TEST(what_cannot_be_silenced_is_not_wanted_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
