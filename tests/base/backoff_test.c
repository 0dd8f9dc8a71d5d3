// SPDX-License-Identifier: Apache-2.0
// Waiting after failures: it grows to its bound, and ends with the first success.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/backoff.h"

static void it_doubles_up_to_the_longest(void **state)
{
    (void)state;
    assert_int_equal(backoff_between(100, 450, 0, 0), 100);
    assert_int_equal(backoff_between(100, 450, 1, 0), 200);
    assert_int_equal(backoff_between(100, 450, 2, 0), 400);
    assert_int_equal(backoff_between(100, 450, 3, 0), 450);
    assert_int_equal(backoff_between(100, 450, UINT32_MAX, 0), 450);
    assert_int_equal(backoff_between(900, 450, 0, 0), 450);
    assert_int_equal(backoff_between(0, 450, 0, 0), 1);
}

static void chance_takes_away_half_at_most(void **state)
{
    (void)state;
    for (uint64_t random = 0; random < 999; random++) {
        int64_t wait = backoff_between(100, 450, 1, random);

        assert_true(wait >= 100 && wait <= 200);
    }
    assert_int_equal(backoff_between(100, 450, 1, 100), 100);
}

static void a_success_begins_anew(void **state)
{
    struct backoff backoff = {0};

    (void)state;
    for (int i = 0; i < 10; i++)
        backoff_fail(&backoff, 1000);
    assert_int_equal(backoff.failures, 10);
    assert_true(backoff.until_us >= 1000 + 2500000 && backoff.until_us <= 1000 + 5000000);
    backoff_end(&backoff);
    assert_int_equal(backoff.until_us, 0);
    backoff_fail(&backoff, 1000);
    assert_true(backoff.until_us >= 1000 + 50000 && backoff.until_us <= 1000 + 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_doubles_up_to_the_longest),
        cmocka_unit_test(chance_takes_away_half_at_most),
        cmocka_unit_test(a_success_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
