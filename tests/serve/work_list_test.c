// SPDX-License-Identifier: Apache-2.0
// Requests come in their order, and those that wait when they are due.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "serve/http/work_list.h"

enum { LONG_US = 1000 * 1000 * 1000 };

static void work_comes_in_order_and_when_due(void **state)
{
    int64_t now_us = clock_monotonic_us();
    struct work_item items[5];
    struct work_list list;
    bool closed;

    (void)state;
    work_list_init(&list);
    assert_null(work_list_take(&list, now_us, &closed));
    assert_false(closed);
    assert_true(work_list_add(&list, &items[0]));
    assert_true(work_list_add(&list, &items[1]));
    work_list_add_later(&list, &items[3], now_us + LONG_US);
    work_list_add_later(&list, &items[2], now_us - 1);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[2]);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[0]);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[1]);
    assert_null(work_list_take(&list, now_us, &closed)); // the last is not due
    assert_true(work_list_add(&list, &items[0]));
    work_list_close(&list);
    assert_false(work_list_add(&list, &items[4]));
    // What is there is handed out all the same, due or not.
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[3]);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[0]);
    assert_false(closed);
    assert_null(work_list_take(&list, INT64_MAX / 2, &closed));
    assert_true(closed);
    work_list_destroy(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_comes_in_order_and_when_due),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
