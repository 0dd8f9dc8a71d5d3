// SPDX-License-Identifier: Apache-2.0
// Cancelling over a made read model: who may, what it says, and what cannot be told apart.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/asking.h"

// Everything of the answer but the path in it.
static void describe(const char *target, const char *token, const char *method, char out[4096])
{
    const struct response *response = &answer.visit.response;
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
    assert_int_equal(answer.visit.response.status, 202);
    assert_string_equal(answer_text(&answer, "requestID"), ID);
    assert_string_equal(answer_text(&answer, "reason"), "too slow");
    assert_string_equal(answer_text(&answer, "reasonCode"), "CREATOR");
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
        assert_string_equal(answer_text(&answer, "jobID"), "a1");
        made_answer_free(&answer);
    }
    assert_int_equal(made_world.ledger_count, 1);
    assert_int_equal(ask_with("DELETE", ORG "/jobs/a2", ADA, "Idempotency-Key", ID), 422);
    made_answer_free(&answer);
    assert_int_equal(ask_with("DELETE", ORG "/jobs/a2", ADA, "Idempotency-Key", "x"), 400);
    assert_string_equal(answer_text(&answer, "parameter"), "Idempotency-Key");
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
        assert_string_equal(answer_text(&answer, "reasonCode"), "UNKNOWN_JOB");
        if (i)
            assert_null(json_object_get(answer.json, "attempt"));
        made_answer_free(&answer);
        made_world_reset();
    }
}

static const char *next_of(const json_t *body)
{
    const json_t *links = json_object_get(body, "links");

    for (size_t i = 0; i < json_array_size(links); i++)
        if (!strcmp(json_string_value(json_object_get(json_array_get(links, i), "rel")), "next"))
            return json_string_value(json_object_get(json_array_get(links, i), "href"));
    return NULL;
}

static void requests_come_in_pages(void **state)
{
    static const char list[] = ORG "/jobs/a1/cancel-requests";
    static const char *const bad[] = {"?cursor=x", "?cursor=", "?limit=0", "?limit=1&limit=1",
                                      "?color=red"};
    char target[512];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(target, sizeof target, "%s%s", list, bad[i]);
        expect(400, "GET", target, ADA);
    }
    expect(400, "POST", ORG "/jobs/a1/cancel-requests?limit=1", ADA);
    for (int i = 0; i < 2; i++)
        expect(i ? 403 : 202, "POST", list, i ? ADMIN : ADA);
    assert_int_equal(ask("GET", list, ADA), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "cancelRequests")), 2);
    assert_null(next_of(answer.json));
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/jobs/a1/cancel-requests?limit=1", ADA), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "cancelRequests")), 1);
    assert_false(made_world.cancellations_after.known);
    snprintf(target, sizeof target, "%s", next_of(answer.json));
    made_answer_free(&answer);
    expect(200, "GET", target, ADA);
    assert_true(made_world.cancellations_after.known);
    assert_int_equal(made_world.cancellations_after.received_at_us, 1002 * US_PER_SECOND);
    assert_false(
        uuid_compare(&made_world.cancellations_after.request_id, &made_world.request_id[0]));
}

// Over Kafka a job that is not there is waited for. As long as one that cannot be seen seems so.
static void what_was_asked_over_kafka_seems_to_wait(void **state)
{
    static const char request[] = ORG "/jobs/b2/cancel-requests/" ID;
    static const struct {
        int64_t wait_s, as_of_s;
        bool waits;
    } cases[] = {{60, 1001, true}, {1, 1001, false}, {1, 999, true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made_world_reset();
        made_world.channel = "kafka";
        made_world.decided_at_us = 1000 * US_PER_SECOND;
        made_world.wait_us = cases[i].wait_s * US_PER_SECOND;
        made_world.freshness.as_of_us = cases[i].as_of_s * US_PER_SECOND;
        assert_int_equal(ask_with("DELETE", ORG "/jobs/b2", ADA, "Idempotency-Key", ID),
                         cases[i].waits ? 202 : 404);
        if (cases[i].waits)
            assert_string_equal(header("Location"), request);
        made_answer_free(&answer);
        assert_int_equal(ask("GET", request, ADA), 200);
        assert_string_equal(answer_text(&answer, "outcome"),
                            cases[i].waits ? "pending" : "refused");
        if (cases[i].waits) {
            assert_null(json_object_get(answer.json, "decision"));
            assert_null(json_object_get(answer.json, "reasonCode"));
            assert_null(json_object_get(answer.json, "decided"));
        } else {
            assert_string_equal(answer_text(&answer, "reasonCode"), "UNKNOWN_JOB");
            assert_string_equal(answer_text(&answer, "decided"), "1970-01-01T00:16:41.000000Z");
        }
        made_answer_free(&answer);
        // Whoever sees the job is told.
        assert_int_equal(ask_with("DELETE", ORG "/jobs/b2", ADMIN, "Idempotency-Key", ID), 403);
        made_answer_free(&answer);
        assert_int_equal(ask("GET", request, ADMIN), 200);
        assert_string_equal(answer_text(&answer, "reasonCode"), "NOT_CREATOR");
        made_answer_free(&answer);
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
    static const char *const good[] = {"{}", "null", " null\n", "{\"reason\":\"x\"}"};
    const char *const json[] = {"Content-Type", "application/json", NULL};
    const char *const text[] = {"Content-Type", "text/plain", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, json, bad[i]);
        assert_int_equal(answer.visit.response.status, 400);
        made_answer_free(&answer);
    }
    made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, text, "{}");
    assert_int_equal(answer.visit.response.status, 400);
    made_answer_free(&answer);
    made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, text, "null");
    assert_int_equal(answer.visit.response.status, 400);
    made_answer_free(&answer);
    assert_int_equal(made_world.decisions, 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, json, good[i]);
        assert_int_equal(answer.visit.response.status, 202);
        made_answer_free(&answer);
    }
}

static const char *link_of(const struct made_answer *from, const char *rel)
{
    const json_t *links = json_object_get(from->json, "links"), *link;
    size_t i;

    json_array_foreach(
        links, i, link) if (!strcmp(json_string_value(json_object_get(link, "rel")),
                                    rel)) return json_string_value(json_object_get(link, "href"));
    return "";
}

// What a client chose as an id is what it is told of, be it of zeros alone.
static void a_request_has_the_id_that_was_chosen(void **state)
{
    static const char nil[] = "00000000-0000-0000-0000-000000000000";
    const char *const headers[] = {"Idempotency-Key", nil, NULL};

    (void)state;
    made_ask(&answer, "POST", ORG "/jobs/a1/cancel-requests", ADA, headers, NULL);
    assert_int_equal(answer.visit.response.status, 202);
    assert_string_equal(answer_text(&answer, "requestID"), nil);
    made_answer_free(&answer);
}

// Their addresses come back from an answer's links, as a client that follows them has them.
static void jobs_named_by_dots_are_shown_and_cancelled(void **state)
{
    static const char *const names[] = {".", "..", "~.", "~~.."};
    char target[128];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        made_world.jobs[made_world.job_count++] = (struct made_job){
            "org-a", names[i], "..", "ada", NULL, NULL, STATUS_RUNNING, true, true};
    for (size_t i = 0; i < 4; i++) {
        snprintf(target, sizeof target, ORG "/jobs/~%s", names[i]);
        assert_int_equal(ask("GET", target, ADA), 200);
        assert_string_equal(answer_text(&answer, "jobID"), names[i]);
        assert_string_equal(link_of(&answer, "self"), target);
        made_answer_free(&answer);
        assert_int_equal(ask("DELETE", target, ADA), 202);
        assert_string_equal(answer_text(&answer, "jobID"), names[i]);
        assert_memory_equal(header("Location"), target, strlen(target));
        made_answer_free(&answer);
    }
    expect(400, "GET", ORG "/jobs/%2E%2E", ADA);
    assert_int_equal(ask("GET", ORG "/processes/~..", ADA), 200);
    assert_string_equal(answer_text(&answer, "id"), "..");
    assert_string_equal(link_of(&answer, "self"), ORG "/processes/~..");
    made_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_tells_why_a_job_is_not_there),
        TEST(whose_job_is_hidden_costs_as_many_questions),
        TEST(only_the_creator_is_granted),
        TEST(no_request_without_a_member),
        TEST(a_cancel_request_is_told_of),
        TEST(the_same_request_again_is_one),
        TEST(a_refusal_does_not_tell_that_a_job_is_there),
        TEST(requests_come_in_pages),
        TEST(what_was_asked_over_kafka_seems_to_wait),
        TEST(a_body_is_a_reason_or_nothing),
        TEST(a_request_has_the_id_that_was_chosen),
        TEST(jobs_named_by_dots_are_shown_and_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
