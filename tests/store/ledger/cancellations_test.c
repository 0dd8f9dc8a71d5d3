// SPDX-License-Identifier: Apache-2.0
// What jobtrail cancellations asks for: lists, single requests, and the ledger as it grows.
#include "store/harness.h"

#include <stdio.h>
#include <string.h>

#include "store/ledger/cancellations.h"
#include "store/ledger/cancellations_watch.h"
#include "support/failing_malloc.h"

#define TURN_US (INT64_C(31) * US_PER_SECOND)
#define COMMAND "'00000000-0000-5000-8000-000000000001'"

static const char shared_id[] = "11111111-1111-4111-8111-111111111111";

// "JOB OUTCOME REASON_CODE;" of each, in the order of telling.
struct seen {
    char text[2048];
    int count;
};

static void add(struct seen *seen, struct slice text, const char *after)
{
    size_t used = strlen(seen->text);

    snprintf(seen->text + used, sizeof seen->text - used, "%.*s%s", text.data ? (int)text.size : 1,
             text.data ? text.data : "-", after);
}

static void see(void *self, const struct kept_cancellation *cancellation)
{
    struct seen *seen = self;

    seen->count++;
    add(seen, cancellation->job_id, " ");
    add(seen, cancellation->outcome, " ");
    add(seen, cancellation->reason_code, ";");
}

static void refused(struct harness *harness, const char *job, const char *requester,
                    const char *request_id, const char *reason_code)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, decided_at,"
             " request_id, identified, channel, decision, reason_code, organization_id, job_id,"
             " requester_id) VALUES (now(), now(), now(), %s, %s, 'http', 'refused', '%s', 'acme',"
             " '%s', '%s')",
             request_id, strcmp(reason_code, "INVALID_CREDENTIALS") ? "true" : "false", reason_code,
             job, requester);
    harness_run(harness->side, sql);
}

static void pending(struct harness *harness, const char *job)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, waits_until,"
             " request_id, identified, channel, organization_id, job_id, requester_id, topic,"
             " partition, record_offset, reason)"
             " SELECT now(), now(), now() + '1 min', gen_random_uuid(), true, 'kafka', 'other',"
             " '%s', 'bob', 'asked', 3, count(*), 'no need' FROM jobtrail.cancel_request",
             job);
    harness_run(harness->side, sql);
}

// A granted one, whose job runs.
static void granted(struct harness *harness)
{
    struct row_write row = harness_row("acme", "stopped", 7);

    harness_written(harness->store, &(struct batch_write){.rows = &row, .row_count = 1});
    harness_run(harness->side,
                "INSERT INTO jobtrail.cancel_command VALUES ('2026-11-24 10:00Z', 'infinity', NULL,"
                " " COMMAND ", gen_random_uuid(), 1, 0, 'acme', 'stopped', 'Load', 'ada', 'ada')");
    harness_run(harness->side,
                "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, decided_at,"
                " request_id, identified, channel, decision, reason_code, organization_id, job_id,"
                " requester_id, creator_id, command_id, job_attempt, job_revision) VALUES"
                " ('2026-11-24 09:59Z', now(), '2026-11-24 10:00Z', gen_random_uuid(), true,"
                " 'http', 'granted', 'CREATOR', 'acme', 'stopped', 'ada', 'ada', " COMMAND
                ", 1, 7)");
}

static struct seen list(struct harness *harness, struct cancellations_filter filter, int limit)
{
    struct seen seen = {0};
    struct cancellations_visitor visitor = {&seen, see};
    struct err err = {0};

    if (cancellations_list(harness->conninfo, &filter, limit, &visitor, &err))
        fail_msg("%s", err.text);
    return seen;
}

#define LISTED(...) list(harness, (struct cancellations_filter){__VA_ARGS__}, 10).text

static void they_are_found_by_what_they_are(void **state)
{
    struct harness *harness = *state;

    assert_string_equal(LISTED(.organization = NULL), "");
    refused(harness, "a", "eve", "gen_random_uuid()", "NOT_CREATOR");
    pending(harness, "b");
    granted(harness);
    assert_string_equal(LISTED(.organization = NULL),
                        "stopped open CREATOR;b pending -;a refused NOT_CREATOR;");
    assert_string_equal(list(harness, (struct cancellations_filter){0}, 1).text,
                        "stopped open CREATOR;");
    assert_string_equal(LISTED(.organization = "acme"),
                        "stopped open CREATOR;a refused NOT_CREATOR;");
    assert_string_equal(LISTED(.job = "b"), "b pending -;");
    assert_string_equal(LISTED(.requester = "eve"), "a refused NOT_CREATOR;");
    assert_string_equal(LISTED(.outcome = "open"), "stopped open CREATOR;");
    assert_string_equal(LISTED(.organization = "other", .requester = "eve"), "");
}

static void see_granted(void *self, const struct kept_cancellation *cancellation)
{
    ++*(int *)self;
    assert_true(slice_equal(cancellation->creator_id, slice_of("ada")));
    assert_true(slice_equal(cancellation->requester_id, slice_of("ada")));
    assert_true(slice_equal(cancellation->decision, slice_of("granted")));
    assert_true(slice_equal(cancellation->channel, slice_of("http")));
    assert_true(slice_is_null(cancellation->source.topic));
    assert_true(slice_is_null(cancellation->reason));
    assert_true(cancellation->has_command);
    assert_int_equal(cancellation->command_id.bytes[15], 1);
    assert_int_equal(cancellation->attempt, 1);
    assert_true(cancellation->has_revision);
    assert_int_equal(cancellation->job_revision, 7);
    assert_true(cancellation->command_issued_at_us - cancellation->received_at_us ==
                60 * US_PER_SECOND);
    assert_true(cancellation->decided_at_us == cancellation->command_issued_at_us);
    assert_true(cancellation->command_published_at_us == TIME_NONE);
    assert_true(cancellation->decision_published_at_us == TIME_NONE);
}

static void see_pending(void *self, const struct kept_cancellation *cancellation)
{
    ++*(int *)self;
    assert_true(slice_equal(cancellation->source.topic, slice_of("asked")));
    assert_int_equal(cancellation->source.partition, 3);
    assert_int_equal(cancellation->offset, 1);
    assert_true(slice_equal(cancellation->reason, slice_of("no need")));
    assert_true(cancellation->waits_until_us - cancellation->received_at_us == 60 * US_PER_SECOND);
    assert_true(cancellation->decided_at_us == TIME_NONE);
    assert_true(slice_is_null(cancellation->decision));
    assert_false(cancellation->has_command || cancellation->has_revision);
    assert_int_equal(cancellation->attempt, 0);
}

static int show(struct harness *harness, const struct cancellations_key *key,
                void (*visit)(void *, const struct kept_cancellation *))
{
    int count = 0;
    struct cancellations_visitor visitor = {&count, visit};
    struct err err = {0};

    if (cancellations_show(harness->conninfo, key, &visitor, &err))
        fail_msg("%s", err.text);
    return count;
}

static void one_is_shown_with_all_that_is_known(void **state)
{
    struct harness *harness = *state;

    granted(harness);
    pending(harness, "b");
    assert_int_equal(show(harness, &(struct cancellations_key){.id = 1}, see_granted), 1);
    assert_int_equal(show(harness, &(struct cancellations_key){.id = 2}, see_pending), 1);
    assert_int_equal(show(harness, &(struct cancellations_key){.id = 3}, see_pending), 0);
}

static void see_nothing(void *self, const struct kept_cancellation *cancellation)
{
    (void)cancellation;
    ++*(int *)self;
}

static void a_request_id_finds_all_that_used_it(void **state)
{
    struct harness *harness = *state;
    struct cancellations_key key = {.is_request_id = true};

    assert_true(uuid_parse(slice_of(shared_id), &key.request_id));
    assert_int_equal(show(harness, &key, see_nothing), 0);
    refused(harness, "a", "eve", "'11111111-1111-4111-8111-111111111111'", "NOT_CREATOR");
    refused(harness, "b", "mallory", "'11111111-1111-4111-8111-111111111111'",
            "INVALID_CREDENTIALS");
    refused(harness, "c", "eve", "gen_random_uuid()", "NOT_CREATOR");
    assert_int_equal(show(harness, &key, see_nothing), 2);
}

static struct cancellations_watch *watch_new(struct harness *harness, const char *outcome,
                                             const char *organization)
{
    struct cancellations_filter filter = {.outcome = outcome, .organization = organization};
    struct cancellations_watch *watch;
    struct err err;

    assert_int_equal(cancellations_watch_new(harness->conninfo, &filter, &watch, &err), 0);
    return watch;
}

// What the next look tells; lives until the next call.
static const char *told(struct cancellations_watch *watch, int64_t now_us)
{
    static struct seen seen;
    struct cancellations_visitor visitor = {&seen, see};
    struct err err = {0};

    seen = (struct seen){0};
    if (cancellations_watch_poll(watch, 2, now_us, &visitor, &err))
        fail_msg("%s", err.text);
    return seen.text;
}

static void each_is_told_when_it_is_new_and_when_it_changes(void **state)
{
    struct harness *harness = *state;
    struct cancellations_watch *watch = watch_new(harness, NULL, NULL);

    for (char job[] = "a"; *job < 'd'; ++*job)
        refused(harness, job, "eve", "gen_random_uuid()", "NOT_CREATOR");
    assert_string_equal(told(watch, 0), "b refused NOT_CREATOR;c refused NOT_CREATOR;");
    assert_string_equal(told(watch, 1), "");
    granted(harness);
    pending(harness, "d");
    assert_string_equal(told(watch, 2), "stopped open CREATOR;d pending -;");
    assert_string_equal(told(watch, 3), "");
    for (int turn = 1; turn < 5; turn++)
        assert_string_equal(told(watch, turn * TURN_US), "");
    harness_run(harness->side, "UPDATE jobtrail_p1.job SET status = 2"); // it succeeded
    assert_string_equal(told(watch, 5 * TURN_US), "stopped overtaken CREATOR;");
    harness_run(harness->side, "UPDATE jobtrail.cancel_request SET decision = 'refused',"
                               " reason_code = 'UNKNOWN_JOB', decided_at = now()"
                               " WHERE decided_at IS NULL");
    assert_string_equal(told(watch, 5 * TURN_US), "d refused UNKNOWN_JOB;");
    for (int turn = 6; turn < 9; turn++)
        assert_string_equal(told(watch, turn * TURN_US), "");
    cancellations_watch_free(watch);
}

// An id is taken before its row can be seen.
static void one_that_is_committed_late_is_told(void **state)
{
    struct harness *harness = *state;
    struct cancellations_watch *watch = watch_new(harness, NULL, NULL);
    PGconn *late = PQconnectdb(harness->conninfo);
    PGconn *side = harness->side;

    assert_string_equal(told(watch, 0), "");
    harness_run(late, "BEGIN");
    harness->side = late;
    refused(harness, "late", "eve", "gen_random_uuid()", "NOT_CREATOR");
    harness->side = side;
    refused(harness, "soon", "eve", "gen_random_uuid()", "NOT_CREATOR");
    assert_string_equal(told(watch, TURN_US), "soon refused NOT_CREATOR;");
    harness_run(late, "COMMIT");
    assert_string_equal(told(watch, TURN_US + 1), "late refused NOT_CREATOR;");
    assert_string_equal(told(watch, 3 * TURN_US), "");
    PQfinish(late);
    cancellations_watch_free(watch);
}

static void a_filter_holds_while_it_goes_on(void **state)
{
    struct harness *harness = *state;
    struct cancellations_watch *overtaken = watch_new(harness, "overtaken", NULL);
    struct cancellations_watch *other = watch_new(harness, NULL, "other");

    assert_string_equal(told(overtaken, 0), "");
    assert_string_equal(told(other, 0), "");
    granted(harness);
    pending(harness, "b");
    assert_string_equal(told(overtaken, 1), "");
    assert_string_equal(told(other, 1), "b pending -;");
    harness_run(harness->side, "UPDATE jobtrail_p1.job SET status = 2");
    assert_string_equal(told(overtaken, 2), "stopped overtaken CREATOR;");
    assert_string_equal(told(other, 2), "");
    cancellations_watch_free(overtaken);
    cancellations_watch_free(other);
}

static void a_lost_connection_is_made_again_and_nothing_told_twice(void **state)
{
    struct harness *harness = *state;
    struct cancellations_watch *watch = watch_new(harness, NULL, NULL);
    struct seen seen = {0};
    struct cancellations_visitor visitor = {&seen, see};
    struct err err = {0};

    refused(harness, "a", "eve", "gen_random_uuid()", "NOT_CREATOR");
    assert_string_equal(told(watch, 0), "a refused NOT_CREATOR;");
    harness_run(harness->side, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                               " WHERE application_name = 'jobtrail cancellations'");
    assert_int_equal(cancellations_watch_poll(watch, 2, 1, &visitor, &err), RETRY);
    assert_int_equal(seen.count, 0);
    refused(harness, "b", "eve", "gen_random_uuid()", "NOT_CREATOR");
    assert_string_equal(told(watch, 2), "b refused NOT_CREATOR;");
    cancellations_watch_free(watch);
}

static int whole_way(struct harness *harness, struct seen *seen, struct err *err)
{
    struct cancellations_visitor visitor = {seen, see};
    struct cancellations_filter filter = {.organization = "acme"};
    struct cancellations_key key = {.id = 1};
    struct cancellations_watch *watch;
    int rc = cancellations_list(harness->conninfo, &filter, 5, &visitor, err);

    if (!rc)
        rc = cancellations_show(harness->conninfo, &key, &visitor, err);
    if (!rc)
        rc = cancellations_watch_new(harness->conninfo, &filter, &watch, err);
    if (rc)
        return rc;
    for (int round = 0; !rc && round < 2; round++)
        rc = cancellations_watch_poll(watch, 5, round, &visitor, err);
    cancellations_watch_free(watch);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    struct seen seen = {0};
    struct err err;
    long n;

    refused(harness, "a", "eve", "gen_random_uuid()", "NOT_CREATOR");
    for (n = 1; n < 200; n++) {
        int rc;

        seen = (struct seen){0};
        failing_malloc_after(n);
        rc = whole_way(harness, &seen, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
    }
    failing_malloc_never();
    assert_true(n > 3 && n < 200);
    assert_int_equal(seen.count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(they_are_found_by_what_they_are),
        TEST(one_is_shown_with_all_that_is_known),
        TEST(a_request_id_finds_all_that_used_it),
        TEST(each_is_told_when_it_is_new_and_when_it_changes),
        TEST(one_that_is_committed_late_is_told),
        TEST(a_filter_holds_while_it_goes_on),
        TEST(a_lost_connection_is_made_again_and_nothing_told_twice),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
