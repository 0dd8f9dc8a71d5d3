// SPDX-License-Identifier: Apache-2.0
// The filters of "jobtrail list" as the API's query.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/jobs/list_filter.h"
#include "support/failing_malloc.h"

static const struct flag flags[] = {LIST_FILTER_FLAGS};

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
    return list_filter_read(&arguments, query, err);
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
    asks(ARGV("--search", "1+1 %", "--min-duration", "3", "--max-duration", "4"),
         "minDuration=3&maxDuration=4&q=1%2B1%20%25");
    asks(ARGV("--since", "2026-11-23"), "datetime=2026-11-23T00%3A00%3A00.000000Z%2F..");
    asks(ARGV("--until", "2026-11-23"), "datetime=..%2F2026-11-23T23%3A59%3A59.999999Z");
    asks(ARGV("--since", "2026-11-23T02:00:00+02:00", "--until", "2026-11-24T00:00:00Z"),
         "datetime=2026-11-23T00%3A00%3A00.000000Z%2F2026-11-24T00%3A00%3A00.000000Z");
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    refuses(ARGV("--since", "noon"));
    refuses(ARGV("--since", ""));
    refuses(ARGV("--until", "2026-13-23"));
    refuses(ARGV("--until", "2026-11-23T00:00:00"));
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
        assert_int_equal(read_query(ARGV("--type", "a", "--since", "2026-11-23"), &query, &err),
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
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(no_memory_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
