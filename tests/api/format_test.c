// SPDX-License-Identifier: Apache-2.0
// The forms of answers, as f and Accept ask for them, and what a 400 says of parameters.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/asking.h"
#include "api/definition.h"
#include "page/page_files.h"

static struct page_files *page;

static int make_page(void **state)
{
    static const char *const origins[] = {NULL};
    const struct page_options options = {.issuer = "https://issuer.example",
                                         .client_id = "jobs",
                                         .scope = "openid",
                                         .connect_origins = origins,
                                         .claims = {"/org", "/role", "/sub", {NULL}}};
    struct err err;

    (void)state;
    return page_files_new(&options, &page, &err);
}

static int free_page(void **state)
{
    (void)state;
    page_files_free(page);
    return 0;
}

static void every_resource_knows_f(void **state)
{
    static const char *const targets[] = {
        ORG,
        ORG "/conformance",
        ORG "/api",
        ORG "/jobs",
        ORG "/processes",
        ORG "/processes/Load",
        ORG "/jobs/a1",
        ORG "/jobs/a1/history",
        ORG "/jobs/a1/cancel-requests",
    };
    char target[128];

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        snprintf(target, sizeof target, "%s?f=json", targets[i]);
        expect(200, "GET", target, ADMIN);
        snprintf(target, sizeof target, "%s?f=xml", targets[i]);
        expect(401, "GET", target, NULL);
        assert_int_equal(ask("GET", target, ADMIN), 400);
        assert_string_equal(answer_text(&answer, "parameter"), "f");
        assert_string_equal(answer_text(&answer, "allowed"), "json");
        made_answer_free(&answer);
        snprintf(target, sizeof target, "%s?f=json&f=json", targets[i]);
        expect(400, "GET", target, ADMIN);
    }
    expect(400, "GET", ORG "/jobs?f=html", ADMIN);
    expect(200, "GET", ORG "/jobs?limit=5&f=json&status=running", ADMIN);
    expect(202, "DELETE", ORG "/jobs/a1?f=json", ADA);
    expect(400, "DELETE", ORG "/jobs/a1?f=html", ADA);
    expect(404, "GET", "/organizations/org-b/jobs?f=xml", ADMIN);
}

static void f_counts_before_accept(void **state)
{
    (void)state;
    made_world.page_files = page;
    assert_int_equal(ask_with("GET", ORG "?f=json", ADMIN, "Accept", "text/html"), 200);
    assert_string_equal(answer.visit.response.media_type, "application/json");
    made_answer_free(&answer);
    assert_int_equal(ask_with("GET", ORG "?f=html", NULL, "Accept", "application/json"), 200);
    assert_string_equal(answer.visit.response.media_type, "text/html; charset=utf-8");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "?f=xml", ADMIN), 400);
    assert_string_equal(answer_text(&answer, "allowed"), "json or html");
    made_answer_free(&answer);
}

static void the_definition_has_two_forms(void **state)
{
    static const struct {
        const char *target, *accept;
        bool is_json;
    } cases[] = {
        {ORG "/api", "*/*", false},
        {ORG "/api", "text/html,application/xhtml+xml,*/*;q=0.8", false},
        {ORG "/api", DEFINITION_YAML, false},
        {ORG "/api", "application/yaml, application/json;q=0.9", false},
        {ORG "/api", "application/json", true},
        {ORG "/api", DEFINITION_JSON, true},
        {ORG "/api", "application/openapi+json;version=3.0", true},
        {ORG "/api", "application/vnd.oai.openapi+json", true},
        {ORG "/api", "application/json, */*;q=0.5", true},
        {ORG "/api", "application/vnd.oai.openapi+json;version=2.0", false},
        {ORG "/api?f=json", DEFINITION_YAML, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask_with("GET", cases[i].target, ADMIN, "Accept", cases[i].accept);
        if (strcmp(answer.visit.response.media_type,
                   cases[i].is_json ? DEFINITION_JSON : DEFINITION_YAML) != 0)
            fail_msg("%s %s", cases[i].target, cases[i].accept);
        assert_non_null(strstr(header("Vary"), "Accept,"));
        made_answer_free(&answer);
    }
}

static bool body_has(const char *part)
{
    const struct buffer *body = &answer.visit.response.body;

    buffer_append(&answer.visit.response.body, "", 1);
    return strstr(body->data, part);
}

static void its_server_is_the_landing_page(void **state)
{
    (void)state;
    ask("GET", ORG "/api", ADMIN);
    assert_true(body_has("\nservers:\n  - url: \"" ORG "\"\n"));
    made_answer_free(&answer);
    ask("GET", ORG "/api?f=json", ADMIN);
    assert_true(body_has("\"servers\":[{\"url\":\"" ORG "\"}]"));
    made_answer_free(&answer);
}

static void a_400_says_what_is_wrong(void **state)
{
    static const struct {
        const char *target, *detail;
    } cases[] = {
        {ORG "/jobs?page=2", "There is no parameter of this name here."},
        {ORG "/jobs/a1?limit=1", "There is no parameter of this name here."},
        {ORG "/processes?q=x", "There is no parameter of this name here."},
        {ORG "/jobs?limit=x", "The value of the parameter is not allowed."},
        {ORG "/processes?limit=0", "The value of the parameter is not allowed."},
        {ORG "/jobs?limit=1&limit=1", "The parameter is there more than once."},
        {ORG "/processes?from=a&from=b", "The parameter is there more than once."},
        {ORG "/jobs?f=json&f=html", "The parameter is there more than once."},
        {ORG "/api?f=yaml", "The value of the parameter is not allowed."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask("GET", cases[i].target, ADMIN), 400);
        assert_string_equal(answer_text(&answer, "detail"), cases[i].detail);
        made_answer_free(&answer);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, asking_reset)
    const struct CMUnitTest tests[] = {
        TEST(every_resource_knows_f),       TEST(f_counts_before_accept),
        TEST(the_definition_has_two_forms), TEST(its_server_is_the_landing_page),
        TEST(a_400_says_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, make_page, free_page);
}
