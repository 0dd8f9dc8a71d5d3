// SPDX-License-Identifier: Apache-2.0
// event_check: the limits of docs/design.md, section 4, each at, below and above.
#include "core/made.h"

#include <stdlib.h>

static const int64_t YEAR_2000 = INT64_C(946684800000000);
static const int64_t YEAR_10000 = INT64_C(253402300800000000);
static const int64_t DAY_US = 24 * 3600 * US_PER_SECOND;

static struct arena arena;

// The reason of a refusal, "" for an event that is let through.
static const char *checked(struct event event)
{
    static struct err err;
    int rc = event_check(&event, BASE_TIME_US, &arena, &err);

    if (!rc)
        return "";
    assert_int_equal(rc, POISON);
    assert_int_equal(err.disposition, POISON);
    return err.reason;
}

#define assert_allowed(event)       assert_string_equal(checked(event), "")
#define assert_refused(event, name) assert_string_equal(checked(event), name)

static void identities_have_1_to_255_bytes(void **state)
{
    char *text = made_text('x', 256);
    struct event event = made(JOB_STARTED, 1, 0, 1);
    struct slice *const ids[] = {&event.organization_id, &event.job_id};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct slice good = *ids[i];

        *ids[i] = (struct slice){text, 1};
        assert_allowed(event);
        *ids[i] = (struct slice){text, 255};
        assert_allowed(event);
        *ids[i] = (struct slice){text, 256};
        assert_refused(event, "ID_LENGTH");
        *ids[i] = (struct slice){text, 0};
        assert_refused(event, "ID_LENGTH");
        *ids[i] = SLICE_NULL;
        assert_refused(event, "ID_LENGTH");
        *ids[i] = good;
    }
    free(text);
}

static void creators_are_absent_or_have_1_to_255_bytes(void **state)
{
    char *text = made_text('x', 256);
    struct event event = made_creation(0, 1, NULL);

    (void)state;
    assert_allowed(event);
    event.creator_id = (struct slice){text, 0};
    assert_refused(event, "ID_LENGTH");
    event.creator_id = (struct slice){text, 1};
    assert_allowed(event);
    event.creator_id = (struct slice){text, 255};
    assert_allowed(event);
    event.creator_id = (struct slice){text, 256};
    assert_refused(event, "ID_LENGTH");
    free(text);
}

static void types_have_1_to_128_bytes(void **state)
{
    char *text = made_text('x', 129);
    struct event event = made_creation(0, 1, "ann");

    (void)state;
    event.type = (struct slice){text, 128};
    assert_allowed(event);
    event.type = (struct slice){text, 129};
    assert_refused(event, "TYPE_LENGTH");
    event.type = (struct slice){text, 0};
    assert_refused(event, "TYPE_LENGTH");
    event.type = SLICE_NULL;
    assert_refused(event, "TYPE_LENGTH");
    free(text);
}

static void attempts_go_from_1_to_10000(void **state)
{
    (void)state;
    assert_refused(made(JOB_STARTED, INT32_MIN, 0, 1), "ATTEMPT_RANGE");
    assert_refused(made(JOB_STARTED, 0, 0, 1), "ATTEMPT_RANGE");
    assert_allowed(made(JOB_STARTED, 1, 0, 1));
    assert_allowed(made(JOB_STARTED, 10000, 0, 1));
    assert_refused(made(JOB_STARTED, 10001, 0, 1), "ATTEMPT_RANGE");
}

static void progress_goes_from_0_to_100(void **state)
{
    (void)state;
    assert_refused(made_tick(1, 0, 1, -1), "PROGRESS_RANGE");
    assert_allowed(made_tick(1, 0, 1, 0));
    assert_allowed(made_tick(1, 0, 1, 100));
    assert_refused(made_tick(1, 0, 1, 101), "PROGRESS_RANGE");
}

static void nothing_occurred_before_the_year_2000(void **state)
{
    struct event event = made(JOB_STARTED, 1, 0, 1);

    (void)state;
    event.occurred_at_us = YEAR_2000;
    assert_allowed(event);
    event.occurred_at_us = YEAR_2000 - 1;
    assert_refused(event, "TIME_TOO_EARLY");
    event.occurred_at_us = INT64_MIN;
    assert_refused(event, "TIME_TOO_EARLY");
}

// NULL: none is named.
static void assert_meant(int64_t number, const char *words)
{
    struct event event = made(JOB_STARTED, 1, 0, 1);
    struct err err;

    event.occurred_at_us = number;
    assert_int_equal(event_check(&event, TIME_NONE, &arena, &err), POISON);
    if (!words ? strstr(err.text, "would be") != NULL : !strstr(err.text, words))
        fail_msg("%s", err.text);
}

static void a_time_in_another_unit_is_told_as_what_it_would_be(void **state)
{
    (void)state;
    assert_meant(1795780801234, "in milliseconds it would be 2026-11-27T12:00:01.234000Z");
    assert_meant(1795780801, "in seconds it would be 2026-11-27T12:00:01.000000Z");
    assert_meant(1795780801234567890, "in nanoseconds it would be 2026-11-27T12:00:01.234567Z");
    assert_meant(946684800000, "in milliseconds it would be 2000-01-01T00:00:00.000000Z");
    assert_meant(946684799999, NULL);
    assert_meant(4102444799999, "in milliseconds it would be 2099-12-31T23:59:59.999000Z");
    assert_meant(4102444800000, NULL);
    assert_meant(0, NULL);
    assert_meant(INT64_MIN, NULL);
    assert_meant(INT64_MAX, NULL);
}

static void nothing_occurs_more_than_a_day_after_its_record(void **state)
{
    struct event event = made(JOB_STARTED, 1, 0, 1);

    (void)state;
    event.occurred_at_us = BASE_TIME_US + DAY_US;
    assert_allowed(event);
    event.occurred_at_us = BASE_TIME_US + DAY_US + 1;
    assert_refused(event, "TIME_TOO_LATE");
    event.occurred_at_us = INT64_MAX;
    assert_refused(event, "TIME_TOO_LATE");
}

static void a_time_that_no_broker_wrote_bounds_no_future_but_four_digits_do(void **state)
{
    struct event event = made(JOB_STARTED, 1, 0, 1);
    struct err err;

    (void)state;
    event.occurred_at_us = YEAR_10000 - 1;
    assert_int_equal(event_check(&event, TIME_NONE, &arena, &err), DONE);
    event.occurred_at_us = YEAR_10000;
    assert_int_equal(event_check(&event, TIME_NONE, &arena, &err), POISON);
    assert_string_equal(err.reason, "TIME_TOO_LATE");
    event.occurred_at_us = INT64_MAX;
    assert_int_equal(event_check(&event, TIME_NONE, &arena, &err), POISON);
    event.occurred_at_us = YEAR_2000 - 1;
    assert_int_equal(event_check(&event, TIME_NONE, &arena, &err), POISON);
}

static void error_codes_have_at_most_128_bytes(void **state)
{
    char *text = made_text('x', 129);
    struct event event = made_failure(1, 0, 1, NULL, NULL);

    (void)state;
    assert_allowed(event);
    event.error_code = (struct slice){text, 128};
    assert_allowed(event);
    event.error_code = (struct slice){text, 129};
    assert_refused(event, "ERROR_CODE_LENGTH");
    free(text);
}

static void results_are_web_addresses(void **state)
{
    static const char *const refused[] = {"",        "http://",      "https://",
                                          "ftp://x", "javascript:x", "x"};
    struct event event = made(JOB_SUCCEEDED, 1, 0, 1);
    char *text = made_text('x', RESULT_URI_MAX_BYTES + 1);

    (void)state;
    assert_allowed(event);
    event.result_uri = SLICE_LITERAL("http://x");
    assert_allowed(event);
    event.result_uri = SLICE_LITERAL("https://x");
    assert_allowed(event);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        event.result_uri = slice_of(refused[i]);
        assert_refused(event, "RESULT_URI");
    }
    memcpy(text, "https://", 8);
    event.result_uri = (struct slice){text, RESULT_URI_MAX_BYTES};
    assert_allowed(event);
    event.result_uri.size++;
    assert_refused(event, "RESULT_URI");
    free(text);
}

static void a_text_at_its_limit_is_left_as_it_is(void **state)
{
    char *text = made_text('x', ERROR_DETAIL_MAX_BYTES);
    struct event event = made_failure(1, 0, 1, NULL, NULL);
    struct err err;

    (void)state;
    event.message = (struct slice){text, MESSAGE_MAX_BYTES};
    event.error_detail = (struct slice){text, ERROR_DETAIL_MAX_BYTES};
    assert_int_equal(event_check(&event, BASE_TIME_US, &arena, &err), DONE);
    assert_ptr_equal(event.message.data, text);
    assert_int_equal(event.message.size, MESSAGE_MAX_BYTES);
    assert_ptr_equal(event.error_detail.data, text);
    assert_int_equal(event.error_detail.size, ERROR_DETAIL_MAX_BYTES);
    free(text);
}

static void a_longer_text_is_cut_with_a_mark_inside_the_limit(void **state)
{
    char *text = made_text('x', ERROR_DETAIL_MAX_BYTES + 1);
    struct event event = made_failure(1, 0, 1, NULL, NULL);
    struct err err;

    (void)state;
    event.message = (struct slice){text, MESSAGE_MAX_BYTES + 1};
    event.error_detail = (struct slice){text, ERROR_DETAIL_MAX_BYTES + 1};
    assert_int_equal(event_check(&event, BASE_TIME_US, &arena, &err), DONE);
    assert_int_equal(event.message.size, MESSAGE_MAX_BYTES);
    assert_memory_equal(event.message.data, text, MESSAGE_MAX_BYTES - 3);
    assert_memory_equal(event.message.data + MESSAGE_MAX_BYTES - 3, "…", 3);
    assert_int_equal(event.error_detail.size, ERROR_DETAIL_MAX_BYTES);
    assert_memory_equal(event.error_detail.data + ERROR_DETAIL_MAX_BYTES - 3, "…", 3);
    free(text);
}

static void a_text_is_cut_between_characters(void **state)
{
    char *text = made_text('x', MESSAGE_MAX_BYTES + 10);
    struct event event = made(JOB_STARTED, 1, 0, 1);
    struct err err;

    (void)state;
    // Four bytes that begin one before where the mark would.
    memcpy(text + MESSAGE_MAX_BYTES - 4, "\xf0\x9f\x98\x80", 4);
    event.message = (struct slice){text, MESSAGE_MAX_BYTES + 10};
    assert_int_equal(event_check(&event, BASE_TIME_US, &arena, &err), DONE);
    assert_int_equal(event.message.size, MESSAGE_MAX_BYTES - 1);
    assert_memory_equal(event.message.data + MESSAGE_MAX_BYTES - 5, "x…", 4);
    free(text);
}

static void kinds_are_named_as_their_records(void **state)
{
    (void)state;
    assert_string_equal(event_kind_name(JOB_CREATED), "JobCreated");
    assert_string_equal(event_kind_name(JOB_CANCELLED), "JobCancelled");
    assert_false(event_kind_is_end(JOB_PROGRESSED));
    assert_true(event_kind_is_end(JOB_CANCELLED));
}

static int close_arena(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_have_1_to_255_bytes),
        cmocka_unit_test(creators_are_absent_or_have_1_to_255_bytes),
        cmocka_unit_test(types_have_1_to_128_bytes),
        cmocka_unit_test(attempts_go_from_1_to_10000),
        cmocka_unit_test(progress_goes_from_0_to_100),
        cmocka_unit_test(nothing_occurred_before_the_year_2000),
        cmocka_unit_test(a_time_in_another_unit_is_told_as_what_it_would_be),
        cmocka_unit_test(nothing_occurs_more_than_a_day_after_its_record),
        cmocka_unit_test(a_time_that_no_broker_wrote_bounds_no_future_but_four_digits_do),
        cmocka_unit_test(error_codes_have_at_most_128_bytes),
        cmocka_unit_test(results_are_web_addresses),
        cmocka_unit_test(a_text_at_its_limit_is_left_as_it_is),
        cmocka_unit_test(a_longer_text_is_cut_with_a_mark_inside_the_limit),
        cmocka_unit_test(a_text_is_cut_between_characters),
        cmocka_unit_test(kinds_are_named_as_their_records),
    };

    return cmocka_run_group_tests(tests, NULL, close_arena);
}
