// SPDX-License-Identifier: Apache-2.0
// Where a replica is read: what is asked of it, what never is, and what its replay in the way of a
// question comes to.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/asking.h"
#include "live/hub_private.h"

#define REQUEST "/cancel-requests/00000000-0000-4000-8000-000000000001"

static void begin(void)
{
    made_world_reset();
    made_world.has_replica = true;
}

static void what_is_only_read_is_asked_of_the_replica(void **state)
{
    static const char *const targets[] = {ORG "/jobs", ORG "/jobs/a1", ORG "/jobs/a1/history",
                                          ORG "/processes", ORG "/processes/Load"};

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        begin();
        expect(200, "GET", targets[i], ADA);
        assert_true(made_world.asked_replica);
        assert_false(made_world.asked_primary);
    }
    begin();
    expect(303, "GET", ORG "/jobs/a2/results", ADA);
    assert_false(made_world.asked_primary);
}

static void decisions_and_what_is_told_of_them_never_are(void **state)
{
    static const struct {
        int status;
        const char *method, *target;
    } questions[] = {
        {202, "DELETE", ORG "/jobs/a1"},
        {202, "POST", ORG "/jobs/a1/cancel-requests"},
        {409, "DELETE", ORG "/jobs/a2"},
        {404, "DELETE", ORG "/jobs/b2"},
        {404, "POST", ORG "/jobs/none/cancel-requests"},
        {200, "GET", ORG "/jobs/a1/cancel-requests"},
        {404, "GET", ORG "/jobs/a1" REQUEST},
    };

    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        begin();
        expect(questions[i].status, questions[i].method, questions[i].target, ADA);
        assert_true(made_world.asked_primary);
        assert_false(made_world.asked_replica);
    }
}

static size_t times_it_says(const char *header)
{
    const struct response *response = &answer.visit.response;
    size_t times = 0;

    for (size_t i = 0; i < response->header_count; i++)
        times += !strcmp(response->headers[i].name.data, header);
    return times;
}

static void what_replay_hinders_is_asked_once_more(void **state)
{
    (void)state;
    begin();
    made_world.conflicts = 1;
    assert_int_equal(ask("GET", ORG "/jobs", ADA), 200);
    assert_int_equal(times_it_says("Jobtrail-As-Of"), 1);
    made_answer_free(&answer);
    begin();
    made_world.conflicts = 2;
    assert_int_equal(ask("GET", ORG "/jobs", ADA), 503);
    assert_int_equal(times_it_says("Retry-After"), 1);
    assert_int_equal(times_it_says("Jobtrail-As-Of"), 0);
    made_answer_free(&answer);
}

// Whoever reads the primary alone never has that in the way; but if, then it is decided once.
static void nothing_is_decided_twice(void **state)
{
    (void)state;
    made_world_reset();
    made_world.conflicts = 1;
    expect(503, "DELETE", ORG "/jobs/a1", ADA);
    assert_true(made_world.decisions <= 1);
}

static const char *stream_from(void)
{
    static char text[64];
    const struct response *response = &answer.visit.response;

    *text = '\0';
    assert_int_equal(ask("GET", ORG "/jobs", ADA), 200);
    for (size_t i = 0; i < response->header_count; i++)
        if (!strcmp(response->headers[i].name.data, "Jobtrail-Stream-From"))
            snprintf(text, sizeof text, "%s", response->headers[i].value.data);
    made_answer_free(&answer);
    return text;
}

// The hub may read another replica than the one that gave the list, and be ahead of it.
static void a_stream_goes_on_from_what_the_list_had(void **state)
{
    struct hub hub = {.position = 2000};

    (void)state;
    begin();
    made_world.hub = &hub;
    assert_string_equal(stream_from(), "2000");
    made_world.freshness.replayed_us = 1500;
    assert_string_equal(stream_from(), "1500");
    made_world.freshness.replayed_us = 2500;
    assert_string_equal(stream_from(), "2000");
    made_world.freshness.as_of_us = TIME_NONE;
    made_world.freshness.replayed_us = 1500;
    assert_string_equal(stream_from(), "1500");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_only_read_is_asked_of_the_replica),
        cmocka_unit_test(decisions_and_what_is_told_of_them_never_are),
        cmocka_unit_test(what_replay_hinders_is_asked_once_more),
        cmocka_unit_test(nothing_is_decided_twice),
        cmocka_unit_test(a_stream_goes_on_from_what_the_list_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
