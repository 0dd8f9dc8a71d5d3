// SPDX-License-Identifier: Apache-2.0
// A partition's life, from the group's word to the group's word.
#include "serve/source/sources_kit.h"

#include <stdio.h>
#include <string.h>

#include "support/between.h"
#include "support/failing_malloc.h"

static const struct err away = {.disposition = RETRY, .reason = "BROKERS_UNREACHABLE"};
static const struct err harmful = {.disposition = FATAL, .reason = "NOT_MIGRATED"};

enum { LONGEST_WAIT_US = 5 * 1000 * 1000 };

// --- taken, started ---

static void it_is_silent_until_it_is_started(void **state)
{
    struct sources_kit *kit = *state;
    const struct kafka_record next = kit_record(0, 9, "next");
    struct reading *reading;

    kit_store(kit, 0, 9);
    kit_take(kit, 1);
    reading = kit_reading(kit, 0);
    assert_int_equal(reading->state, READING_TAKEN);
    assert_true(reading->is_ours);
    assert_false(kit_wants(kit, &next));
    assert_int_equal(kit->kafka.calls[ASKED_START], 0);

    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_STARTED);
    assert_int_equal(kit->started[0], 1);
    assert_int_equal(kit->started_at.next_offset, 9);
    assert_int_equal(reading->next_offset, 9);
    assert_int_equal(kit->kafka.partitions[0].start_offset, 8); // the last one once more
    assert_non_null(strstr(caught_log(), "who=gate msg=\"partition started\""));
}

static void only_what_is_due_is_started(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 2);
    sources_start_due(&kit->sources);
    sources_start_due(&kit->sources);
    assert_int_equal(kit->kafka.calls[ASKED_START], 2);
    kit_revoke(kit, 1, false);
    sources_start_due(&kit->sources);
    assert_int_equal(kit->kafka.calls[ASKED_START], 2);
}

static void nothing_is_started_when_the_process_stops(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 2);
    kit->stopping = true;
    sources_start_due(&kit->sources);
    assert_string_equal(kit->kafka.asked, "");
}

static void it_begins_somewhere_else_when_it_comes_back(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    reading->reached_end = 60;
    kit_revoke(kit, 1, false);
    kit_store(kit, 0, 40);
    kit_take(kit, 1);
    sources_start_due(&kit->sources);
    assert_ptr_equal(kit_reading(kit, 0), reading);
    assert_int_equal(reading->next_offset, 40);
    sources_tell_ends(&kit->sources);
    assert_int_equal(kit->end_count, 0);
}

// --- a start that fails ---

static void a_start_that_fails_is_tried_again_after_a_while(void **state)
{
    static const enum made_call calls[] = {ASKED_CLUSTER, ASKED_TOPIC,  ASKED_POSITION,
                                           ASKED_BOUNDS,  ASKED_CREATE, ASKED_START};
    struct sources_kit *kit = *state;

    kit_take(kit, 1);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct reading *reading = kit_reading(kit, 0);

        kit->kafka.failure[calls[i]] = away;
        kit_pass(kit, LONGEST_WAIT_US);
        sources_start_due(&kit->sources);
        assert_int_equal(reading->state, READING_TAKEN);
        assert_int_equal(reading->failures, i + 1);
        assert_true(reading->start_at_us > made_clock());
        assert_true(reading->start_at_us <= made_clock() + LONGEST_WAIT_US);

        // It is not tried before its time.
        memset(kit->kafka.failure, 0, sizeof kit->kafka.failure);
        sources_start_due(&kit->sources);
        assert_int_equal(reading->state, READING_TAKEN);
    }
    assert_int_equal(kit->failures, 0);
    kit_pass(kit, LONGEST_WAIT_US);
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);
    assert_int_equal(kit->started[0], 1);
}

static void it_waits_longer_each_time(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading;

    kit_take(kit, 1);
    reading = kit_reading(kit, 0);
    kit->kafka.failure[ASKED_BOUNDS] = away;
    sources_start_due(&kit->sources);
    assert_between(reading->start_at_us - made_clock(), 50 * 1000, 100 * 1000);
    for (int i = 0; i < 10; i++) {
        kit_pass(kit, LONGEST_WAIT_US);
        sources_start_due(&kit->sources);
    }
    assert_between(reading->start_at_us - made_clock(), LONGEST_WAIT_US / 2, LONGEST_WAIT_US);
}

static void a_partition_that_fails_keeps_no_other_from_starting(void **state)
{
    struct sources_kit *kit = *state;

    kit->kafka.partitions[0].has_no_leader = true;
    kit_take(kit, 2);
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_TAKEN);
    assert_int_equal(kit_reading(kit, 1)->state, READING_STARTED);

    // Nor does one that failed before share a question with one that did not.
    kit_pass(kit, LONGEST_WAIT_US);
    kit_take(kit, 3);
    kit->kafka.asked[0] = '\0';
    kit_reading(kit, 0)->failures = 1;
    sources_start_due(&kit->sources);
    assert_null(strstr(kit->kafka.asked, "bounds 0"));
    assert_int_equal(kit_reading(kit, 2)->state, READING_STARTED);
    sources_start_due(&kit->sources);
    assert_non_null(strstr(kit->kafka.asked, "bounds 0"));
}

static void a_log_that_must_not_be_read_on_is_not_tried_again(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading;

    kit_store(kit, 0, 9);
    kit->kafka.partitions[0].high = 3;
    kit_take(kit, 1);
    sources_start_due(&kit->sources);
    reading = kit_reading(kit, 0);
    assert_int_equal(reading->state, READING_REFUSED);
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "POSITION_PAST_END");

    kit->kafka.partitions[0].high = 30;
    reading->restart_wanted = true;
    kit_pass(kit, 3600 * US_PER_SECOND);
    sources_start_due(&kit->sources);
    sources_restart_all(&kit->sources);
    assert_int_equal(reading->state, READING_REFUSED);
    assert_int_equal(kit->kafka.calls[ASKED_START], 0);
    assert_int_equal(kit->failures, 1);

    // Until it is ours anew.
    kit_revoke(kit, 1, false);
    kit_take(kit, 1);
    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_STARTED);
}

static void what_the_store_calls_fatal_ends_the_process(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 1);
    kit->kafka.failure[ASKED_POSITION] = harmful;
    sources_start_due(&kit->sources);
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "NOT_MIGRATED");
}

static void a_start_that_cannot_be_dealt_with_is_taken_back(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading;

    kit_take(kit, 1);
    kit->has_no_memory = true;
    sources_start_due(&kit->sources);
    reading = kit_reading(kit, 0);
    assert_int_equal(reading->state, READING_TAKEN);
    assert_false(kit->kafka.partitions[0].started);
    assert_int_equal(kit->dropped[0], 2); // when it was taken, and now
    kit->has_no_memory = false;
    kit_pass(kit, LONGEST_WAIT_US);
    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_STARTED);
}

static void one_lost_while_it_waits_to_be_started_is_forgotten(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 1);
    kit->kafka.failure[ASKED_BOUNDS] = away;
    sources_start_due(&kit->sources);
    memset(kit->kafka.failure, 0, sizeof kit->kafka.failure);
    kit_revoke(kit, 1, false);
    kit_pass(kit, LONGEST_WAIT_US);
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_ELSEWHERE);
    assert_int_equal(kit->kafka.calls[ASKED_START], 0);
    assert_int_equal(kit->revoked[0], 1);
}

static void what_failed_before_it_was_lost_delays_nothing(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 1);
    kit->kafka.failure[ASKED_BOUNDS] = away;
    sources_start_due(&kit->sources);
    memset(kit->kafka.failure, 0, sizeof kit->kafka.failure);
    kit_revoke(kit, 1, false);
    kit_take(kit, 1);
    sources_start_due(&kit->sources);
    assert_int_equal(kit->started[0], 1);
    assert_int_equal(kit_reading(kit, 0)->failures, 0);
}

// --- the group ---

static void changes_of_the_group_are_counted(void **state)
{
    struct sources_kit *kit = *state;

    kit_take(kit, 3);
    assert_int_equal(kit_rebalances(kit, REBALANCE_TAKEN), 3);
    kit_revoke(kit, 2, false);
    assert_int_equal(kit_rebalances(kit, REBALANCE_REVOKED), 2);
    kit_take(kit, 2);
    kit_revoke(kit, 3, true);
    assert_int_equal(kit_rebalances(kit, REBALANCE_TAKEN), 5);
    assert_int_equal(kit_rebalances(kit, REBALANCE_REVOKED), 2);
    assert_int_equal(kit_rebalances(kit, REBALANCE_LOST), 3);
}

static void what_is_revoked_is_told_at_once_and_read_no_more(void **state)
{
    struct sources_kit *kit = *state;
    const struct kafka_record record = kit_record(1, 0, "x");

    kit_take(kit, 3);
    sources_start_due(&kit->sources);
    kit_revoke(kit, 2, false);
    assert_int_equal(kit->revocations, 1);
    assert_int_equal(kit->losses, 0);
    for (int32_t i = 0; i < 2; i++) {
        assert_int_equal(kit->revoked[i], 1);
        assert_int_equal(kit->dropped[i], 2); // when it was taken, and now
        assert_false(kit_reading(kit, i)->is_ours);
    }
    assert_false(kit_wants(kit, &record));
    assert_int_equal(kit_reading(kit, 2)->state, READING_STARTED);
    kit_revoke(kit, 3, true);
    assert_int_equal(kit->losses, 1);
}

static void what_was_never_ours_is_not_revoked(void **state)
{
    struct sources_kit *kit = *state;

    kit_revoke(kit, 2, true);
    assert_int_equal(kit->revocations, 0);
    assert_int_equal(kit_rebalances(kit, REBALANCE_LOST), 0);
}

static void there_are_not_endless_partitions(void **state)
{
    struct sources_kit *kit = *state;

    for (int32_t i = 0; i < READINGS_MAX; i++) {
        const struct source source = {slice_of("many"), i};

        kit->events.taken(kit->events.self, &source, 1);
    }
    assert_int_equal(kit->failures, 0);
    kit_take(kit, 1);
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "TOO_MANY_PARTITIONS");
}

// --- without memory ---

static void without_memory_nothing_is_lost(void **state)
{
    bool happened = true;

    for (long n = 1; happened; n++) {
        struct sources_kit *kit;

        kit_close(state);
        kit_open(state);
        kit = *state;
        kit_store(kit, 0, 9);
        failing_malloc_after(n);
        kit_take(kit, 1);
        sources_start_due(&kit->sources);
        happened = failing_malloc_happened();
        failing_malloc_never();
        if (!kit_reading(kit, 0)) { // nothing smaller than the process can make up for it
            assert_int_equal(kit->failures, 1);
            assert_string_equal(kit->failure.reason, "OUT_OF_MEMORY");
            continue;
        }
        assert_int_equal(kit->failures, 0);
        if (happened) {
            assert_int_equal(kit->started[0], 0);
            kit_pass(kit, LONGEST_WAIT_US);
            sources_start_due(&kit->sources);
        }
        assert_int_equal(kit->started[0], 1);
        assert_int_equal(kit->started_at.next_offset, 9);
    }
}

int main(void)
{
#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, kit_open, kit_close)
    const struct CMUnitTest tests[] = {
        KIT_TEST(it_is_silent_until_it_is_started),
        KIT_TEST(only_what_is_due_is_started),
        KIT_TEST(nothing_is_started_when_the_process_stops),
        KIT_TEST(it_begins_somewhere_else_when_it_comes_back),
        KIT_TEST(a_start_that_fails_is_tried_again_after_a_while),
        KIT_TEST(it_waits_longer_each_time),
        KIT_TEST(a_partition_that_fails_keeps_no_other_from_starting),
        KIT_TEST(a_log_that_must_not_be_read_on_is_not_tried_again),
        KIT_TEST(what_the_store_calls_fatal_ends_the_process),
        KIT_TEST(a_start_that_cannot_be_dealt_with_is_taken_back),
        KIT_TEST(one_lost_while_it_waits_to_be_started_is_forgotten),
        KIT_TEST(what_failed_before_it_was_lost_delays_nothing),
        KIT_TEST(changes_of_the_group_are_counted),
        KIT_TEST(what_is_revoked_is_told_at_once_and_read_no_more),
        KIT_TEST(what_was_never_ours_is_not_revoked),
        KIT_TEST(there_are_not_endless_partitions),
        KIT_TEST(without_memory_nothing_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
