// SPDX-License-Identifier: Apache-2.0
// Tokens, methods, origins, freshness and addresses, over a made read model.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/asking.h"

static void tokens_are_asked_for_as_rfc_6750_says(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", ORG "/jobs", NULL), 401);
    assert_string_equal(header("WWW-Authenticate"), "Bearer realm=\"jobtrail\"");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/jobs", "Bearer bad"), 401);
    assert_non_null(strstr(header("WWW-Authenticate"), "error=\"invalid_token\""));
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/jobs", "Bearer later"), 503);
    assert_string_equal(header("Retry-After"), "1");
    made_answer_free(&answer);
    expect(404, "GET", ORG, "Bearer Administrator:root:org-b");
}

static void answers_say_how_fresh_they_are(void **state)
{
    static const char *const targets[] = {ORG "/jobs", ORG "/jobs/a1", ORG "/jobs/none",
                                          ORG "/processes"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ask("GET", targets[i], ADMIN);
        assert_string_equal(header("Jobtrail-As-Of"), "1970-01-01T00:16:40.000000Z");
        assert_string_equal(header("Jobtrail-Seconds-Behind"), "2.0");
        made_answer_free(&answer);
    }
    made_world.freshness.as_of_us = TIME_NONE;
    assert_int_equal(ask("GET", targets[0], ADMIN), 200);
    assert_string_equal(header("Jobtrail-As-Of"), "");
    made_answer_free(&answer);
}

static void problem_is_of(const char *target, const char *type, const char *instance)
{
    ask("GET", target, ADMIN);
    assert_string_equal(
        answer_text(&answer, "type") + strlen(answer_text(&answer, "type")) - strlen(type), type);
    assert_string_equal(answer_text(&answer, "instance"), instance);
    made_answer_free(&answer);
}

// A proxy may take the path of http.base-url off, or leave it in front.
static void the_path_of_the_base_url_may_be_in_front(void **state)
{
    (void)state;
    made_world.base_url = "https://portal.example/p/q";
    expect(200, "GET", ORG "/jobs", ADMIN);
    expect(200, "GET", "/p/q" ORG "/jobs?limit=1", ADMIN);
    expect(200, "GET", "/p/q" ORG "/jobs/a1", ADMIN);
    problem_is_of("/p/q" ORG "/jobs/a%2Fb", "/no-such-job", "/p/q" ORG "/jobs/a%2Fb");
    problem_is_of(ORG "/jobs/a%2Fb", "/no-such-job", "/p/q" ORG "/jobs/a%2Fb");
    problem_is_of("/p/q/p/q" ORG "/jobs", ":not-found", "/p/q/p/q" ORG "/jobs");
    problem_is_of("/p" ORG "/jobs", ":not-found", "/p/q/p" ORG "/jobs");
    expect(404, "GET", "/p/q", ADMIN);
    made_world.base_url = "https://portal.example/organizations";
    expect(200, "GET", ORG "/jobs", ADMIN);
    expect(200, "GET", "/organizations" ORG "/jobs", ADMIN);
    made_world.base_url = "https://portal.example";
    problem_is_of(ORG "/jobs/a%2Fb", "/no-such-job", ORG "/jobs/a%2Fb");
}

static void a_position_can_be_waited_for(void **state)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "1:",
                                      ":1",
                                      "-1:0",
                                      "0:-1",
                                      "0:1:2",
                                      "a:b",
                                      "4294967296:0",
                                      "0:99999999999999999999",
                                      "0: 1",
                                      "0",
                                      "1234567890:0",
                                      "0:1234567890123456789"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (ask_with("GET", ORG "/jobs", ADMIN, "Jobtrail-Wait-For", bad[i]) != 400)
            fail_msg("%s", bad[i]);
        made_answer_free(&answer);
    }
    ask_with("GET", ORG "/jobs", ADMIN, "Jobtrail-Wait-For", "0:7");
    assert_int_equal(answer.outcome, API_WAITS);
    assert_int_equal(answer.visit.wait_until_us, 15 * US_PER_SECOND);
    made_answer_free(&answer);
    made_world.position_passed = true;
    assert_int_equal(ask_with("GET", ORG "/jobs", ADMIN, "Jobtrail-Wait-For", "0:7"), 200);
    made_answer_free(&answer);
}

// Many may wait: a look at one of them reads nothing of it again, and rarely asks PostgreSQL.
static void waiting_costs_little(void **state)
{
    static const char *const none[] = {NULL}, *const topics[] = {"job.events", NULL};
    struct named_text headers[] = {{SLICE_LITERAL("Authorization"), SLICE_LITERAL(ADMIN)},
                                   {SLICE_LITERAL("Jobtrail-Wait-For"), SLICE_LITERAL("0:7")}};
    struct api api = {.base_url = "",
                      .cors_origins = none,
                      .event_topics = topics,
                      .wait_for_us = 5 * US_PER_SECOND};
    struct reader_link link = {.reader = (struct job_reader *)(uintptr_t)&made_world};
    struct err err;
    struct visit visit;

    (void)state;
    assert_int_equal(rate_new(1, 1, &api.rate, &err), DONE);
    visit_init(&visit);
    visit.request.method = METHOD_GET;
    visit.request.headers = headers;
    visit.request.header_count = 2;
    for (int64_t ms = 0; ms <= 100; ms++) {
        visit.monotonic_us = US_PER_SECOND + ms * 1000;
        assert_int_equal(made_world.asked_replica, ms ? 1 : 0);
        assert_int_equal(api_answer(&api, &link, &visit, slice_of(ORG "/jobs")), API_WAITS);
    }
    assert_int_equal(made_world.asked_replica, 2);
    assert_int_equal(made_world.identified, 1);
    made_world.position_passed = true;
    visit.monotonic_us += 100 * 1000;
    assert_int_equal(api_answer(&api, &link, &visit, slice_of(ORG "/jobs")), API_ANSWERED);
    assert_int_equal(visit.response.status, 200);
    assert_int_equal(made_world.identified, 2);
    visit_free(&visit);
    rate_free(api.rate);
}

static void nobody_waits_for_what_is_not_theirs(void **state)
{
    (void)state;
    assert_int_equal(
        ask_with("GET", ORG "/jobs", "Bearer Administrator:root:org-b", "Jobtrail-Wait-For", "0:7"),
        404);
    assert_int_equal(answer.outcome, API_ANSWERED);
    assert_true(*header("Jobtrail-As-Of"));
    made_answer_free(&answer);
}

static void methods_are_what_the_resource_has(void **state)
{
    static const char *const methods[] = {"PUT", "PATCH", "TRACE", "CONNECT", "get", "POST"};

    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        assert_int_equal(ask(methods[i], ORG "/jobs", ADMIN), 405);
        assert_string_equal(header("Allow"), "GET, HEAD, OPTIONS");
        made_answer_free(&answer);
    }
    expect(200, "HEAD", ORG "/jobs", ADMIN);
    expect(204, "OPTIONS", ORG "/jobs", NULL);
    assert_int_equal(ask("POST", ORG "/processes/Load/execution", ADMIN), 405);
    assert_non_null(strstr(answer_text(&answer, "detail"), "start"));
    made_answer_free(&answer);
}

static void other_origins_are_admitted_by_name(void **state)
{
    (void)state;
    ask_with("GET", ORG "/jobs", ADMIN, "Origin", "https://portal.example");
    assert_string_equal(header("Access-Control-Allow-Origin"), "https://portal.example");
    made_answer_free(&answer);
    ask_with("OPTIONS", ORG "/jobs", NULL, "Origin", "https://portal.example");
    assert_string_equal(header("Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
    made_answer_free(&answer);
    ask_with("GET", ORG "/jobs", ADMIN, "Origin", "https://portal.example.evil");
    assert_string_equal(header("Access-Control-Allow-Origin"), "");
    made_answer_free(&answer);
    ask_with("OPTIONS", ORG "/jobs", ADMIN, "Origin", "null");
    assert_string_equal(header("Access-Control-Allow-Origin"), "");
    assert_string_equal(header("Access-Control-Allow-Methods"), "");
    made_answer_free(&answer);
}

static void addresses_that_are_none(void **state)
{
    (void)state;
    expect(404, "GET", "/", ADMIN);
    expect(404, "GET", "/organizations", ADMIN);
    expect(404, "GET", "/organizations//jobs", ADMIN);
    expect(404, "GET", ORG "/jobs/", ADMIN);
    expect(404, "GET", ORG "/jobs/a1/", ADMIN);
    expect(404, "GET", ORG "/jobs/a1/nothing", ADMIN);
    expect(404, "GET", "/Organizations/org-a/jobs", ADMIN);
    expect(200, "GET", ORG "/", ADMIN);
    expect(400, "GET", ORG "/jobs/%00", ADMIN);
    expect(400, "GET", ORG "/jobs/..", ADMIN);
    assert_int_equal(ask("GET", ORG "/jobs/\xff", ADMIN), 400);
    assert_string_equal(answer_text(&answer, "title"), "Bad request");
    made_answer_free(&answer);
}

static void a_database_that_is_away_is_said_so(void **state)
{
    (void)state;
    made_world.fails = RETRY;
    assert_int_equal(ask("GET", ORG "/jobs", ADMIN), 503);
    assert_string_equal(header("Retry-After"), "1");
    assert_null(json_object_get(answer.json, "detail"));
    made_answer_free(&answer);
    expect(503, "DELETE", ORG "/jobs/a1", ADA);
    expect(200, "GET", ORG "/conformance", ADMIN);
}

static void what_nobody_may_keep_is_marked(void **state)
{
    (void)state;
    ask("GET", ORG "/jobs", ADMIN);
    assert_string_equal(header("Cache-Control"), "private, no-cache");
    assert_string_equal(header("X-Content-Type-Options"), "nosniff");
    assert_true(*header("ETag"));
    made_answer_free(&answer);
    ask("GET", ORG "/jobs/none", ADMIN);
    assert_string_equal(header("Cache-Control"), "no-store");
    assert_string_equal(header("ETag"), "");
    made_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tokens_are_asked_for_as_rfc_6750_says),
        TEST(answers_say_how_fresh_they_are),
        TEST(the_path_of_the_base_url_may_be_in_front),
        TEST(a_position_can_be_waited_for),
        TEST(waiting_costs_little),
        TEST(nobody_waits_for_what_is_not_theirs),
        TEST(methods_are_what_the_resource_has),
        TEST(other_origins_are_admitted_by_name),
        TEST(addresses_that_are_none),
        TEST(a_database_that_is_away_is_said_so),
        TEST(what_nobody_may_keep_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
