// SPDX-License-Identifier: Apache-2.0
// Up to where the ledger has what a partition holds, however deliveries and readings interleave.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/relay/published_log.h"

static void who_publishes_alone_leaves_no_gap(void **state)
{
    struct published_log log = {.next_offset = 7};

    (void)state;
    assert_false(published_log_has_gap(&log));
    for (int64_t offset = 7; offset < 10; offset++)
        published_log_delivered(&log, offset);
    assert_int_equal(log.next_offset, 10);
    assert_true(log.is_moved);
    assert_false(published_log_has_gap(&log));
}

static void what_another_one_wrote_is_a_gap(void **state)
{
    struct published_log log = {.next_offset = 7};

    (void)state;
    published_log_delivered(&log, 7);
    published_log_delivered(&log, 9);
    published_log_delivered(&log, 10);
    assert_int_equal(log.next_offset, 8);
    assert_true(published_log_has_gap(&log));
    // Read up to where ours begins, all is known that is behind it.
    published_log_read(&log, 9);
    assert_int_equal(log.next_offset, 11);
    assert_false(published_log_has_gap(&log));
}

static void two_gaps_are_read_up_to_the_last(void **state)
{
    struct published_log log = {.next_offset = 7};

    (void)state;
    published_log_delivered(&log, 9);
    published_log_delivered(&log, 12);
    published_log_read(&log, 10);
    assert_int_equal(log.next_offset, 10);
    assert_true(published_log_has_gap(&log));
    published_log_read(&log, 13);
    assert_int_equal(log.next_offset, 13);
    assert_false(published_log_has_gap(&log));
}

static void before_the_first_reading_nothing_is_known(void **state)
{
    struct published_log log = {.next_offset = -1};

    (void)state;
    published_log_delivered(&log, 4);
    published_log_delivered(&log, -1); // where is not known
    published_log_delivered(&log, 5);
    assert_int_equal(log.next_offset, -1);
    published_log_read(&log, 4);
    assert_int_equal(log.next_offset, 6);
    assert_false(published_log_has_gap(&log));
}

static void where_a_delivery_is_not_known_the_next_one_shows_a_gap(void **state)
{
    struct published_log log = {.next_offset = 4};

    (void)state;
    published_log_delivered(&log, -1);
    assert_false(published_log_has_gap(&log));
    published_log_delivered(&log, 5);
    assert_true(published_log_has_gap(&log));
}

static void a_position_of_another_log_is_no_position(void **state)
{
    (void)state;
    assert_int_equal(published_log_begin(5, 0, 9), 5);
    assert_int_equal(published_log_begin(9, 0, 9), 9);
    assert_int_equal(published_log_begin(-1, 3, 9), 3); // nothing is known
    assert_int_equal(published_log_begin(2, 3, 9), 3);  // expired
    assert_int_equal(published_log_begin(10, 0, 9), 0); // it was made again
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_publishes_alone_leaves_no_gap),
        cmocka_unit_test(what_another_one_wrote_is_a_gap),
        cmocka_unit_test(two_gaps_are_read_up_to_the_last),
        cmocka_unit_test(before_the_first_reading_nothing_is_known),
        cmocka_unit_test(where_a_delivery_is_not_known_the_next_one_shows_a_gap),
        cmocka_unit_test(a_position_of_another_log_is_no_position),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
