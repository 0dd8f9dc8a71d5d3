// SPDX-License-Identifier: Apache-2.0
// Failures in the log: one a second of each kind, and the others counted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/time_us.h"
#include "http/failure_log.h"

static void one_a_second_of_each_kind(void **state)
{
    struct failure_log log;
    uint64_t unsaid = 7;

    (void)state;
    failure_log_init(&log);
    assert_true(failure_log_counts(&log, "AWAY", 5, &unsaid));
    assert_int_equal(unsaid, 0);
    for (int i = 0; i < 100; i++)
        assert_false(failure_log_counts(&log, "AWAY", 5 + i, &unsaid));
    assert_true(failure_log_counts(&log, "SLOW", 5, &unsaid));
    assert_int_equal(unsaid, 0);
    assert_false(failure_log_counts(&log, "AWAY", 4 + US_PER_SECOND, &unsaid));
    assert_true(failure_log_counts(&log, "AWAY", 5 + US_PER_SECOND, &unsaid));
    assert_int_equal(unsaid, 101);
    assert_true(failure_log_counts(&log, "AWAY", 5 + 2 * US_PER_SECOND, &unsaid));
    assert_int_equal(unsaid, 0);
    failure_log_destroy(&log);
}

static void of_many_kinds_the_oldest_is_forgotten(void **state)
{
    static char reasons[FAILURE_KINDS + 1][8];
    struct failure_log log;
    uint64_t unsaid;

    (void)state;
    failure_log_init(&log);
    for (int i = 0; i <= FAILURE_KINDS; i++) {
        snprintf(reasons[i], sizeof reasons[i], "R%d", i);
        assert_true(failure_log_counts(&log, reasons[i], i, &unsaid));
    }
    assert_false(failure_log_counts(&log, reasons[1], FAILURE_KINDS, &unsaid));
    assert_false(failure_log_counts(&log, reasons[FAILURE_KINDS], FAILURE_KINDS, &unsaid));
    assert_true(failure_log_counts(&log, reasons[0], FAILURE_KINDS, &unsaid));
    failure_log_destroy(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_a_second_of_each_kind),
        cmocka_unit_test(of_many_kinds_the_oldest_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
