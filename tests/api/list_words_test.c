// SPDX-License-Identifier: Apache-2.0
// The words of states and columns in an address: the standard's, and those that people say.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/asking.h"

// The answer as it would be sent, with its tag; to be freed.
static char *whole_answer(const char *target)
{
    struct buffer text = {0};
    struct slice body;

    assert_int_equal(ask("GET", target, ADMIN), 200);
    body = buffer_slice(&answer.visit.response.body);
    buffer_append_format(&text, "%s %.*s", header("ETag"), (int)body.size, body.data);
    buffer_append(&text, "", 1);
    made_answer_free(&answer);
    assert_false(text.failed);
    return text.data;
}

static void those_that_people_say_ask_for_the_same(void **state)
{
    char *standard, *said;

    (void)state;
    made_world.more = true;
    standard = whole_answer(ORG "/jobs?status=dismissed,successful&status=failed"
                                "&sortby=-processID&limit=2");
    said = whole_answer(ORG "/jobs?status=cancelled,success&status=error&sortby=-type&limit=2");
    assert_int_equal(made_world.filter.statuses,
                     1U << STATUS_DISMISSED | 1U << STATUS_SUCCESSFUL | 1U << STATUS_FAILED);
    assert_int_equal(made_world.page.sort, SORT_TYPE);
    assert_true(made_world.page.descending);
    assert_string_equal(said, standard);
    assert_non_null(strstr(said, "sortby=-processID&limit=2&cursor="));
    free(standard);
    free(said);
}

static void both_are_told(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", ORG "/jobs?status=cancled", ADMIN), 400);
    assert_string_equal(answer_text(&answer, "allowed"),
                        "accepted, running, successful, failed, dismissed (or cancelled), "
                        "separated by commas");
    made_answer_free(&answer);
    expect(400, "GET", ORG "/jobs?status=Cancelled", ADMIN);
    expect(400, "GET", ORG "/jobs?sortby=--type", ADMIN);
}

static void counts_take_them_too(void **state)
{
    (void)state;
    expect(200, "GET", ORG "/job-counts?status=canceled", ADMIN);
    assert_int_equal(made_world.filter.statuses, 1U << STATUS_DISMISSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(those_that_people_say_ask_for_the_same),
        TEST(both_are_told),
        TEST(counts_take_them_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
