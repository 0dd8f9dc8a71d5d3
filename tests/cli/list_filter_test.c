// SPDX-License-Identifier: Apache-2.0
// The filters of "jobtrail list" as the API's query.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "base/time_us.h"
#include "cli/jobs/list_filter.h"
#include "support/failing_malloc.h"

static const struct flag flags[] = {LIST_FILTER_FLAGS};

// 2026-11-23T15:00:00Z, which is 16:00 by Central European Time; there clocks go forward on
// 2026-03-29 at 02:00.
static const int64_t now_us = INT64_C(1795446000) * US_PER_SECOND;

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

static int read_query(const char *const *argv, struct buffer *query, struct err *err)
{
    struct arguments arguments;
    int argc = 0;

    while (argv[argc])
        argc++;
    assert_int_equal(arguments_parse(&arguments, flags, sizeof flags / sizeof *flags, argc,
                                     (char *const *)(uintptr_t)argv, err),
                     DONE);
    return list_filter_read(&arguments, now_us, query, err);
}

static void asks(const char *const *argv, const char *expected)
{
    struct buffer query = {0};
    struct err err;

    assert_int_equal(read_query(argv, &query, &err), DONE);
    buffer_append(&query, "", 1);
    assert_string_equal(query.data, expected);
    buffer_free(&query);
}

static void refuses(const char *const *argv)
{
    struct buffer query = {0};
    struct err err;

    assert_int_equal(read_query(argv, &query, &err), FATAL);
    assert_string_equal(err.reason, "USAGE");
    buffer_free(&query);
}

static void flags_become_parameters(void **state)
{
    (void)state;
    asks(ARGV(NULL), "");
    asks(ARGV("--mine"), "creator=me");
    asks(ARGV("--creator", "a+b"), "creator=a%2Bb");
    refuses(ARGV("--creator", "ada", "--mine"));
    asks(ARGV("--type", "a&b=c,\xc3\xa9", "--status", "failed"),
         "processID=a%26b%3Dc%2C%C3%A9&status=failed");
    asks(ARGV("--search", "1+1 %", "--min-duration", "3", "--max-duration", "1h30m"),
         "q=1%2B1%20%25&minDuration=3&maxDuration=5400");
    asks(ARGV("--status", "Cancelled,success"), "status=dismissed%2Csuccessful");
    refuses(ARGV("--status", "done"));
    refuses(ARGV("--status", "failed,"));
    refuses(ARGV("--min-duration", "soon"));
    refuses(ARGV("--max-duration", "101w90000d"));
    asks(ARGV("--since", "2026-11-23T02:00:00+02:00", "--until", "2026-11-24T00:00:00Z"),
         "datetime=2026-11-23T00%3A00%3A00.000000Z%2F2026-11-24T00%3A00%3A00.000000Z");
}

#define SINCE(text, utc) asks(ARGV("--since", text), "datetime=" utc ".000000Z%2F..")

static void times_are_those_of_the_clock_on_the_wall(void **state)
{
    (void)state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    SINCE("2026-11-23", "2026-11-22T23%3A00%3A00");
    asks(ARGV("--until", "2026-11-23"), "datetime=..%2F2026-11-23T22%3A59%3A59.999999Z");
    SINCE("2026-11-23T16:00", "2026-11-23T15%3A00%3A00");
    SINCE("2026-07-23 16:00:30", "2026-07-23T14%3A00%3A30");
    SINCE("16:00", "2026-11-23T15%3A00%3A00");
    SINCE("today", "2026-11-22T23%3A00%3A00");
    SINCE("yesterday", "2026-11-21T23%3A00%3A00");
    asks(ARGV("--until", "yesterday"), "datetime=..%2F2026-11-22T22%3A59%3A59.999999Z");
    SINCE("now", "2026-11-23T15%3A00%3A00");
    SINCE("90s", "2026-11-23T14%3A58%3A30");
    SINCE("1h30m", "2026-11-23T13%3A30%3A00");
    SINCE("1w2d", "2026-11-14T15%3A00%3A00");
    refuses(ARGV("--since", "2026-03-29T02:30")); // there is no such time
    refuses(ARGV("--since", "1h", "--until", "2h"));
    unsetenv("TZ");
    tzset();
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const wrong[] = {"1",           "1h30",          "h",        "1m1h",
                                        "-1h",         "24:00",         "16:00:60", "2026-02-29",
                                        "2026-11-23T", "2026-11-23 16", "20261123"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(ARGV("--since", wrong[i]));
    refuses(ARGV("--since", "noon"));
    refuses(ARGV("--since", ""));
    refuses(ARGV("--until", "2026-13-23"));
    refuses(ARGV("--until", ".."));
}

static void no_memory_is_remembered(void **state)
{
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        struct buffer query = {0};
        struct err err;

        failing_malloc_after(nth);
        assert_int_equal(
            read_query(ARGV("--type", "a", "--since", "1h", "--status", "failed"), &query, &err),
            DONE);
        failed = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(query.failed, failed);
        buffer_free(&query);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_become_parameters),
        cmocka_unit_test(times_are_those_of_the_clock_on_the_wall),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(no_memory_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
