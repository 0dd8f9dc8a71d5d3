// SPDX-License-Identifier: Apache-2.0
// retention.ended-jobs and retention.organizations: what they may say, and how long what is kept.
#include "serve/process/retention_option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DAY (INT64_C(24) * 60 * 60 * 1000000)

static struct arena arena;
static struct keepings keepings;
static struct err err;

static int forget(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static int64_t kept(const char *organization, const char *type)
{
    const struct horizon_of of = {slice_of(organization), slice_of(type)};

    return keeping_us(&keepings, &of);
}

static void the_most_particular_says_how_long(void **state)
{
    (void)state;
    assert_int_equal(retention_read("365d, Seed=30d,a=b=2d", "acme=never,acme/Load=7d,x/y/z=3d",
                                    &arena, &keepings, &err),
                     DONE);
    assert_int_equal(kept("other", "Load"), 365 * DAY);
    assert_int_equal(kept("other", "Seed"), 30 * DAY);
    assert_int_equal(kept("other", "a=b"), 2 * DAY);
    assert_int_equal(kept("acme", "Seed"), 0);
    assert_int_equal(kept("acme", "Load"), 7 * DAY);
    assert_int_equal(kept("x", "y/z"), 3 * DAY);
    assert_int_equal(kept("x", "Load"), 365 * DAY);
}

static void off_is_off(void **state)
{
    (void)state;
    assert_int_equal(retention_read("never", "", &arena, &keepings, &err), DONE);
    assert_int_equal(keepings.count, 0);
    assert_int_equal(retention_read("0,Load=never", "acme=never", &arena, &keepings, &err), DONE);
    assert_int_equal(keepings.count, 0);
}

static void assert_refused(const char *of_all, const char *of_some, const char *text)
{
    assert_int_equal(retention_read(of_all, of_some, &arena, &keepings, &err), FATAL);
    assert_string_equal(err.reason, "CONFIGURATION");
    assert_non_null(strstr(err.text, text));
    arena_reset(&arena);
}

static void what_it_cannot_say_is_refused(void **state)
{
    (void)state;
    assert_refused("23h", "", "retention.ended-jobs: \"23h\"");
    assert_refused("30", "", "from 1d");
    assert_refused("40000d", "", "from 1d");
    assert_refused("30d,31d", "", "each once");
    assert_refused("30d,Load=2d,Load=3d", "", "each once");
    assert_refused("=3d", "", "TYPE=DURATION");
    assert_refused("30d", "7d", "retention.organizations: \"7d\"");
    assert_refused("30d", "/Load=7d", "ORGANIZATION/TYPE=DURATION");
    assert_refused("30d", "acme/=7d", "ORGANIZATION/TYPE=DURATION");
    assert_refused("30d", "acme=1h", "from 1d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_most_particular_says_how_long, forget),
        cmocka_unit_test_teardown(off_is_off, forget),
        cmocka_unit_test_teardown(what_it_cannot_say_is_refused, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
