// SPDX-License-Identifier: Apache-2.0
// What is remembered of a growing ledger: enough to tell nothing twice, and never more than so
// much.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time_us.h"
#include "store/ledger/followed.h"

#define TURN_US (INT64_C(31) * US_PER_SECOND)

static struct followed followed;

static void only_news_is_news(void **state)
{
    (void)state;
    followed_begin(&followed, 10, 0);
    assert_true(followed_note(&followed, 12, 1, false));
    assert_true(followed_note(&followed, 11, 1, false));
    assert_false(followed_note(&followed, 12, 1, false));
    assert_false(followed_note(&followed, 11, 1, false));
    assert_true(followed_note(&followed, 11, 2, true));
    assert_false(followed_note(&followed, 11, 2, true));
    assert_int_equal(followed.count, 2);
    assert_true(followed.rows[0].id < followed.rows[1].id);
}

static void the_floor_follows_a_turn_behind(void **state)
{
    (void)state;
    followed_begin(&followed, 10, 0);
    assert_true(followed_note(&followed, 11, 1, false));
    assert_true(followed_note(&followed, 12, 1, true));
    followed_turn(&followed, 12, 1); // too early
    assert_int_equal(followed.next_floor, 10);
    followed_turn(&followed, 12, TURN_US);
    assert_int_equal(followed.floor, 10);
    assert_int_equal(followed.count, 2);
    followed_turn(&followed, 12, 2 * TURN_US);
    assert_int_equal(followed.floor, 12);
    assert_int_equal(followed.count, 1); // the settled one below it is of no interest
    assert_int_equal(followed.rows[0].id, 11);
}

static void too_many_push_out_the_lowest(void **state)
{
    (void)state;
    followed_begin(&followed, 0, 0);
    for (int64_t id = 1; id <= FOLLOWED_MAX; id++)
        assert_true(followed_note(&followed, id * 2, 1, false));
    assert_int_equal(followed.count, FOLLOWED_MAX);
    assert_int_equal(followed.floor, 0);
    assert_false(followed_note(&followed, 2, 1, false)); // still known
    assert_true(followed_note(&followed, 2 * FOLLOWED_MAX + 1, 1, false));
    assert_int_equal(followed.count, FOLLOWED_MAX);
    assert_int_equal(followed.floor, 2); // so that it is not asked for as a new one
    assert_int_equal(followed.rows[0].id, 4);
    assert_true(followed_note(&followed, 5, 1, false)); // between others
    assert_int_equal(followed.rows[0].id, 5);
    assert_int_equal(followed.floor, 4);
    for (size_t i = 1; i < followed.count; i++)
        assert_true(followed.rows[i - 1].id < followed.rows[i].id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_news_is_news),
        cmocka_unit_test(the_floor_follows_a_turn_behind),
        cmocka_unit_test(too_many_push_out_the_lowest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
