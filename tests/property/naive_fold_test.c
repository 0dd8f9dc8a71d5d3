// SPDX-License-Identifier: Apache-2.0
// The oracle held against examples worked out by hand from the design's table, one a rule, so
// that the property does not compare two equal misreadings.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "property/naive_fold.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct event made(enum event_kind kind, int32_t attempt, int64_t at, unsigned char id,
                         const char *message)
{
    return (struct event){
        .kind = kind,
        .attempt = attempt,
        .occurred_at_us = at,
        .id.bytes[0] = id,
        .message = slice_of(message),
        .organization_id = SLICE_LITERAL("org"),
        .job_id = SLICE_LITERAL("job"),
    };
}

static struct event created(int32_t attempt, int64_t at, unsigned char id, const char *creator)
{
    struct event event = made(JOB_CREATED, attempt, at, id, NULL);

    event.type = SLICE_LITERAL("Load");
    event.creator_id = slice_of(creator);
    event.cancellable = true;
    return event;
}

static struct event tick(int32_t attempt, int64_t at, int32_t progress)
{
    struct event event = made(JOB_PROGRESSED, attempt, at, 9, NULL);

    event.progress = progress;
    return event;
}

static struct event failed(int32_t attempt, int64_t at, const char *code, const char *detail)
{
    struct event event = made(JOB_FAILED, attempt, at, 7, NULL);

    event.error_code = slice_of(code);
    event.error_detail = slice_of(detail);
    return event;
}

static struct naive_row fold(const struct event *events, size_t count)
{
    struct naive_row row;

    naive_fold(events, count, &row);
    return row;
}

static void assert_text(struct slice text, const char *expected)
{
    assert_true(slice_equal(text, slice_of(expected)));
}

static void an_event_before_its_creation_makes_a_row_of_nobody(void **state)
{
    struct event events[] = {tick(2, 50, 0)};
    struct naive_row row = fold(events, COUNT_OF(events));

    (void)state;
    assert_int_equal(row.columns.status, STATUS_RUNNING);
    assert_int_equal(row.columns.attempt, 2);
    assert_int_equal(row.columns.progress, 0);
    assert_true(row.columns.started_at_us == TIME_NONE);
    assert_true(row.columns.created_at_us == TIME_NONE);
    assert_true(row.columns.updated_at_us == 50);
    assert_text(row.columns.type, NULL);
    assert_text(row.columns.creator_id, NULL);
    assert_false(row.columns.cancellable);
}

static void a_higher_attempt_resets_what_belongs_to_the_attempt(void **state)
{
    struct event events[] = {
        created(1, 10, 1, "ann"),  made(JOB_STARTED, 1, 20, 2, NULL), tick(1, 30, 70),
        failed(1, 40, "E", "why"), created(2, 5, 3, "ann"),
    };
    struct naive_row row = fold(events, COUNT_OF(events));

    (void)state;
    assert_int_equal(row.columns.status, STATUS_ACCEPTED);
    assert_int_equal(row.columns.progress, PROGRESS_NONE);
    assert_true(row.columns.started_at_us == TIME_NONE);
    assert_true(row.columns.finished_at_us == TIME_NONE);
    assert_true(row.columns.created_at_us == 5);
    assert_true(row.columns.updated_at_us == 40);
    assert_text(row.columns.error_code, NULL);
    assert_false(row.columns.creator_disputed);
}

static void the_earliest_end_wins(void **state)
{
    struct event events[] = {made(JOB_SUCCEEDED, 1, 31, 1, NULL), failed(1, 30, "E", "why"),
                             tick(1, 35, 60)};
    struct naive_row row = fold(events, COUNT_OF(events));

    (void)state;
    assert_int_equal(row.columns.status, STATUS_FAILED);
    assert_true(row.columns.finished_at_us == 30);
    assert_int_equal(row.columns.progress, 60);
    assert_text(row.columns.error_code, "E");
    assert_text(row.columns.error_detail, "why");
    assert_int_equal(row.history.count[HISTORY_ENDS], 2);
    assert_int_equal(row.history.entries[HISTORY_ENDS][0].kind, JOB_FAILED);
    events[0].occurred_at_us = 29;
    row = fold(events, COUNT_OF(events));
    assert_int_equal(row.columns.status, STATUS_SUCCESSFUL);
    assert_int_equal(row.columns.progress, 100);
    assert_text(row.columns.error_code, NULL);
    assert_text(row.columns.error_detail, NULL);
}

static void equal_times_are_decided_by_id_then_kind_then_content(void **state)
{
    struct event events[] = {made(JOB_CANCELLED, 1, 30, 2, "c"), made(JOB_SUCCEEDED, 1, 30, 2, "b"),
                             made(JOB_SUCCEEDED, 1, 30, 2, "a"),
                             made(JOB_SUCCEEDED, 1, 30, 3, NULL)};

    (void)state;
    assert_int_equal(fold(events, 1).columns.status, STATUS_DISMISSED);
    assert_int_equal(fold(events, 2).columns.status, STATUS_SUCCESSFUL);
    assert_text(fold(events, 2).columns.message, "b");
    assert_text(fold(events, 4).columns.message, "a");
    events[3].id.bytes[0] = 1;
    assert_text(fold(events, 4).columns.message, NULL);
}

static void the_message_is_the_ends_then_the_latest_stated_then_the_creations(void **state)
{
    struct event events[] = {
        created(1, 10, 1, "ann"),           made(JOB_STARTED, 2, 20, 2, "starting"),
        made(JOB_STARTED, 2, 30, 3, NULL),  made(JOB_SUCCEEDED, 2, 40, 4, NULL),
        made(JOB_STARTED, 1, 50, 5, "old"),
    };

    (void)state;
    events[0].message = SLICE_LITERAL("made");
    assert_text(fold(events, 1).columns.message, "made");
    assert_text(fold(events, 5).columns.message, "starting");
    events[3].message = SLICE_LITERAL("");
    assert_text(fold(events, 5).columns.message, "");
    events[1].message = SLICE_NULL;
    events[3].message = SLICE_NULL;
    assert_text(fold(events, 5).columns.message, "made");
}

static void two_creators_are_a_dispute_and_the_earliest_creation_stands(void **state)
{
    struct event events[] = {created(1, 10, 1, NULL), created(1, 9, 2, NULL),
                             created(1, 11, 3, "ann")};

    (void)state;
    assert_false(fold(events, 2).columns.creator_disputed);
    assert_true(fold(events, 3).columns.creator_disputed);
    assert_true(fold(events, 3).columns.created_at_us == 9);
    assert_text(fold(events, 3).columns.creator_id, NULL);
}

static void history_keeps_the_best_sixteen_each_once(void **state)
{
    struct event events[40];
    struct naive_row row;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(events); i++)
        events[i] =
            made(JOB_STARTED, 1 + (int32_t)(i % 2), 100 - (int64_t)(i / 2), (unsigned char)i, NULL);
    events[1] = events[3];
    row = fold(events, COUNT_OF(events));
    assert_int_equal(row.history.count[HISTORY_CREATIONS], 0);
    assert_int_equal(row.history.count[HISTORY_STARTS], HISTORY_SET_MAX);
    for (size_t i = 0; i < HISTORY_SET_MAX; i++) {
        assert_int_equal(row.history.entries[HISTORY_STARTS][i].attempt, 2);
        assert_true(row.history.entries[HISTORY_STARTS][i].occurred_at_us == 81 + (int64_t)i);
    }
}

static void history_cuts_messages_and_joins_what_is_then_equal(void **state)
{
    char text[300];
    struct event events[2] = {made(JOB_STARTED, 1, 10, 1, NULL), made(JOB_STARTED, 1, 10, 1, NULL)};
    struct naive_row row;

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text + 255, "\xc3\xa9", 2);
    events[0].message = (struct slice){text, 270};
    events[1].message = (struct slice){text, 280};
    row = fold(events, 2);
    assert_int_equal(row.history.count[HISTORY_STARTS], 1);
    assert_int_equal(row.history.entries[HISTORY_STARTS][0].message.size, 255);
    assert_int_equal(row.columns.message.size, 280);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_before_its_creation_makes_a_row_of_nobody),
        cmocka_unit_test(a_higher_attempt_resets_what_belongs_to_the_attempt),
        cmocka_unit_test(the_earliest_end_wins),
        cmocka_unit_test(equal_times_are_decided_by_id_then_kind_then_content),
        cmocka_unit_test(the_message_is_the_ends_then_the_latest_stated_then_the_creations),
        cmocka_unit_test(two_creators_are_a_dispute_and_the_earliest_creation_stands),
        cmocka_unit_test(history_keeps_the_best_sixteen_each_once),
        cmocka_unit_test(history_cuts_messages_and_joins_what_is_then_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
