// SPDX-License-Identifier: Apache-2.0
// Whether what a partition's log holds is what was read of it before.
#include "serve/made_message.h"
#include "serve/source/sources_kit.h"
#include <string.h>

static void one_partition_of_another_log_stops_all_of_its_topic(void **state)
{
    struct sources_kit *kit = *state;
    const struct kafka_record other = kit_record(0, 8, "another");

    for (int32_t i = 0; i < 3; i++)
        kit_store(kit, i, 9);
    kit_take(kit, 3);
    sources_start_due(&kit->sources);
    assert_false(kit_wants(kit, &other));
    for (int32_t i = 0; i < 3; i++) {
        assert_int_equal(kit_reading(kit, i)->state, READING_REFUSED);
        assert_false(kit->kafka.partitions[i].started);
    }
    assert_int_equal(kit->failures, 1);
    assert_non_null(strstr(kit->failure.text, "jobtrail positions forget " MADE_TOPIC));
    assert_non_null(strstr(caught_log(), "is read no further\" topic=" MADE_TOPIC " partition=2"));
}

static void what_no_broker_told_of_is_compared_before_it_goes_on(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    const struct kafka_record last = kit_record(0, 8, NULL), next = kit_record(0, 9, "next");

    assert_false(kit_wants(kit, &last));
    kit_pass(kit, HEARD_WITHIN_US);
    sources_compare_unheard(&kit->sources);
    assert_true(kit_wants(kit, &next));
    kit_heard(kit, reading, 100, made_clock());
    kit_pass(kit, HEARD_WITHIN_US);
    sources_compare_unheard(&kit->sources);
    assert_true(kit_wants(kit, &next));

    kit_pass(kit, 1);
    sources_compare_unheard(&kit->sources);
    assert_int_equal(reading->state, READING_TAKEN);
    assert_false(kit_wants(kit, &next));
    sources_start_due(&kit->sources);
    assert_int_equal(reading->state, READING_STARTED);
    assert_true(reading->expects_last);
    assert_false(kit_wants(kit, &last));
    assert_true(kit_wants(kit, &next));
}

static void what_is_read_is_held_against_its_checkpoints(void **state)
{
    struct sources_kit *kit = *state;
    struct made_partition *made = &kit->kafka.partitions[0];
    struct kafka_message kept = {.record = kit_record(0, 3, NULL)};

    kit_started(kit);
    sources_start_due(&kit->sources);
    made->kept = &kept;
    made->checkpoints[0] = (struct read_record){
        3, kept.record.timestamp_ms,
        record_hash(kept.record.timestamp_ms, kept.record.key, kept.record.value)};
    made->checkpoint_count = 1;
    sources_start_due(&kit->sources); // not again so soon
    assert_int_equal(kit->kafka.calls[ASKED_RECORD], 0);
    kit_pass(kit, 60 * US_PER_SECOND);
    sources_start_due(&kit->sources);
    assert_int_equal(kit->kafka.calls[ASKED_RECORD], 1);
    assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);

    kept.record.value = slice_of("another");
    kit_pass(kit, 60 * US_PER_SECOND);
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_REFUSED);
    assert_string_equal(kit->failure.reason, "OTHER_RECORD");
}

// What nobody answers for keeps nothing else waiting, and takes no other's turn.
static void a_check_that_nobody_answers_is_the_last_of_its_round(void **state)
{
    struct sources_kit *kit = *state;
    struct err err;

    kit_store(kit, 0, 9);
    kit_store(kit, 1, 9);
    kit_take(kit, 2);
    sources_start_due(&kit->sources);
    kit_pass(kit, 60 * US_PER_SECOND);
    err_set(&err, RETRY, "BROKERS_UNREACHABLE", "silent");
    kit->kafka.failure[ASKED_RECORD] = err;
    sources_start_due(&kit->sources);
    assert_int_equal(kit->kafka.calls[ASKED_RECORD], 1);
    kit->kafka.failure[ASKED_RECORD] = (struct err){0};
    sources_start_due(&kit->sources); // the other one
    assert_int_equal(kit->kafka.calls[ASKED_RECORD], 2);
    sources_start_due(&kit->sources); // none is due
    assert_int_equal(kit->kafka.calls[ASKED_RECORD], 2);
    assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);
    assert_int_equal(kit_reading(kit, 1)->state, READING_STARTED);
}

static void a_topic_that_is_altered_is_read_no_further(void **state)
{
    struct sources_kit *kit = *state;
    struct err err;

    kit_started(kit);
    kit->kafka.topic.compacted = true;
    sources_start_due(&kit->sources); // not so soon
    assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);
    kit_pass(kit, 60 * US_PER_SECOND);
    err_set(&err, RETRY, "KAFKA_TIMEOUT", "nobody answers");
    kit->kafka.failure[ASKED_TOPIC] = err;
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_STARTED);
    assert_int_equal(kit->failures, 0);
    kit->kafka.failure[ASKED_TOPIC] = (struct err){0};
    kit_pass(kit, 60 * US_PER_SECOND);
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_REFUSED);
    assert_int_equal(kit->failures, 1);
    assert_string_equal(kit->failure.reason, "TOPIC_COMPACTED");
}

// A leader that was elected out of sync may lack what was read, and have as much of its own.
static void what_comes_from_another_broker_is_compared_before_it_goes_on(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    struct kafka_record last = kit_record(0, 8, NULL), next = kit_record(0, 9, "next");
    struct kafka_record of_nobody = kit_record(0, 10, "who knows");

    last.broker_id = next.broker_id = 1;
    assert_false(kit_wants(kit, &last));
    assert_true(kit_wants(kit, &next));
    of_nobody.broker_id = -1;
    assert_true(kit_wants(kit, &of_nobody));
    assert_int_equal(reading->state, READING_STARTED);

    next.broker_id = 2;
    assert_false(kit_wants(kit, &next));
    assert_int_equal(reading->state, READING_TAKEN);
    assert_int_equal(kit->dropped[0], 2);
    sources_start_due(&kit->sources);
    assert_true(reading->expects_last);
    last = kit_record(0, 8, "of the new leader");
    last.broker_id = 2;
    assert_false(kit_wants(kit, &last));
    assert_int_equal(reading->state, READING_REFUSED);
    assert_string_equal(kit->failure.reason, "OTHER_RECORD");
}

static void tell_leader(struct sources_kit *kit, int32_t leader, int64_t asked_at_us)
{
    const struct watched_end end = {.offset = 100, .leader = leader, .monotonic_us = asked_at_us};

    sources_heard(&kit->sources, kit_reading(kit, 0), &end);
}

static void a_log_that_another_broker_leads_is_compared(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    tell_leader(kit, 2, made_clock() - 1); // it was started since
    tell_leader(kit, 0, made_clock());
    assert_int_equal(reading->state, READING_STARTED);
    tell_leader(kit, 2, made_clock());
    assert_int_equal(reading->state, READING_TAKEN);
}

// An answer that comes at last does not hide that there was none.
static void hearing_late_is_not_having_heard(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    kit_pass(kit, 2 * HEARD_WITHIN_US);
    kit_heard(kit, reading, 100, made_clock());
    assert_int_equal(reading->state, READING_TAKEN);
}

// What is told in a round of questions that failed is what was learned before.
static void old_news_is_not_having_heard_of_less(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);

    kit_heard(kit, reading, 100, made_clock() - 10 * HEARD_WITHIN_US);
    sources_compare_unheard(&kit->sources);
    assert_int_equal(reading->state, READING_STARTED);
}

static void start_three(struct sources_kit *kit)
{
    for (int32_t i = 0; i < 3; i++)
        kit_store(kit, i, 9);
    kit_take(kit, 3);
    sources_start_due(&kit->sources);
}

static void check_topic_is_compared(struct sources_kit *kit)
{
    assert_true(kit_reading(kit, 0)->start_at_us > made_clock()); // after a while
    sources_start_due(&kit->sources);
    assert_int_equal(kit_reading(kit, 0)->state, READING_TAKEN);
    for (int32_t i = 1; i < 3; i++) {
        assert_int_equal(kit_reading(kit, i)->state, READING_STARTED);
        assert_true(kit_reading(kit, i)->expects_last);
        assert_int_equal(kit->started[i], 2);
    }
}

static void what_befalls_one_partition_has_its_topic_compared(void **state)
{
    struct sources_kit *kit = *state;
    const struct source source = made_source(0);
    const struct err damaged = {.disposition = RETRY, .reason = "DAMAGED_RECORD"};

    start_three(kit);
    kit->events.partition_failed(kit->events.self, &source, &damaged);
    check_topic_is_compared(kit);
}

static void an_end_before_what_was_taken_in_has_its_topic_compared(void **state)
{
    struct sources_kit *kit = *state;

    start_three(kit);
    assert_true(kit_heard(kit, kit_reading(kit, 0), 9, made_clock()));
    assert_false(kit_heard(kit, kit_reading(kit, 0), 8, made_clock()));
    check_topic_is_compared(kit);
}

// What was taken in since may well lie behind it.
static void an_end_asked_for_earlier_says_nothing(void **state)
{
    struct sources_kit *kit = *state;
    struct reading *reading = kit_started(kit);
    int64_t earlier_us = made_clock();

    kit_pass(kit, 1);
    reading->next_offset = 12;
    assert_true(kit_heard(kit, reading, 10, earlier_us)); // 9 were taken in by then
    assert_false(kit_heard(kit, reading, 10, earlier_us));
    assert_int_equal(reading->state, READING_STARTED);
    assert_false(kit_heard(kit, reading, 11, made_clock()));
    assert_int_equal(reading->state, READING_TAKEN);
}

int main(void)
{
#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, kit_open, kit_close)
    const struct CMUnitTest tests[] = {
        KIT_TEST(one_partition_of_another_log_stops_all_of_its_topic),
        KIT_TEST(what_no_broker_told_of_is_compared_before_it_goes_on),
        KIT_TEST(what_is_read_is_held_against_its_checkpoints),
        KIT_TEST(a_check_that_nobody_answers_is_the_last_of_its_round),
        KIT_TEST(a_topic_that_is_altered_is_read_no_further),
        KIT_TEST(what_comes_from_another_broker_is_compared_before_it_goes_on),
        KIT_TEST(a_log_that_another_broker_leads_is_compared),
        KIT_TEST(hearing_late_is_not_having_heard),
        KIT_TEST(old_news_is_not_having_heard_of_less),
        KIT_TEST(what_befalls_one_partition_has_its_topic_compared),
        KIT_TEST(an_end_before_what_was_taken_in_has_its_topic_compared),
        KIT_TEST(an_end_asked_for_earlier_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
