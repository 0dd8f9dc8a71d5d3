// SPDX-License-Identifier: Apache-2.0
// Each allocation of an answer made to fail, one by one: the answer fails as a whole, or is a
// problem that may pass; none is ever cut short.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/asking.h"
#include "page/page_files.h"
#include "support/failing_malloc.h"

static void each_fails(const char *method, const char *target, const char *token, int good)
{
    bool failed = true;

    for (long nth = 1; failed; nth++) {
        int status;

        made_world_reset();
        made_world.more = true;
        failing_malloc_after(nth);
        status = ask(method, target, token);
        failed = failing_malloc_happened();
        failing_malloc_never();
        if (!response_has_failed(&answer.visit.response)) {
            assert_true(status == good || status == 503);
            json_decref(answer.json); // reading it may be what failed
            answer.json = json_loadb(answer.visit.response.body.data,
                                     answer.visit.response.body.size, 0, NULL);
            assert_non_null(answer.json);
        }
        if (!failed)
            assert_int_equal(status, good);
        made_answer_free(&answer);
    }
}

static void no_memory_is_an_error_like_another(void **state)
{
    (void)state;
    expect(200, "GET", ORG, ADMIN); // what is allocated once for all
    each_fails("GET", ORG, ADMIN, 200);
    each_fails("GET", ORG "/jobs?limit=2&q=a", ADMIN, 200);
    each_fails("GET", ORG "/jobs/b1", ADMIN, 200);
    each_fails("GET", ORG "/jobs/none", ADMIN, 404);
    each_fails("GET", ORG "/job-counts?q=a", ADMIN, 200);
    each_fails("GET", ORG "/job-timeline?q=a", ADMIN, 200);
    each_fails("GET", ORG "/processes", ADMIN, 200);
    each_fails("GET", ORG "/jobs/a1/history", ADMIN, 200);
    each_fails("GET", ORG "/jobs?f=xml", ADMIN, 400);
    each_fails("POST", ORG "/jobs/a1/cancel-requests", ADA, 202);
    each_fails("DELETE", ORG "/jobs/a1", ADA, 202);
}

static void the_page_is_whole_or_not_there(void **state)
{
    static const char *const none[] = {NULL};
    const struct page_options options = {
        .scope = "openid", .connect_origins = none, .claims = {"/o", "/r", "/m", {NULL}}};
    const struct page_file *index;
    struct page_files *page;
    bool failed = true;
    struct err err;

    (void)state;
    assert_int_equal(page_files_new(&options, &page, &err), DONE);
    index = page_files_find(page, SLICE_LITERAL("index.html"));
    for (long nth = 1; failed; nth++) {
        int status;

        made_world_reset();
        made_world.page_files = page;
        failing_malloc_after(nth);
        status = ask_with("GET", ORG, NULL, "Accept", "text/html");
        failed = failing_malloc_happened();
        failing_malloc_never();
        if (!response_has_failed(&answer.visit.response)) {
            assert_int_equal(status, 200);
            assert_int_equal(answer.visit.response.body.size, index->plain.size);
        }
        made_answer_free(&answer);
    }
    page_files_free(page);
}

static void the_definition_is_whole_or_not_there(void **state)
{
    size_t whole;
    bool failed = true;

    (void)state;
    assert_int_equal(ask("GET", ORG "/api", ADMIN), 200);
    whole = answer.visit.response.body.size;
    made_answer_free(&answer);
    for (long nth = 1; failed; nth++) {
        int status;

        failing_malloc_after(nth);
        status = ask("GET", ORG "/api", ADMIN);
        failed = failing_malloc_happened();
        failing_malloc_never();
        if (!response_has_failed(&answer.visit.response) && status != 503) {
            assert_int_equal(status, 200);
            assert_int_equal(answer.visit.response.body.size, whole);
        }
        made_answer_free(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(no_memory_is_an_error_like_another),
                                       TEST(the_page_is_whole_or_not_there),
                                       TEST(the_definition_is_whole_or_not_there)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
