// SPDX-License-Identifier: Apache-2.0
// The API by its answers, over a made read model: who sees what, who may cancel, what cannot be
// told apart, and how wrong requests are answered.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "made_world.h"

#define ORG   "/organizations/org-a"
#define ADMIN "Bearer Administrator:root:org-a"
#define ADA   "Bearer Manager:ada:org-a"
#define USER  "Bearer User:ada:org-a"
#define ID    "11111111-2222-4333-8444-555555555555"

static struct made_answer answer;

static int reset(void **state)
{
    (void)state;
    made_world_reset();
    return 0;
}

static int ask(const char *method, const char *target, const char *token)
{
    made_ask(&answer, method, target, token, NULL, NULL);
    return answer.exchange.response.status;
}

static int ask_with(const char *method, const char *target, const char *token, const char *name,
                    const char *value)
{
    made_ask(&answer, method, target, token, (const char *const[]){name, value, NULL}, NULL);
    return answer.exchange.response.status;
}

static const char *header(const char *name)
{
    const char *value = response_header_value(&answer.exchange.response, name);

    return value ? value : "";
}

// The status alone.
static void expect(int status, const char *method, const char *target, const char *token)
{
    int got = ask(method, target, token);

    made_answer_free(&answer);
    if (got != status)
        fail_msg("%s %s %s: %d", method, target, token ? token : "", got);
}

static void each_role_sees_its_jobs(void **state)
{
    static const struct {
        const char *token;
        size_t jobs;
    } cases[] = {{ADMIN, 5},
                 {ADA, 3},
                 {USER, 0},
                 {"Bearer Owner:ada:org-a", 0},
                 {"Bearer Manager:carol:org-a", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask("GET", ORG "/jobs", cases[i].token), 200);
        assert_int_equal(json_array_size(json_object_get(answer.json, "jobs")), cases[i].jobs);
        assert_int_equal(json_integer_value(json_object_get(answer.json, "numberMatched")),
                         cases[i].jobs);
        made_answer_free(&answer);
    }
}

static void a_job_out_of_scope_is_not_there(void **state)
{
    static const char *const under[] = {"", "/results", "/history"};
    char target[128];

    (void)state;
    for (size_t i = 0; i < sizeof under / sizeof *under; i++) {
        snprintf(target, sizeof target, ORG "/jobs/b2%s", under[i]);
        expect(i == 1 ? 404 : 200, "GET", target, ADMIN);
        expect(404, "GET", target, ADA);
        expect(404, "GET", target, USER);
    }
    expect(200, "GET", ORG "/jobs/a1", ADA);
    expect(404, "GET", ORG "/jobs/a1", USER);
    expect(404, "GET", ORG "/jobs/o1", ADMIN);
}

// Everything of the answer but the path in it.
static void describe(const char *target, const char *token, const char *method, char out[4096])
{
    const struct response *response = &answer.exchange.response;
    int size = snprintf(out, 4096, "%d\n", ask(method, target, token));
    char *text;

    for (size_t i = 0; i < response->header_count; i++)
        size += snprintf(out + size, 4096 - (size_t)size, "%s: %s\n",
                         response->headers[i].name.data, response->headers[i].value.data);
    json_object_del(answer.json, "instance");
    text = json_dumps(answer.json, JSON_SORT_KEYS);
    snprintf(out + size, 4096 - (size_t)size, "%s", text);
    free(text);
    made_answer_free(&answer);
}

static void nothing_tells_why_a_job_is_not_there(void **state)
{
    static const char *const methods[] = {"GET", "DELETE"};
    char absent[4096], hidden[4096], elsewhere[4096];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        describe(ORG "/jobs/none", ADA, methods[i], absent);
        describe(ORG "/jobs/b2", ADA, methods[i], hidden);
        describe("/organizations/org-b/jobs/o1", ADA, methods[i], elsewhere);
        assert_string_equal(absent, hidden);
        assert_string_equal(absent, elsewhere);
    }
}

static void whose_job_is_hidden_costs_as_many_questions(void **state)
{
    static const char *const methods[] = {"GET", "DELETE", "POST"};
    static const char *const under[] = {"", "", "/cancel-requests"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t shows[2];
        char target[128];

        for (size_t j = 0; j < 2; j++) {
            made_world_reset();
            snprintf(target, sizeof target, ORG "/jobs/%s%s", j ? "b2" : "none", under[i]);
            expect(404, methods[i], target, ADA);
            shows[j] = made_world.shows;
        }
        assert_int_equal(shows[0], shows[1]);
    }
}

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

static void only_the_creator_is_granted(void **state)
{
    static const struct {
        int status;
        const char *job, *token;
    } cases[] = {
        {202, "a1", ADA},   {202, "a1", USER},    {403, "a1", ADMIN},
        {403, "b2", ADMIN}, {404, "b2", ADA},     {404, "b2", USER},
        {404, "none", ADA}, {404, "none", ADMIN}, {409, "a2", ADA},
        {409, "a3", USER},  {404, "o1", ADA},     {202, "a1", "Bearer Owner:ada:org-a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char target[128];

        made_world_reset();
        snprintf(target, sizeof target, ORG "/jobs/%s/cancel-requests", cases[i].job);
        expect(cases[i].status, "POST", target, cases[i].token);
        assert_int_equal(made_world.ledger_count, 1);
        made_world_reset();
        snprintf(target, sizeof target, ORG "/jobs/%s", cases[i].job);
        expect(cases[i].status, "DELETE", target, cases[i].token);
        assert_int_equal(made_world.ledger_count, 1);
    }
}

static void no_request_without_a_member(void **state)
{
    (void)state;
    expect(401, "DELETE", ORG "/jobs/a1", NULL);
    expect(401, "DELETE", ORG "/jobs/a1", "Bearer bad");
    expect(404, "DELETE", "/organizations/org-b/jobs/o1", ADA);
    assert_int_equal(made_world.decisions, 0);
}

static void a_cancel_request_is_told_of(void **state)
{
    (void)state;
    made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA,
             (const char *const[]){"Idempotency-Key", ID, "Content-Type", "application/json", NULL},
             "{\"reason\":\"too slow\"}");
    assert_int_equal(answer.exchange.response.status, 202);
    assert_string_equal(made_text(&answer, "requestID"), ID);
    assert_string_equal(made_text(&answer, "reason"), "too slow");
    assert_string_equal(made_text(&answer, "reasonCode"), "CREATOR");
    assert_string_equal(header("Location"), ORG "/jobs/a1/cancel-requests/" ID);
    made_answer_free(&answer);
    expect(200, "GET", ORG "/jobs/a1/cancel-requests/" ID, ADA);
    expect(200, "GET", ORG "/jobs/a1/cancel-requests/" ID, ADMIN);
    expect(404, "GET", ORG "/jobs/a1/cancel-requests/" ID, "Bearer Manager:bob:org-a");
    expect(404, "GET", ORG "/jobs/a2/cancel-requests/" ID, ADA);
    expect(404, "GET", ORG "/jobs/a1/cancel-requests/x", ADA);
    assert_int_equal(ask("GET", ORG "/jobs/a1/cancel-requests", USER), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "cancelRequests")), 1);
    made_answer_free(&answer);
}

static void the_same_request_again_is_one(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask_with("DELETE", ORG "/jobs/a1", ADA, "Idempotency-Key", "\"" ID "\""),
                         202);
        assert_string_equal(made_text(&answer, "jobID"), "a1");
        made_answer_free(&answer);
    }
    assert_int_equal(made_world.ledger_count, 1);
    assert_int_equal(ask_with("DELETE", ORG "/jobs/a2", ADA, "Idempotency-Key", ID), 422);
    made_answer_free(&answer);
    assert_int_equal(ask_with("DELETE", ORG "/jobs/a2", ADA, "Idempotency-Key", "x"), 400);
    assert_string_equal(made_text(&answer, "parameter"), "Idempotency-Key");
    made_answer_free(&answer);
}

// Whoever asked for the end of a job that they cannot see learns nothing from what came of it.
static void a_refusal_does_not_tell_that_a_job_is_there(void **state)
{
    static const char *const jobs[] = {"none", "b2"};
    char target[128];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        snprintf(target, sizeof target, ORG "/jobs/%s", jobs[i]);
        assert_int_equal(ask_with("DELETE", target, ADA, "Idempotency-Key", ID), 404);
        made_answer_free(&answer);
        snprintf(target, sizeof target, ORG "/jobs/%s/cancel-requests/" ID, jobs[i]);
        assert_int_equal(ask("GET", target, ADA), 200);
        assert_string_equal(made_text(&answer, "reasonCode"), "UNKNOWN_JOB");
        if (i)
            assert_null(json_object_get(answer.json, "attempt"));
        made_answer_free(&answer);
        made_world_reset();
    }
}

static void a_body_is_a_reason_or_nothing(void **state)
{
    static const char *const bad[] = {"[]",
                                      "{",
                                      "{\"reason\":1}",
                                      "{\"why\":\"x\"}",
                                      "\"x\"",
                                      "{\"reason\":\"a\",\"x\":1}",
                                      "{\"reason\":\"\\u0000\"}"};
    const char *const json[] = {"Content-Type", "application/json", NULL};
    const char *const text[] = {"Content-Type", "text/plain", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, json, bad[i]);
        assert_int_equal(answer.exchange.response.status, 400);
        made_answer_free(&answer);
    }
    made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, text, "{}");
    assert_int_equal(answer.exchange.response.status, 400);
    made_answer_free(&answer);
    assert_int_equal(made_world.decisions, 0);
    made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, json, "{}");
    assert_int_equal(answer.exchange.response.status, 202);
    made_answer_free(&answer);
}

static void bad_parameters_are_named(void **state)
{
    static const struct {
        const char *query, *name;
    } cases[] = {
        {"limit=0", "limit"},
        {"limit=x", "limit"},
        {"limit=", "limit"},
        {"limit=-1", "limit"},
        {"limit=5&limit=6", "limit"},
        {"status=done", "status"},
        {"status=", "status"},
        {"datetime=yesterday", "datetime"},
        {"processID=", "processID"},
        {"datetime=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", "datetime"},
        {"minDuration=1.5", "minDuration"},
        {"creator=bob", "creator"},
        {"q=", "q"},
        {"sortby=size", "sortby"},
        {"sortby=", "sortby"},
        {"cursor=AAAA", "cursor"},
        {"cursor=", "cursor"},
        {"page=2", "page"},
        {"limit", "limit"},
        {"Limit=5", "Limit"},
    };
    char target[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(target, sizeof target, ORG "/jobs?%s", cases[i].query);
        if (ask("GET", target, ADMIN) != 400)
            fail_msg("%s: %d", cases[i].query, answer.exchange.response.status);
        assert_string_equal(made_text(&answer, "parameter"), cases[i].name);
        assert_true(*made_text(&answer, "allowed"));
        made_answer_free(&answer);
    }
    expect(400, "GET", ORG "/jobs/a1?x=1", ADMIN);
    expect(400, "GET", ORG "?f=json", ADMIN);
}

static void parameters_become_a_filter(void **state)
{
    (void)state;
    expect(200, "GET",
           ORG "/jobs?processID=Load,Seed&processID=X%20Y&status=running&status=failed,dismissed"
               "&datetime=2026-01-01T00:00:00+01:00/..&minDuration=5&maxDuration=60&limit=99999"
               "&creator=me&q=a%2Bb&sortby=+updated",
           ADMIN);
    assert_int_equal(made_world.filter.type_count, 3);
    assert_true(slice_is_null(made_world.scope.creator_id));
    assert_int_equal(made_world.filter.statuses,
                     1U << STATUS_RUNNING | 1U << STATUS_FAILED | 1U << STATUS_DISMISSED);
    assert_int_equal(made_world.filter.created_from_us, INT64_C(1767222000000000));
    assert_true(made_world.filter.created_to_us == TIME_NONE);
    assert_int_equal(made_world.filter.min_duration_s, 5);
    assert_int_equal(made_world.filter.max_duration_s, 60);
    assert_int_equal(made_world.page.limit, 1000);
    assert_int_equal(made_world.page.sort, SORT_UPDATED);
    assert_false(made_world.page.descending);
    expect(200, "GET", ORG "/jobs", ADMIN);
    assert_int_equal(made_world.page.limit, 25);
    assert_int_equal(made_world.page.sort, SORT_CREATED);
    assert_true(made_world.page.descending);
    assert_int_equal(made_world.filter.min_duration_s, -1);
}

// The address of the link with this relation, copied; "" if there is none.
static const char *link_of(const char *rel, char out[1024])
{
    json_t *link;
    size_t place;

    *out = '\0';
    json_array_foreach(json_object_get(answer.json, "links"), place,
                       link) if (!strcmp(json_string_value(json_object_get(link, "rel")), rel))
        snprintf(out, 1024, "%s", json_string_value(json_object_get(link, "href")));
    return out;
}

static void pages_lead_on_and_back(void **state)
{
    char next[1024], prev[1024], other[1100];

    (void)state;
    made_world.more = true;
    assert_int_equal(ask("GET", ORG "/jobs?limit=2&sortby=-jobID&q=x%26y", ADMIN), 200);
    assert_string_equal(link_of("prev", prev), "");
    assert_true(*link_of("next", next));
    made_answer_free(&answer);
    assert_int_equal(ask("GET", next, ADMIN), 200);
    assert_true(made_world.page.after.known && !made_world.page.backwards);
    assert_true(slice_equal(made_world.page.after.job_id, SLICE_LITERAL("a2")));
    assert_int_equal(made_world.page.after.number, 7);
    assert_int_equal(made_world.page.sort, SORT_ID);
    assert_true(slice_equal(made_world.filter.text, SLICE_LITERAL("x&y")));
    assert_true(*link_of("prev", prev));
    made_answer_free(&answer);
    made_world.more = false;
    assert_int_equal(ask("GET", prev, ADMIN), 200);
    assert_true(made_world.page.backwards);
    assert_true(slice_equal(made_world.page.after.job_id, SLICE_LITERAL("a1")));
    assert_string_equal(link_of("prev", other), "");
    assert_true(*link_of("next", other));
    made_answer_free(&answer);
    // A cursor of another order is refused, wherever it stands.
    snprintf(other, sizeof other, ORG "/jobs?%s&sortby=created", strstr(next, "cursor="));
    expect(400, "GET", other, ADMIN);
    snprintf(other, sizeof other, ORG "/jobs?sortby=jobID&%s", strstr(next, "cursor="));
    expect(400, "GET", other, ADMIN);
}

static void what_is_not_exact_is_said(void **state)
{
    (void)state;
    made_world.bounded = made_world.count_is_bounded = true;
    assert_int_equal(ask("GET", ORG "/jobs?limit=2", ADMIN), 200);
    assert_null(json_object_get(answer.json, "numberMatched"));
    assert_int_equal(json_integer_value(json_object_get(answer.json, "numberMatchedMoreThan")), 5);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "numberReturned")), 2);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "boundedToNewest")), 10000);
    made_answer_free(&answer);
}

static void a_job_is_told_of_as_ogc_has_it(void **state)
{
    json_t *job;

    (void)state;
    assert_int_equal(ask("GET", ORG "/jobs/b1", ADMIN), 200);
    assert_string_equal(made_text(&answer, "processID"), "Load");
    assert_string_equal(made_text(&answer, "type"), "process");
    assert_string_equal(made_text(&answer, "jobID"), "b1");
    assert_string_equal(made_text(&answer, "status"), "failed");
    assert_string_equal(made_text(&answer, "created"), "1970-01-01T00:00:00.000000Z");
    assert_null(json_object_get(answer.json, "finished"));
    assert_null(json_object_get(answer.json, "progress"));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(answer.json, "exception"), "detail")),
        "long text");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/jobs", ADMIN), 200);
    job = json_array_get(json_object_get(answer.json, "jobs"), 2);
    assert_non_null(json_object_get(job, "exception"));
    assert_null(json_object_get(json_object_get(job, "exception"), "detail"));
    made_answer_free(&answer);
}

static void results_are_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", ORG "/jobs/a2/results", ADA), 303);
    assert_string_equal(header("Location"), "https://example.test/r?%C3%A9");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/jobs/a1/results", ADA), 404);
    assert_string_equal(
        made_text(&answer, "type"),
        "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready");
    made_answer_free(&answer);
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

static void a_position_can_be_waited_for(void **state)
{
    static const char *const bad[] = {
        "",     "1",     "1:",  ":1",           "-1:0",
        "0:-1", "0:1:2", "a:b", "4294967296:0", "0:99999999999999999999",
        "0: 1"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (ask_with("GET", ORG "/jobs", ADMIN, "Jobtrail-Wait-For", bad[i]) != 400)
            fail_msg("%s", bad[i]);
        made_answer_free(&answer);
    }
    ask_with("GET", ORG "/jobs", ADMIN, "Jobtrail-Wait-For", "0:7");
    assert_int_equal(answer.outcome, API_WAITS);
    assert_int_equal(answer.exchange.wait_until_us, 15 * US_PER_SECOND);
    made_answer_free(&answer);
    made_world.position_passed = true;
    assert_int_equal(ask_with("GET", ORG "/jobs", ADMIN, "Jobtrail-Wait-For", "0:7"), 200);
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
    assert_non_null(strstr(made_text(&answer, "detail"), "start"));
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
}

static void the_landing_page_leads_everywhere(void **state)
{
    char link[1024];

    (void)state;
    assert_int_equal(ask("GET", ORG, USER), 200);
    assert_string_equal(link_of("service-desc", link), ORG "/api");
    assert_string_equal(link_of("http://www.opengis.net/def/rel/ogc/1.0/conformance", link),
                        ORG "/conformance");
    assert_string_equal(link_of("http://www.opengis.net/def/rel/ogc/1.0/processes", link),
                        ORG "/processes");
    assert_string_equal(link_of("http://www.opengis.net/def/rel/ogc/1.0/job-list", link),
                        ORG "/jobs");
    made_answer_free(&answer);
    expect(200, "GET", ORG "/conformance", USER);
    expect(200, "GET", ORG "/api", USER);
    expect(200, "GET", ORG "/processes/Load", ADMIN);
    expect(404, "GET", ORG "/processes/Load", USER);
    expect(404, "GET", ORG "/processes/Analyze", ADA);
}

static void a_database_that_is_away_is_said_so(void **state)
{
    (void)state;
    made_world.fails = RETRY;
    assert_int_equal(ask("GET", ORG "/jobs", ADMIN), 503);
    assert_string_equal(header("Retry-After"), "1");
    assert_null(strstr(answer.exchange.response.body.data, "made up"));
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

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_role_sees_its_jobs),
        TEST(a_job_out_of_scope_is_not_there),
        TEST(nothing_tells_why_a_job_is_not_there),
        TEST(whose_job_is_hidden_costs_as_many_questions),
        TEST(tokens_are_asked_for_as_rfc_6750_says),
        TEST(only_the_creator_is_granted),
        TEST(no_request_without_a_member),
        TEST(a_cancel_request_is_told_of),
        TEST(the_same_request_again_is_one),
        TEST(a_refusal_does_not_tell_that_a_job_is_there),
        TEST(a_body_is_a_reason_or_nothing),
        TEST(bad_parameters_are_named),
        TEST(parameters_become_a_filter),
        TEST(pages_lead_on_and_back),
        TEST(what_is_not_exact_is_said),
        TEST(a_job_is_told_of_as_ogc_has_it),
        TEST(results_are_elsewhere),
        TEST(answers_say_how_fresh_they_are),
        TEST(a_position_can_be_waited_for),
        TEST(methods_are_what_the_resource_has),
        TEST(other_origins_are_admitted_by_name),
        TEST(addresses_that_are_none),
        TEST(the_landing_page_leads_everywhere),
        TEST(a_database_that_is_away_is_said_so),
        TEST(what_nobody_may_keep_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
