// SPDX-License-Identifier: Apache-2.0
// The fold, one example a line of the table in docs/design.md, section 5.
#include "core/made.h"

#include "core/pack.h"

static struct row *row;

static int open_row(void **state)
{
    (void)state;
    row = made_row();
    return 0;
}

static int close_row(void **state)
{
    (void)state;
    row_free(row);
    return 0;
}

// What a reader sees; the packed columns are given back with the arena.
static struct job_columns shown(void)
{
    struct job_columns columns;
    struct arena arena;
    struct err err;

    arena_init(&arena);
    assert_int_equal(pack_row(row, &arena, &columns, &err), DONE);
    arena_reset(&arena);
    columns.state = columns.history = SLICE_NULL;
    return columns;
}

static void attempt_is_the_highest_seen(void **state)
{
    (void)state;
    folded(row, made(JOB_STARTED, 2, 5, 1));
    assert_int_equal(shown().attempt, 2);
    folded(row, made(JOB_STARTED, 1, 9, 2));
    assert_int_equal(shown().attempt, 2);
    folded(row, made(JOB_STARTED, 3, 1, 3));
    assert_int_equal(shown().attempt, 3);
}

static void a_higher_attempt_resets_what_belongs_to_the_attempt(void **state)
{
    struct event life[MADE_LIFE];
    struct job_columns columns;

    (void)state;
    made_life(life);
    for (int i = 0; i < MADE_LIFE; i++)
        folded(row, life[i]);
    row->error_detail_changed = false;
    folded(row, made(JOB_CANCELLED, 2, 9, 9));
    columns = shown();
    assert_int_equal(columns.status, STATUS_DISMISSED);
    assert_true(columns.started_at_us == TIME_NONE);
    assert_int_equal(columns.progress, PROGRESS_NONE);
    assert_null(columns.error_code.data);
    assert_null(columns.error_detail.data);
    assert_true(row->error_detail_changed);
    assert_slice(columns.message, "asked for");
    assert_slice(columns.creator_id, "ann"); // the creation's: no attempt's
}

static void a_lower_attempt_changes_neither_status_nor_progress(void **state)
{
    (void)state;
    folded(row, made(JOB_STARTED, 2, 0, 1));
    folded(row, made_tick(1, 5, 2, 90));
    folded(row, made_failure(1, 6, 3, "E", "late"));
    assert_int_equal(shown().status, STATUS_RUNNING);
    assert_int_equal(shown().progress, PROGRESS_NONE);
    assert_true(shown().finished_at_us == TIME_NONE);
    assert_true(shown().updated_at_us == AT(6));
}

static void status_is_accepted_until_a_start_or_a_tick_is_known(void **state)
{
    (void)state;
    folded(row, made_creation(0, 1, "ann"));
    assert_int_equal(shown().status, STATUS_ACCEPTED);
    folded(row, made_tick(1, 1, 2, 0));
    assert_int_equal(shown().status, STATUS_RUNNING);
}

static void status_is_running_once_started(void **state)
{
    (void)state;
    folded(row, made(JOB_STARTED, 1, 0, 1));
    assert_int_equal(shown().status, STATUS_RUNNING);
}

static void status_is_what_the_earliest_end_says(void **state)
{
    (void)state;
    folded(row, made(JOB_SUCCEEDED, 1, 5, 1));
    assert_int_equal(shown().status, STATUS_SUCCESSFUL);
    folded(row, made(JOB_CANCELLED, 1, 4, 2));
    assert_int_equal(shown().status, STATUS_DISMISSED);
    folded(row, made_failure(1, 3, 3, NULL, NULL));
    assert_int_equal(shown().status, STATUS_FAILED);
    folded(row, made(JOB_SUCCEEDED, 1, 9, 9));
    assert_int_equal(shown().status, STATUS_FAILED);
    folded(row, made(JOB_STARTED, 1, 10, 10));
    assert_int_equal(shown().status, STATUS_FAILED);
}

static void started_at_is_the_earliest_start_and_nothing_else_sets_it(void **state)
{
    (void)state;
    folded(row, made_tick(1, 1, 1, 10));
    folded(row, made(JOB_SUCCEEDED, 1, 2, 2));
    assert_true(shown().started_at_us == TIME_NONE);
    folded(row, made(JOB_STARTED, 1, 9, 3));
    folded(row, made(JOB_STARTED, 1, 7, 4));
    folded(row, made(JOB_STARTED, 1, 8, 5));
    assert_true(shown().started_at_us == AT(7));
}

static void finished_at_and_result_are_the_winning_ends(void **state)
{
    struct event late = made(JOB_SUCCEEDED, 1, 5, 1), early = made(JOB_SUCCEEDED, 1, 4, 2);

    (void)state;
    late.result_uri = SLICE_LITERAL("https://late");
    early.result_uri = SLICE_LITERAL("https://early");
    folded(row, late);
    folded(row, early);
    assert_true(shown().finished_at_us == AT(4));
    assert_slice(shown().result_uri, "https://early");
}

static void errors_are_the_winning_ends_if_it_failed_else_null(void **state)
{
    (void)state;
    folded(row, made_failure(1, 5, 1, "E42", "disk"));
    assert_slice(shown().error_code, "E42");
    assert_slice(shown().error_detail, "disk");
    folded(row, made(JOB_SUCCEEDED, 1, 4, 2));
    assert_null(shown().error_code.data);
    assert_null(shown().error_detail.data);
}

static void progress_is_the_highest_tick_and_null_until_one_is_stated(void **state)
{
    (void)state;
    folded(row, made(JOB_STARTED, 1, 0, 1));
    assert_int_equal(shown().progress, PROGRESS_NONE);
    folded(row, made_tick(1, 1, 2, 0));
    assert_int_equal(shown().progress, 0);
    folded(row, made_tick(1, 2, 3, 60));
    folded(row, made_tick(1, 3, 4, 30));
    assert_int_equal(shown().progress, 60);
}

static void progress_is_shown_as_100_only_while_success_wins(void **state)
{
    (void)state;
    folded(row, made_tick(1, 1, 1, 60));
    folded(row, made(JOB_SUCCEEDED, 1, 5, 2));
    assert_int_equal(shown().progress, 100);
    folded(row, made_failure(1, 4, 3, NULL, NULL));
    assert_int_equal(shown().progress, 60);
}

static void message_is_the_ends_then_the_latest_stated_then_the_creations(void **state)
{
    struct event creation = made_creation(0, 1, "ann");

    (void)state;
    assert_null(shown().message.data);
    creation.message = SLICE_LITERAL("created");
    folded(row, creation);
    assert_slice(shown().message, "created");
    folded(row, made_saying(JOB_STARTED, 1, 2, 2, "started"));
    folded(row, made_saying(JOB_PROGRESSED, 1, 1, 3, "earlier tick"));
    assert_slice(shown().message, "started");
    folded(row, made_saying(JOB_PROGRESSED, 1, 3, 4, NULL));
    assert_slice(shown().message, "started");
    folded(row, made(JOB_SUCCEEDED, 1, 4, 5));
    assert_slice(shown().message, "started"); // the end states none
    folded(row, made_saying(JOB_FAILED, 1, 3, 6, ""));
    assert_non_null(shown().message.data); // empty is stated
    assert_int_equal(shown().message.size, 0);
}

static void the_creations_message_speaks_for_another_attempt_too(void **state)
{
    struct event first = made_creation(1, 1, "ann"), second = made_creation(2, 2, "ann");

    (void)state;
    first.message = SLICE_LITERAL("earliest");
    second.message = SLICE_LITERAL("later");
    folded(row, first);
    folded(row, second);
    assert_slice(shown().message, "later"); // the latest stated of the attempt
    folded(row, made(JOB_STARTED, 2, 3, 3));
    assert_slice(shown().message, "earliest");
}

static void what_was_created_is_the_earliest_creations_whatever_its_attempt(void **state)
{
    struct event early = made_creation(1, 1, "ann"), late = made_creation(2, 2, "ann");

    (void)state;
    late.attempt = 5;
    late.type = SLICE_LITERAL("Seed");
    late.cancellable = false;
    folded(row, late);
    assert_slice(shown().type, "Seed");
    assert_false(shown().cancellable);
    folded(row, early);
    assert_slice(shown().type, "Load");
    assert_slice(shown().creator_id, "ann");
    assert_true(shown().cancellable);
    assert_true(shown().created_at_us == AT(1));
    assert_int_equal(shown().attempt, 5);
    assert_false(shown().creator_disputed);
}

static void two_creators_are_a_dispute_for_ever(void **state)
{
    (void)state;
    folded(row, made_creation(2, 1, "ann"));
    folded(row, made_creation(1, 2, "bob"));
    assert_true(shown().creator_disputed);
    assert_slice(shown().creator_id, "bob");
    folded(row, made_creation(0, 3, "bob"));
    assert_true(shown().creator_disputed);
}

static void nobody_and_somebody_are_two_creators(void **state)
{
    (void)state;
    folded(row, made_creation(1, 1, NULL));
    folded(row, made_creation(2, 2, "ann"));
    assert_true(shown().creator_disputed);
}

static void updated_at_is_the_latest_of_any_event(void **state)
{
    (void)state;
    folded(row, made(JOB_SUCCEEDED, 2, 5, 1));
    folded(row, made_tick(1, 9, 2, 1));
    folded(row, made(JOB_STARTED, 2, 1, 3));
    assert_true(shown().updated_at_us == AT(9));
}

static void before_its_creation_a_job_has_no_creator_and_cannot_be_cancelled(void **state)
{
    (void)state;
    folded(row, made(JOB_STARTED, 1, 0, 1));
    assert_null(shown().type.data);
    assert_null(shown().creator_id.data);
    assert_false(shown().cancellable);
    assert_true(shown().created_at_us == TIME_NONE);
}

static void an_event_seen_before_changes_nothing(void **state)
{
    struct event life[MADE_LIFE];

    (void)state;
    made_life(life);
    for (int i = 0; i < MADE_LIFE; i++)
        assert_true(folded(row, life[i]));
    row->history_changed = row->error_detail_changed = false;
    for (int i = 0; i < MADE_LIFE; i++)
        assert_false(folded(row, life[i]));
    assert_false(row->history_changed);
    assert_false(row->error_detail_changed);
}

static void large_columns_are_marked_only_when_they_change(void **state)
{
    (void)state;
    folded(row, made_tick(1, 0, 1, 5));
    assert_false(row->history_changed);
    folded(row, made(JOB_SUCCEEDED, 1, 5, 2));
    assert_true(row->history_changed);
    assert_false(row->error_detail_changed);
    folded(row, made_failure(1, 4, 3, NULL, "long"));
    assert_true(row->error_detail_changed);
}

static void every_order_gives_the_same_row(void **state)
{
    static const int orders[][MADE_LIFE] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    struct event life[MADE_LIFE];

    (void)state;
    made_life(life);
    for (int i = 0; i < MADE_LIFE; i++)
        folded(row, life[i]);
    for (size_t order = 0; order < sizeof orders / sizeof *orders; order++) {
        struct row *other = made_row();

        for (int i = 0; i < MADE_LIFE; i++)
            folded(other, life[orders[order][i]]);
        assert_same_row(row, other);
        row_free(other);
    }
}

static void joining_two_rows_gives_the_row_of_all_their_events(void **state)
{
    struct event life[MADE_LIFE];
    struct row *all = made_row(), *other = made_row();
    bool changed = false;
    struct err err;

    (void)state;
    made_life(life);
    for (int i = 0; i < MADE_LIFE; i++) {
        folded(all, life[i]);
        folded(i % 2 ? row : other, life[i]);
    }
    folded(other, made(JOB_STARTED, 2, 7, 7));
    folded(all, made(JOB_STARTED, 2, 7, 7));
    assert_int_equal(fold_join(row, other, &changed, &err), DONE);
    assert_true(changed);
    assert_same_row(row, all);
    changed = false;
    assert_int_equal(fold_join(row, other, &changed, &err), DONE);
    assert_int_equal(fold_join(row, all, &changed, &err), DONE);
    assert_false(changed);
    row_free(all);
    row_free(other);
}

static void a_dispute_survives_a_join(void **state)
{
    struct row *other = made_row();
    bool changed = false;
    struct err err;

    (void)state;
    folded(row, made_creation(0, 1, "ann"));
    folded(other, made_creation(0, 1, "ann"));
    folded(other, made_creation(1, 2, "bob"));
    assert_int_equal(fold_join(row, other, &changed, &err), DONE);
    assert_true(shown().creator_disputed);
    row_free(other);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, open_row, close_row)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(attempt_is_the_highest_seen),
        RULE(a_higher_attempt_resets_what_belongs_to_the_attempt),
        RULE(a_lower_attempt_changes_neither_status_nor_progress),
        RULE(status_is_accepted_until_a_start_or_a_tick_is_known),
        RULE(status_is_running_once_started),
        RULE(status_is_what_the_earliest_end_says),
        RULE(started_at_is_the_earliest_start_and_nothing_else_sets_it),
        RULE(finished_at_and_result_are_the_winning_ends),
        RULE(errors_are_the_winning_ends_if_it_failed_else_null),
        RULE(progress_is_the_highest_tick_and_null_until_one_is_stated),
        RULE(progress_is_shown_as_100_only_while_success_wins),
        RULE(message_is_the_ends_then_the_latest_stated_then_the_creations),
        RULE(the_creations_message_speaks_for_another_attempt_too),
        RULE(what_was_created_is_the_earliest_creations_whatever_its_attempt),
        RULE(two_creators_are_a_dispute_for_ever),
        RULE(nobody_and_somebody_are_two_creators),
        RULE(updated_at_is_the_latest_of_any_event),
        RULE(before_its_creation_a_job_has_no_creator_and_cannot_be_cancelled),
        RULE(an_event_seen_before_changes_nothing),
        RULE(large_columns_are_marked_only_when_they_change),
        RULE(every_order_gives_the_same_row),
        RULE(joining_two_rows_gives_the_row_of_all_their_events),
        RULE(a_dispute_survives_a_join),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
