// SPDX-License-Identifier: Apache-2.0
// A stored row against what its events fold to, of a log that has all and of one that lacks some.
#include "verify/judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/erasure.h"
#include "core/made.h"
#include "verify/row_parts.h"

static struct err err;

// A job's row with its first events, and as it is stored.
struct kept {
    struct row *row;
    struct arena arena;
    struct job_columns columns;
};

static void keep(struct kept *kept, int events)
{
    struct event life[MADE_LIFE];

    made_life(life);
    kept->row = made_row();
    for (int i = 0; i < events; i++)
        folded(kept->row, life[i]);
    arena_init(&kept->arena);
    assert_int_equal(pack_row(kept->row, &kept->arena, &kept->columns, &err), DONE);
}

static void let_go(struct kept *kept)
{
    row_free(kept->row);
    arena_reset(&kept->arena);
}

// The parts that differ, as "part: stored > expected;".
static int note(void *self, const struct part_difference *part, struct err *failure)
{
    struct buffer *out = self;
    const struct slice nothing = SLICE_LITERAL("-"),
                       stored = part->stored.data ? part->stored : nothing,
                       expected = part->expected.data ? part->expected : nothing;

    (void)failure;
    buffer_append_format(out, "%s: %.*s > %.*s; ", part->part, (int)stored.size, stored.data,
                         (int)expected.size, expected.data);
    return DONE;
}

static void assert_judged(const struct job_columns *stored, const struct row *row, bool has_all,
                          enum verdict verdict, const char *parts)
{
    struct judgement judgement;
    struct buffer out;
    struct arena arena;
    const struct parts_visitor visitor = {&out, note};

    arena_init(&arena);
    buffer_init(&out);
    assert_int_equal(judge_row(stored, row, has_all, &arena, &judgement, &err), DONE);
    assert_int_equal(judgement.verdict, verdict);
    if (verdict == ROW_DIFFERS && judgement.expected) {
        const struct row_pair pair = {stored, &judgement.columns, judgement.stored,
                                      judgement.expected};

        assert_int_equal(row_parts_compare(&pair, NULL, &visitor, &err), DONE);
    }
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, parts);
    judgement_close(&judgement);
    buffer_free(&out);
    arena_reset(&arena);
}

static void test_what_is_the_same(void **state)
{
    struct kept kept;

    (void)state;
    keep(&kept, MADE_LIFE);
    assert_judged(&kept.columns, kept.row, true, ROW_SAME, "");
    assert_judged(&kept.columns, kept.row, false, ROW_SAME, "");
    let_go(&kept);
}

static void test_each_column_that_differs_is_named(void **state)
{
    struct kept kept;
    struct job_columns changed;

    (void)state;
    keep(&kept, MADE_LIFE);
    changed = kept.columns;
    changed.status = STATUS_SUCCESSFUL;
    assert_judged(&changed, kept.row, true, ROW_DIFFERS, "status: successful > failed; ");
    changed = kept.columns;
    changed.message = SLICE_NULL;
    changed.started_at_us = TIME_NONE;
    changed.progress = PROGRESS_NONE;
    assert_judged(&changed, kept.row, true, ROW_DIFFERS,
                  "progress: - > 40; message: - > broken; "
                  "started_at: - > 2020-01-01T00:00:01.000000Z; ");
    let_go(&kept);
}

// Columns follow from the packed state: what contradicts it differs, whatever the log has.
static void test_a_row_that_contradicts_itself(void **state)
{
    struct kept kept;
    struct job_columns changed;

    (void)state;
    keep(&kept, MADE_LIFE);
    changed = kept.columns;
    changed.status = STATUS_DISMISSED + 1;
    assert_judged(&changed, NULL, false, ROW_DIFFERS, "status: unknown > dismissed; ");
    let_go(&kept);
}

static void test_a_log_that_lacks_events(void **state)
{
    struct kept all, some;

    (void)state;
    keep(&all, MADE_LIFE);
    keep(&some, 2);
    // What the row has besides may be of events that are gone.
    assert_judged(&all.columns, some.row, false, ROW_HOLDS_MORE, "");
    assert_judged(&all.columns, NULL, false, ROW_HOLDS_MORE, "");
    // What the log has and the row has not cannot be.
    assert_judged(&some.columns, all.row, false, ROW_DIFFERS,
                  "status: running > failed; progress: - > 40; message: begun > broken; "
                  "error_code: - > E42; error_detail: - > the disk is full; "
                  "finished_at: - > 2020-01-01T00:00:03.000000Z; "
                  "updated_at: 2020-01-01T00:00:01.000000Z > 2020-01-01T00:00:03.000000Z; "
                  "state.tick: - > 40; state.end.known: false > true; "
                  "state.end.key.id: 00000000-0000-0000-0000-000000000000 > "
                  "04000000-0000-0000-0000-000000000000; state.end.message: - > broken; "
                  "state.statement.key.occurred_at_us: 2020-01-01T00:00:01.000000Z > "
                  "2020-01-01T00:00:02.000000Z; "
                  "state.statement.key.id: 02000000-0000-0000-0000-000000000000 > "
                  "03000000-0000-0000-0000-000000000000; "
                  "state.statement.key.kind: JobStarted > JobProgressed; "
                  "state.statement.progress: 0 > 40; "
                  "state.statement.message: begun > going on; "
                  "history.ends[0]: - > JobFailed 04000000-0000-0000-0000-000000000000, attempt 1, "
                  "2020-01-01T00:00:03.000000Z, error \"E42\", message \"broken\"; ");
    let_go(&all);
    let_go(&some);
}

static void test_a_row_without_events(void **state)
{
    struct kept kept;

    (void)state;
    keep(&kept, MADE_LIFE);
    assert_judged(&kept.columns, NULL, true, ROW_DIFFERS, "");
    let_go(&kept);
}

// What cannot be unpacked is shown as bytes.
static void test_a_damaged_state_and_a_damaged_history(void **state)
{
    struct kept kept;
    struct job_columns changed;

    (void)state;
    keep(&kept, 0);
    folded(kept.row, made(JOB_STARTED, 1, 1, 1));
    assert_int_equal(pack_row(kept.row, &kept.arena, &kept.columns, &err), DONE);
    changed = kept.columns;
    changed.state = SLICE_LITERAL("\x09");
    assert_judged(&changed, kept.row, true, ROW_DIFFERS, "state: 09 > 010100ff; ");
    assert_judged(&changed, kept.row, false, ROW_DIFFERS, "state: 09 > 010100ff; ");
    changed = kept.columns;
    changed.state = SLICE_NULL;
    assert_judged(&changed, kept.row, true, ROW_DIFFERS, "state: - > 010100ff; ");
    let_go(&kept);
}

static void assert_less(const struct job_columns *stored, const struct row *folded, bool expected)
{
    struct arena arena;
    bool is_less;

    arena_init(&arena);
    assert_int_equal(judge_is_less(stored, folded, &arena, &is_less, &err), DONE);
    assert_int_equal(is_less, expected);
    arena_reset(&arena);
}

// As of a job that left and began anew, of which the log still has all.
static void test_what_holds_less(void **state)
{
    struct kept all, some;

    (void)state;
    keep(&all, MADE_LIFE);
    keep(&some, 2);
    assert_less(&some.columns, all.row, true);
    assert_less(&all.columns, some.row, false);
    some.columns.progress = 99; // nobody's fold
    assert_less(&some.columns, all.row, false);
    let_go(&all);
    let_go(&some);
}

static void assert_erased(struct row *stored, const struct row *folded, bool expected)
{
    struct job_columns columns;
    struct arena arena;
    bool is_erased;

    arena_init(&arena);
    assert_int_equal(pack_row(stored, &arena, &columns, &err), DONE);
    assert_int_equal(judge_is_erased(&columns, folded, &arena, &is_erased, &err), DONE);
    assert_int_equal(is_erased, expected);
    arena_reset(&arena);
}

static void test_what_differs_in_an_erased_creator(void **state)
{
    struct row *stored = made_row(), *folded_row = made_row();
    bool changed = false;

    (void)state;
    folded(stored, made_creation(1, 1, "ann"));
    folded(folded_row, made_creation(1, 1, "ann"));
    assert_erased(stored, folded_row, false); // nobody was erased
    assert_int_equal(row_erase(stored, SLICE_LITERAL("ann"), &changed, &err), DONE);
    assert_erased(stored, folded_row, true);
    folded(folded_row, made(JOB_STARTED, 1, 2, 2));
    assert_erased(stored, folded_row, false);
    row_free(stored);
    row_free(folded_row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_holds_less),
        cmocka_unit_test(test_what_differs_in_an_erased_creator),
        cmocka_unit_test(test_what_is_the_same),
        cmocka_unit_test(test_each_column_that_differs_is_named),
        cmocka_unit_test(test_a_row_that_contradicts_itself),
        cmocka_unit_test(test_a_log_that_lacks_events),
        cmocka_unit_test(test_a_row_without_events),
        cmocka_unit_test(test_a_damaged_state_and_a_damaged_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
