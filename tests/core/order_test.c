// SPDX-License-Identifier: Apache-2.0
// The total order of events: occurred_at, event_id, kind, canonical content.
#include "core/made.h"
#include "core/order.h"

enum { LADDER_MAX = 32 };

// Events of which each comes before the next, each by one more thing that decides.
static size_t ladder(struct event steps[LADDER_MAX])
{
    struct event event = made(JOB_CREATED, 1, 0, 1);
    size_t count = 0;

    steps[count++] = event;
    steps[count] = event;
    steps[count++].error_detail = SLICE_LITERAL("");
    steps[count] = event;
    steps[count++].result_uri = SLICE_LITERAL("");
    steps[count] = event;
    steps[count++].message = SLICE_LITERAL("");
    steps[count] = event;
    steps[count++].message = SLICE_LITERAL("a");
    steps[count] = event;
    steps[count++].message = SLICE_LITERAL("ab");
    steps[count] = event;
    steps[count++].message = SLICE_LITERAL("b");
    steps[count] = event;
    steps[count++].message = SLICE_LITERAL("\xc3\xa9");
    steps[count] = event;
    steps[count++].command_id.bytes[15] = 1;
    steps[count] = event;
    steps[count++].has_command = true;
    steps[count] = event;
    steps[count++].error_code = SLICE_LITERAL("");
    steps[count] = event;
    steps[count++].progress = 1;
    steps[count] = event;
    steps[count++].cancellable = true;
    steps[count] = event;
    steps[count++].creator_id = SLICE_LITERAL("ann");
    steps[count] = event;
    steps[count++].type = SLICE_LITERAL("Load");
    steps[count] = event;
    steps[count++].attempt = 2;
    steps[count++] = made(JOB_STARTED, 1, 0, 1);
    steps[count++] = made(JOB_CANCELLED, 1, 0, 1);
    steps[count] = event;
    steps[count++].id.bytes[15] = 1;
    steps[count++] = made(JOB_CREATED, 1, 0, 255);
    steps[count] = event;
    steps[count++].occurred_at_us++;
    assert_true(count <= LADDER_MAX);
    return count;
}

static void each_part_decides_where_those_before_it_are_equal(void **state)
{
    struct event steps[LADDER_MAX];
    size_t count = ladder(steps);

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            int order = event_compare(&steps[i], &steps[j]);

            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void only_the_same_fact_is_equal(void **state)
{
    struct event a = made_creation(0, 1, "ann"), b = a;
    char other_memory[] = "ann";

    (void)state;
    b.creator_id.data = other_memory;
    assert_int_equal(event_compare(&a, &b), 0);
}

static void absent_comes_before_empty(void **state)
{
    struct event absent = made(JOB_STARTED, 1, 0, 1), empty = absent;

    (void)state;
    empty.message = SLICE_LITERAL("");
    assert_true(event_compare(&absent, &empty) < 0);
    assert_true(event_compare(&empty, &absent) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_decides_where_those_before_it_are_equal),
        cmocka_unit_test(only_the_same_fact_is_equal),
        cmocka_unit_test(absent_comes_before_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
