// SPDX-License-Identifier: Apache-2.0
// When being fenced means that two deployments share a schema, and when it does not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time_us.h"
#include "serve/source/rivalry.h"

enum { START = 1000 };

static int64_t at(int seconds)
{
    return (START + seconds) * US_PER_SECOND;
}

static void fenced_on_and_on_is_said_now_and_then(void **state)
{
    struct rivalry rivalry = {0};
    int said = 0;

    (void)state;
    for (int second = 0; second < 300; second++)
        said += rivalry_fenced(&rivalry, at(second), at(-5));
    assert_int_equal(said, 5);
}

// Committed batches in between, as two deployments have them, change nothing.
static void a_batch_that_worked_in_between_does_not_hide_it(void **state)
{
    struct rivalry rivalry = {0};
    bool said = false;

    (void)state;
    for (int second = 0; second < 100; second += 20)
        said |= rivalry_fenced(&rivalry, at(second), at(-5));
    assert_true(said);
}

static void who_was_frozen_learns_that_its_partitions_are_gone(void **state)
{
    struct rivalry rivalry = {0};

    (void)state;
    for (int i = 0; i < 9; i++)
        assert_false(rivalry_fenced(&rivalry, at(i), at(-100)));
    // They come back, and others are lost again.
    for (int i = 0; i < 9; i++)
        assert_false(rivalry_fenced(&rivalry, at(20 + i), at(15)));
}

static void fenced_once_in_a_while_is_no_row(void **state)
{
    struct rivalry rivalry = {0};

    (void)state;
    for (int minute = 0; minute < 100; minute++)
        assert_false(rivalry_fenced(&rivalry, at(minute * 61), at(-100)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fenced_on_and_on_is_said_now_and_then),
        cmocka_unit_test(a_batch_that_worked_in_between_does_not_hide_it),
        cmocka_unit_test(who_was_frozen_learns_that_its_partitions_are_gone),
        cmocka_unit_test(fenced_once_in_a_while_is_no_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
