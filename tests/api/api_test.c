// SPDX-License-Identifier: Apache-2.0
// The API by its answers, over a made read model: who sees what, lists, jobs and results.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/asking.h"

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

static json_int_t counted(const char *status)
{
    return json_integer_value(json_object_get(json_object_get(answer.json, "counts"), status));
}

static void each_role_counts_its_jobs(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", ORG "/job-counts?processID=Load", ADMIN), 200);
    assert_int_equal(counted("accepted") + counted("running") + counted("successful") +
                         counted("failed") + counted("dismissed"),
                     5);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "silent")), 1);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "unanswered")), 2);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "overtaken")), 3);
    assert_null(json_object_get(answer.json, "boundedToNewest"));
    assert_int_equal(made_world.filter.type_count, 1);
    made_answer_free(&answer);
    made_world.bounded = made_world.open_unknown = true;
    assert_int_equal(ask("GET", ORG "/job-counts?creator=bob", ADA), 200);
    assert_true(slice_equal(made_world.scope.creator_id, SLICE_LITERAL("ada")));
    assert_int_equal(json_integer_value(json_object_get(answer.json, "boundedToNewest")), 10000);
    assert_null(json_object_get(answer.json, "silent"));
    assert_null(json_object_get(answer.json, "unanswered"));
    assert_null(json_object_get(answer.json, "overtaken"));
    made_answer_free(&answer);
    made_world.scope = (struct job_scope){0};
    assert_int_equal(ask("GET", ORG "/job-counts", USER), 200);
    assert_true(slice_is_null(made_world.scope.organization_id)); // nothing was asked
    assert_int_equal(counted("running"), 0);
    made_answer_free(&answer);
    expect(400, "GET", ORG "/job-counts?limit=3", ADMIN);
    expect(405, "POST", ORG "/job-counts", ADMIN);
}

static size_t steps(void)
{
    return json_array_size(json_object_get(answer.json, "steps"));
}

static const json_t *counts_of_step(size_t step)
{
    return json_object_get(json_array_get(json_object_get(answer.json, "steps"), step), "counts");
}

static void a_timeline_says_what_it_does_not_know(void **state)
{
    (void)state;
    assert_int_equal(ask("GET",
                         ORG "/job-timeline?datetime=2026-01-01T00:00:00Z/2026-01-01T00:00:09Z"
                             "&step=1&status=failed",
                         ADMIN),
                     200);
    assert_int_equal(steps(), 10);
    assert_int_equal(json_integer_value(json_object_get(counts_of_step(2), "failed")), 7);
    assert_null(json_object_get(answer.json, "uncountedTo"));
    assert_int_equal(made_world.filter.statuses, 1U << STATUS_FAILED);
    made_answer_free(&answer);
    made_world.bounded = true;
    assert_int_equal(ask("GET",
                         ORG "/job-timeline?datetime=2026-01-01T00:00:00Z/2026-01-01T00:00:09Z"
                             "&step=1",
                         ADA),
                     200);
    assert_true(slice_equal(made_world.scope.creator_id, SLICE_LITERAL("ada")));
    assert_int_equal(json_integer_value(json_object_get(answer.json, "boundedToNewest")), 10000);
    assert_string_equal(json_string_value(json_object_get(answer.json, "uncountedTo")),
                        "2026-01-01T00:00:01.500000Z");
    assert_null(counts_of_step(0));
    assert_non_null(counts_of_step(1)); // a part of it
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/job-timeline", ADMIN), 200); // until now
    assert_int_equal(steps(), 24);
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/job-timeline?datetime=9999-01-01T00:00:00Z/..", ADMIN), 200);
    assert_int_equal(steps(), 1);
    made_answer_free(&answer);
    assert_int_equal(
        ask("GET", ORG "/job-timeline?datetime=../0001-01-01T00:00:00Z&step=2147483647", ADMIN),
        200);
    assert_string_equal(json_string_value(json_object_get(answer.json, "from")),
                        "0000-01-01T00:00:00.000000Z"); // no year before it can be written
    assert_int_equal(steps(), 1);
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/job-timeline", USER), 200);
    assert_int_equal(steps(), 0);
    made_answer_free(&answer);
    expect(400, "GET",
           ORG "/job-timeline?datetime=2026-01-01T00:00:00Z/2026-01-01T00:03:20Z&step=1", ADMIN);
    expect(400, "GET", ORG "/job-timeline?datetime=9999-12-31T23:00:00-01:00/..", ADMIN);
    expect(400, "GET", ORG "/job-timeline?datetime=../0000-01-01T00:59:59%2B01:00", ADMIN);
    expect(400, "GET", ORG "/job-timeline?step=0", ADMIN);
    expect(400, "GET", ORG "/job-timeline?limit=3", ADMIN);
    expect(400, "GET", ORG "/jobs?step=3", ADMIN);
}

static void silence_is_judged_by_the_rules_of_the_service(void **state)
{
    static const struct silence_limit load = {{"Load", 4}, 7};

    (void)state;
    made_world.silence = (struct silence_rules){.after_us = 5, .by_type = &load, .type_count = 1};
    expect(200, "GET", ORG "/job-counts", ADMIN);
    assert_int_equal(made_world.waits.after_us, 5);
    assert_int_equal(made_world.waits.type_count, 1);
    assert_true(made_world.waits.now_us > 0);
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
        {"creator=", "creator"},
        {"creator=me&creator=bob", "creator"},
        {"type=wps", "type"},
        {"type=", "type"},
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
            fail_msg("%s: %d", cases[i].query, answer.visit.response.status);
        assert_string_equal(answer_text(&answer, "parameter"), cases[i].name);
        assert_true(*answer_text(&answer, "allowed"));
        made_answer_free(&answer);
    }
    expect(400, "GET", ORG "/jobs/a1?x=1", ADMIN);
    expect(400, "GET", ORG "?x=json", ADMIN);
}

static void parameters_become_a_filter(void **state)
{
    (void)state;
    expect(200, "GET",
           ORG "/jobs?type=process,process&type=process&processID=Load,Seed&processID=X%20Y&status="
               "running&status=failed,dismissed"
               "&datetime=2026-01-01T00:00:00+01:00/..&minDuration=5&maxDuration=60&limit=99999"
               "&creator=me&q=a%2Bb&sortby=+updated",
           ADMIN);
    assert_int_equal(made_world.filter.type_count, 3);
    assert_true(slice_is_null(made_world.scope.creator_id));
    assert_int_equal(made_world.filter.statuses,
                     1U << STATUS_RUNNING | 1U << STATUS_FAILED | 1U << STATUS_DISMISSED);
    assert_int_equal(made_world.filter.moments[MOMENT_CREATED].from_us, INT64_C(1767222000000000));
    assert_true(made_world.filter.moments[MOMENT_CREATED].to_us == TIME_NONE);
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

// Asks for jobs of some types and says what they were taken for, with a line between them.
static const char *types_read(const char *target)
{
    static char text[256];
    size_t size = 0;

    assert_int_equal(ask("GET", target, ADMIN), 200);
    text[0] = '\0';
    for (size_t i = 0; i < made_world.filter.type_count; i++)
        size +=
            (size_t)snprintf(text + size, sizeof text - size, "%s%.*s", i ? "|" : "",
                             (int)made_world.filter.types[i].size, made_world.filter.types[i].data);
    made_answer_free(&answer);
    return text;
}

static void a_type_may_have_a_comma_in_it(void **state)
{
    char link[1024];

    (void)state;
    assert_string_equal(types_read(ORG "/jobs?processID=a%5C,b,c\\\\%2Cd%5Ce&processID=f\\"),
                        "a,b|c\\|d\\e|f\\");
    expect(400, "GET", ORG "/jobs?processID=a,,b", ADMIN);
    expect(400, "GET", ORG "/jobs?processID=a,", ADMIN);
    // What a process links to finds its jobs.
    made_world.jobs[0].type = "a,b\\c";
    assert_int_equal(ask("GET", ORG "/processes/a,b%5Cc", ADMIN), 200);
    assert_string_equal(link_of("http://www.opengis.net/def/rel/ogc/1.0/job-list", link),
                        ORG "/jobs?processID=a%5C%2Cb%5C%5Cc");
    made_answer_free(&answer);
    assert_string_equal(types_read(link), made_world.jobs[0].type);
}

static void types_come_in_pages(void **state)
{
    char next[1024];

    (void)state;
    assert_int_equal(ask("GET", ORG "/processes?limit=2", ADMIN), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "processes")), 2);
    assert_string_equal(link_of("next", next), ORG "/processes?from=Seed&limit=2");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", next, ADMIN), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "processes")), 1);
    assert_string_equal(link_of("next", next), "");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/processes?limit=3", ADMIN), 200);
    assert_string_equal(link_of("next", next), "");
    made_answer_free(&answer);
    expect(400, "GET", ORG "/processes?limit=0", ADMIN);
    expect(400, "GET", ORG "/processes?limit=1&limit=1", ADMIN);
    expect(400, "GET", ORG "/processes?from=", ADMIN);
    expect(400, "GET", ORG "/processes?from=a&from=b", ADMIN);
    expect(400, "GET", ORG "/processes?cursor=x", ADMIN);
    expect(404, "GET", ORG "/processes/Loa", ADMIN);
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
    snprintf(other, sizeof other, ORG "/jobs?sortby=-created&%s", strstr(next, "cursor="));
    expect(400, "GET", other, ADMIN);
    snprintf(other, sizeof other, ORG "/jobs?sortby=-jobID&%s", strstr(next, "cursor="));
    expect(200, "GET", other, ADMIN);
}

static json_int_t before_page(const char *target)
{
    const json_t *before;

    assert_int_equal(ask("GET", target, ADMIN), 200);
    before = json_object_get(answer.json, "numberBefore");
    made_answer_free(&answer);
    return before ? made_world.before : -1;
}

// Where a page begins, as far as it is known.
static void a_page_says_where_it_begins(void **state)
{
    char next[1024], prev[1024];

    (void)state;
    made_world.more = true;
    assert_int_equal(before_page(ORG "/jobs?limit=2"), 0);
    assert_int_equal(ask("GET", ORG "/jobs?limit=2", ADMIN), 200);
    link_of("next", next);
    made_answer_free(&answer);
    made_world.before = 2;
    assert_int_equal(ask("GET", next, ADMIN), 200);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "numberBefore")), 2);
    link_of("prev", prev);
    made_answer_free(&answer);
    made_world.before = 5; // two of them are the page's own
    assert_int_equal(ask("GET", prev, ADMIN), 200);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "numberBefore")), 3);
    made_answer_free(&answer);
    made_world.before = 1; // fewer than were read a moment later
    assert_int_equal(before_page(prev), -1);
    made_world.before = -1;
    assert_int_equal(before_page(next), -1);
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
    assert_string_equal(answer_text(&answer, "processID"), "Load");
    assert_string_equal(answer_text(&answer, "type"), "process");
    assert_string_equal(answer_text(&answer, "jobID"), "b1");
    assert_string_equal(answer_text(&answer, "status"), "failed");
    assert_string_equal(answer_text(&answer, "created"), "1970-01-01T00:00:00.000000Z");
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

static void a_job_that_keeps_still_is_silent(void **state)
{
    static const struct {
        const char *job_id;
        int64_t after_us;
        bool is_silent;
        const char *from;
    } cases[] = {{"a1", 1000 * US_PER_SECOND, true, "1970-01-01T00:16:41.000000Z"}, // heard at 1 s
                 {"a1", 1001 * US_PER_SECOND, false, "1970-01-01T00:16:42.000000Z"},
                 {"a1", 0, false, ""},
                 {"a2", 1000 * US_PER_SECOND, false, ""}, // has ended
                 {"b1", 1000 * US_PER_SECOND, false, ""}};
    char target[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made_world.silence.after_us = cases[i].after_us;
        snprintf(target, sizeof target, ORG "/jobs/%s", cases[i].job_id);
        assert_int_equal(ask("GET", target, ADMIN), 200);
        assert_int_equal(json_is_true(json_object_get(answer.json, "silent")), cases[i].is_silent);
        assert_int_equal(json_object_get(answer.json, "silent") != NULL, cases[i].is_silent);
        assert_string_equal(answer_text(&answer, "silentFrom"), cases[i].from);
        made_answer_free(&answer);
    }
}

static void results_are_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", ORG "/jobs/a2/results", ADA), 303);
    assert_string_equal(header("Location"), "https://example.test/r?%C3%A9");
    made_answer_free(&answer);
    assert_int_equal(ask("GET", ORG "/jobs/a1/results", ADA), 404);
    assert_string_equal(
        answer_text(&answer, "type"),
        "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready");
    made_answer_free(&answer);
}

static void the_landing_page_leads_everywhere(void **state)
{
    char link[1024];

    (void)state;
    assert_int_equal(ask("GET", ORG, USER), 200);
    assert_string_equal(link_of("service-desc", link), ORG "/api?f=json");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_role_sees_its_jobs),
        TEST(a_job_out_of_scope_is_not_there),
        TEST(bad_parameters_are_named),
        TEST(parameters_become_a_filter),
        TEST(a_type_may_have_a_comma_in_it),
        TEST(types_come_in_pages),
        TEST(pages_lead_on_and_back),
        TEST(what_is_not_exact_is_said),
        TEST(a_page_says_where_it_begins),
        TEST(each_role_counts_its_jobs),
        TEST(a_timeline_says_what_it_does_not_know),
        TEST(silence_is_judged_by_the_rules_of_the_service),
        TEST(a_job_is_told_of_as_ogc_has_it),
        TEST(a_job_that_keeps_still_is_silent),
        TEST(results_are_elsewhere),
        TEST(the_landing_page_leads_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
