// SPDX-License-Identifier: Apache-2.0
// Horizons: which line holds, what leaves, what is ignored, and that none ever moves back.
#include "core/horizon.h"

#include "core/made.h"
#include "core/pack.h"

#define DAY     (24 * 60 * 60 * US_PER_SECOND)
#define HOUR    (60 * 60 * US_PER_SECOND)
#define TEXT(t) SLICE_LITERAL(t)

static const struct horizon lines[] = {
    {{TEXT(""), TEXT("")}, 100},           {{TEXT(""), TEXT("Seed")}, 200},
    {{TEXT("acme"), TEXT("")}, 50},        {{TEXT("acme"), TEXT("Load")}, 300},
    {{TEXT("kept"), TEXT("")}, TIME_NONE},
};

static struct horizons made_horizons(void)
{
    struct horizons horizons = {.items = lines, .count = sizeof lines / sizeof *lines};

    horizons_settle(&horizons);
    return horizons;
}

static void the_most_particular_line_holds(void **state)
{
    const struct horizons horizons = made_horizons();

    (void)state;
    assert_int_equal(horizons.latest_us, 300);
    assert_int_equal(horizon_ignoring_us(&horizons, TEXT("other"), TEXT("Load")), 100);
    assert_int_equal(horizon_ignoring_us(&horizons, TEXT("other"), TEXT("Seed")), 200);
    assert_int_equal(horizon_ignoring_us(&horizons, TEXT("acme"), TEXT("Seed")), 50);
    assert_int_equal(horizon_ignoring_us(&horizons, TEXT("acme"), TEXT("Load")), 300);
    assert_true(horizon_ignoring_us(&horizons, TEXT("kept"), TEXT("Seed")) == TIME_NONE);
}

static void an_unknown_type_leaves_last_and_is_ignored_first(void **state)
{
    const struct horizons horizons = made_horizons();

    (void)state;
    assert_int_equal(horizon_ignoring_us(&horizons, TEXT("other"), SLICE_NULL), 200);
    assert_int_equal(horizon_leaving_us(&horizons, TEXT("other"), SLICE_NULL), 100);
    assert_int_equal(horizon_ignoring_us(&horizons, TEXT("acme"), SLICE_NULL), 300);
    assert_int_equal(horizon_leaving_us(&horizons, TEXT("acme"), SLICE_NULL), 50);
    assert_true(horizon_leaving_us(&horizons, TEXT("kept"), SLICE_NULL) == TIME_NONE);
    assert_true(horizons_earliest_us(&horizons) == TIME_NONE);
}

static bool leaves(int64_t before_us, const struct row *row)
{
    const struct horizon line = {{TEXT(""), TEXT("")}, before_us};
    struct horizons horizons = {.items = &line, .count = 1};
    struct job_columns columns;
    struct arena arena;
    struct err err;
    bool answer;

    horizons_settle(&horizons);
    arena_init(&arena);
    assert_int_equal(pack_row(row, &arena, &columns, &err), DONE);
    answer = horizon_lets_leave(&horizons, &columns);
    assert_true(!answer || horizon_ignores(&horizons, row));
    arena_reset(&arena);
    return answer;
}

static void a_job_leaves_once_it_ended_and_nothing_of_it_is_younger(void **state)
{
    struct row *row = made_row();

    (void)state;
    folded(row, made_creation(1, 1, "ann"));
    assert_false(leaves(AT(1000), row));
    folded(row, made(JOB_SUCCEEDED, 1, 5, 2));
    assert_true(leaves(AT(5), row));
    assert_false(leaves(AT(5) - 1, row));
    assert_false(leaves(TIME_NONE, row));
    folded(row, made_tick(1, 9, 3, 50)); // after its end
    assert_false(leaves(AT(8), row));
    assert_true(leaves(AT(9), row));
    folded(row, made(JOB_STARTED, 2, 3, 4)); // it runs again
    assert_false(leaves(AT(9), row));
    row_free(row);
}

// From before to after by that configuration.
static struct horizons advance(const struct horizons *before, const struct keeping *keepings,
                               size_t count, int64_t now_us, struct arena *arena, bool *changed)
{
    struct horizons after;
    struct err err;

    assert_int_equal(horizons_advance(before, &(struct keepings){keepings, count}, now_us, HOUR,
                                      arena, &after, changed, &err),
                     DONE);
    return after;
}

static void horizons_follow_the_clock_by_steps(void **state)
{
    const struct keeping keeping = {{TEXT(""), TEXT("")}, 30 * DAY};
    const struct horizons none = {.latest_us = TIME_NONE};
    struct horizons first, second;
    struct arena arena;
    bool changed;

    (void)state;
    arena_init(&arena);
    first = advance(&none, &keeping, 1, 100 * DAY, &arena, &changed);
    assert_true(changed);
    assert_int_equal(first.items[0].before_us, 70 * DAY);
    second = advance(&first, &keeping, 1, 100 * DAY + HOUR - 1, &arena, &changed);
    assert_false(changed);
    second = advance(&first, &keeping, 1, 100 * DAY + HOUR, &arena, &changed);
    assert_true(changed);
    assert_int_equal(second.items[0].before_us, 70 * DAY + HOUR);
    second = advance(&second, &keeping, 1, 90 * DAY, &arena, &changed); // a clock that was set back
    assert_false(changed);
    assert_int_equal(second.items[0].before_us, 70 * DAY + HOUR);
    arena_reset(&arena);
}

// What an organisation's new line takes over stays where it was, type by type.
static void a_new_line_neither_brings_back_nor_lets_leave(void **state)
{
    const struct keeping old[] = {{{TEXT(""), TEXT("")}, 100 * DAY},
                                  {{TEXT(""), TEXT("Seed")}, DAY}};
    const struct keeping new[] = {{{TEXT(""), TEXT("")}, 100 * DAY},
                                  {{TEXT(""), TEXT("Seed")}, DAY},
                                  {{TEXT("acme"), TEXT("")}, 0}};
    const struct horizons none = {.latest_us = TIME_NONE};
    struct horizons first, second;
    struct arena arena;
    bool changed;

    (void)state;
    arena_init(&arena);
    first = advance(&none, old, 2, 200 * DAY, &arena, &changed);
    second = advance(&first, new, 3, 300 * DAY, &arena, &changed);
    assert_int_equal(horizon_leaving_us(&second, TEXT("acme"), TEXT("Seed")), 199 * DAY);
    assert_int_equal(horizon_leaving_us(&second, TEXT("acme"), TEXT("Load")), 100 * DAY);
    assert_int_equal(horizon_leaving_us(&second, TEXT("other"), TEXT("Load")), 200 * DAY);
    arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_particular_line_holds),
        cmocka_unit_test(an_unknown_type_leaves_last_and_is_ignored_first),
        cmocka_unit_test(a_job_leaves_once_it_ended_and_nothing_of_it_is_younger),
        cmocka_unit_test(horizons_follow_the_clock_by_steps),
        cmocka_unit_test(a_new_line_neither_brings_back_nor_lets_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
