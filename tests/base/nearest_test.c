// SPDX-License-Identifier: Apache-2.0
// A mistyped name finds the one that was meant, or none.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/nearest.h"

static const char *nearest_of(const char *mistyped)
{
    static const char *const names[] = {"workers", "log.level", "log.format", "cache.bytes"};
    struct nearest best = {0};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        nearest_consider(&best, mistyped, names[i]);
    return best.name;
}

static void finds_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("wokers"), "workers");
    assert_string_equal(nearest_of("WORKERS"), "workers");
    assert_string_equal(nearest_of("log.levle"), "log.level");
    assert_string_equal(nearest_of("log_format"), "log.format");
}

static void what_is_far_from_all_finds_none(void **state)
{
    char long_name[500];

    (void)state;
    memset(long_name, 'w', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_null(nearest_of("threads"));
    assert_null(nearest_of(""));
    assert_null(nearest_of(long_name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_nearest),
        cmocka_unit_test(what_is_far_from_all_finds_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
