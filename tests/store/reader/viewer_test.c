// SPDX-License-Identifier: Apache-2.0
// What a viewer may see: their organisation, or their own jobs in it, and nothing else, whatever
// they put into a text. The role that reads and the WHERE are tested one without the other.
#include <stdio.h>

#include "store/connection/link.h"
#include "store/reader/reader_kit.h"
#include "support/between.h"

static struct row_write job_of(const char *organization_id, const char *job_id,
                               const char *creator_id, const char *type)
{
    struct row_write row = harness_row(organization_id, job_id, 1);

    row.columns.creator_id = slice_of(creator_id);
    row.columns.type = slice_of(type);
    // One creation.
    row.columns.history = SLICE_LITERAL("\1\1\0\0\0\0\0\0\0\7"
                                        "AAAAAAAAAAAAAAAA"
                                        "\0\2\0\1\xff\xff\0\4Load\0\3ada\xff\xff\0\0");
    return row;
}

static void fill(struct harness *harness)
{
    struct row_write rows[] = {
        job_of("acme", "a", "ada", "Load"),    job_of("other", "a", "ada", "Seed"),
        job_of("acme", "b", "bob", "Analyze"), job_of("acme", "n", NULL, NULL),
        job_of("other", "o", "bob", "Seed"),
    };

    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = 5});
    harness_run(harness->side,
                "INSERT INTO jobtrail_p1.job_count (n, shard, status, organization_id, type)"
                " SELECT count(*), 0, status, organization_id, coalesce(type, '')"
                " FROM jobtrail_p1.job GROUP BY 3, 4, 5");
    harness_run(
        harness->side,
        "INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id,"
        " attempt, type, creator_id, requester_id, issued_at, answer_by)"
        " SELECT gen_random_uuid(), '00000000-0000-4000-8000-000000000001', o, 'a', 1, 'Load',"
        " 'ada', 'ada', now(), now() + interval '1 hour' FROM unnest(ARRAY['acme', 'other']) AS o");
    harness_run(harness->side,
                "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, decided_at,"
                " request_id, command_id, organization_id, job_id, job_attempt, requester_id,"
                " creator_id, job_revision, identified, channel, decision, reason_code)"
                " SELECT now(), now(), now(), request_id, command_id, organization_id, job_id, 1,"
                " 'ada', 'ada', 1, true, 'http', 'granted', 'CREATOR'"
                " FROM jobtrail.cancel_command");
}

static bool is_shown(struct job_reader *reader, const struct job_scope *scope, const char *job_id)
{
    const struct viewed_job *job;
    const struct viewed_event *events;
    size_t count;
    struct err err = {0};
    bool shown;

    if (job_reader_show(reader, scope, slice_of(job_id), &job, &err))
        fail_msg("show: %s: %s", err.reason, err.text);
    shown = job != NULL;
    if (shown)
        assert_true(slice_equal(job->columns.key.organization_id, scope->organization_id));
    if (job_reader_history(reader, scope, slice_of(job_id), &events, &count, &err))
        fail_msg("history: %s: %s", err.reason, err.text);
    assert_int_equal(count != 0, shown);
    return shown;
}

static const char *types_from(struct job_reader *reader, const struct job_scope *scope,
                              const char *from, size_t limit)
{
    static char text[256];
    const struct slice *types;
    size_t count, size = 0;
    struct err err = {0};

    if (job_reader_types(reader, scope, slice_of(from), limit, &types, &count, &err))
        fail_msg("types: %s: %s", err.reason, err.text);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%.*s,", (int)types[i].size,
                                 types[i].data);
    return text;
}

static const char *types_of(struct job_reader *reader, const struct job_scope *scope)
{
    return types_from(reader, scope, NULL, 1000);
}

static void only_what_is_in_scope_is_seen(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_filter filter = no_filter();
    struct job_page page = {.sort = SORT_ID, .limit = 100};
    struct job_scope acme = scope_of("acme", NULL), adas = scope_of("acme", "ada"),
                     nobody = scope_of("nobody", NULL), empty = scope_of("", NULL),
                     eves = scope_of("acme", "eve"), unset = scope_of(NULL, NULL);

    fill(harness);
    assert_string_equal(listed(reader, &acme, &filter, &page), "a,b,n");
    assert_string_equal(listed(reader, &adas, &filter, &page), "a");
    assert_string_equal(listed(reader, &nobody, &filter, &page), "");
    assert_string_equal(listed(reader, &empty, &filter, &page), "");
    assert_string_equal(listed(reader, &unset, &filter, &page), "");
    assert_string_equal(listed(reader, &eves, &filter, &page), "");
    filter.creator_id = slice_of("bob");
    assert_string_equal(listed(reader, &acme, &filter, &page), "b");
    assert_string_equal(listed(reader, &adas, &filter, &page), "");
    assert_true(is_shown(reader, &acme, "n"));
    assert_true(is_shown(reader, &adas, "a"));
    assert_false(is_shown(reader, &adas, "b"));
    assert_false(is_shown(reader, &adas, "n"));
    assert_false(is_shown(reader, &acme, "o"));
    assert_false(is_shown(reader, &acme, "there is none"));
    assert_string_equal(types_of(reader, &acme), "Analyze,Load,");
    assert_string_equal(types_of(reader, &adas), "Load,");
    assert_string_equal(types_of(reader, &eves), "");
    assert_string_equal(types_from(reader, &acme, NULL, 1), "Analyze,");
    assert_string_equal(types_from(reader, &acme, "Analyze", 1), "Analyze,");
    assert_string_equal(types_from(reader, &acme, "Analyzf", 5), "Load,");
    assert_string_equal(types_from(reader, &adas, "Loae", 5), "");
    assert_string_equal(types_from(reader, &adas, "Load", 5), "Load,");
    job_reader_free(reader);
}

// The rows of a query of ours about the organisation other, as the reader role, looking for one.
static int rows_of(struct harness *harness, const char *name, const char *viewer)
{
    const char *values[PARAMETERS_MAX] = {"other"};
    char sql[128];
    PGresult *answer;
    int parameters, rows;

    if (!strncmp(name, "job_", 4))
        values[2] = "a";
    if (!strncmp(name, "job_types", 9))
        values[2] = NULL;
    if (!strcmp(name, "job_types_created_by"))
        values[3] = "ada";
    if (!strcmp(name, "job_cancellation"))
        values[1] = "ada";
    if (!strcmp(name, "job_cancellation"))
        values[2] = "00000000-0000-4000-8000-000000000001";
    if (!strncmp(name, "jobs_among", 10))
        values[18] = "created";
    if (!strcmp(name, "jobs_over_time")) {
        values[17] = "2000-01-01";
        values[18] = "2100-01-01";
        values[19] = "3600";
    }
    snprintf(sql, sizeof sql, "SET ROLE jobtrail_reader; SET jobtrail.organization = '%s'", viewer);
    harness_run(harness->side, sql);
    PQclear(PQprepare(harness->side, name, link_query_text(name), 0, NULL));
    answer = PQdescribePrepared(harness->side, name);
    parameters = PQnparams(answer);
    assert_between(parameters, 1, PARAMETERS_MAX);
    PQclear(answer);
    answer = PQexecPrepared(harness->side, name, parameters, values, NULL, NULL, 0);
    if (PQresultStatus(answer) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", name, PQerrorMessage(harness->side));
    rows = PQntuples(answer);
    // Some always answer one row: with a number, or without a job.
    if (rows == 1 && (PQgetisnull(answer, 0, 0) || !strcmp(PQgetvalue(answer, 0, 0), "0")))
        rows = 0;
    PQclear(answer);
    harness_run(harness->side, "DEALLOCATE ALL; RESET ROLE");
    return rows;
}

static void the_role_shows_nothing_of_others_whatever_is_asked(void **state)
{
    static const char *const names[] = {"jobs_by_created_asc",
                                        "jobs_by_created_desc",
                                        "jobs_by_id_asc",
                                        "jobs_by_id_desc",
                                        "jobs_by_updated_asc",
                                        "jobs_by_updated_desc",
                                        "jobs_count_totals",
                                        "jobs_count_matching",
                                        "jobs_count_among_newest",
                                        "jobs_over_time",
                                        "job_show",
                                        "job_history",
                                        "job_types",
                                        "job_types_created_by",
                                        "job_cancellations",
                                        "job_cancellation",
                                        "jobs_among_newest_asc",
                                        "jobs_among_newest_desc"};
    struct harness *harness = *state;

    fill(harness);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!rows_of(harness, names[i], "other"))
            fail_msg("%s shows nothing of its own", names[i]);
        if (rows_of(harness, names[i], "acme"))
            fail_msg("%s shows rows of others", names[i]);
    }
}

// The harness connects as a superuser, who may do all.
static void what_is_asked_is_asked_as_the_reader(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_scope scope = scope_of("acme", NULL);
    struct job_filter filter = no_filter();
    struct job_page page = first_page(10);
    struct viewed_jobs jobs;
    struct err err = {0};

    fill(harness);
    harness_run(harness->side, "REVOKE SELECT ON jobtrail_p1.job FROM jobtrail_reader");
    assert_int_equal(job_reader_list(reader, &scope, &filter, &page, &jobs, &err), FATAL);
    assert_string_equal(err.reason, "NO_PRIVILEGE");
    harness_run(harness->side, "GRANT SELECT ON jobtrail_p1.job TO jobtrail_reader");
    assert_int_equal(job_reader_connect(reader, &err), DONE);
    assert_string_equal(listed(reader, &scope, &filter, &page), "n,b,a");
    job_reader_free(reader);
}

// What no job of the organisation is, is not looked for among its jobs.
static void a_count_says_when_there_are_none(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_scope acme = scope_of("acme", NULL), adas = scope_of("acme", "ada");
    struct job_filter filter = no_filter(), text = no_filter();
    struct job_total total;
    struct err err = {0};

    fill(harness);
    filter.types[filter.type_count++] = slice_of("None");
    assert_int_equal(job_reader_count(reader, &acme, &filter, &total, &err), DONE);
    assert_true(total.none && total.exact && !total.count);
    harness_run(harness->side, "REVOKE SELECT ON jobtrail_p1.job FROM jobtrail_reader");
    text.text = slice_of("x");
    text.statuses = 1U << STATUS_DISMISSED;
    assert_int_equal(job_reader_count(reader, &acme, &text, &total, &err), DONE);
    assert_true(total.none);
    assert_int_equal(job_reader_count(reader, &adas, &filter, &total, &err), DONE);
    assert_true(total.none && total.exact && !total.count);
    // Of a type that somebody has it must be looked at.
    filter.types[filter.type_count++] = slice_of("Analyze");
    assert_int_equal(job_reader_count(reader, &adas, &filter, &total, &err), FATAL);
    harness_run(harness->side, "GRANT SELECT ON jobtrail_p1.job TO jobtrail_reader");
    assert_int_equal(job_reader_connect(reader, &err), DONE);
    assert_int_equal(job_reader_count(reader, &adas, &filter, &total, &err), DONE);
    // Having looked at all of one's own is as good; having looked at the newest alone is not.
    assert_true(total.none && total.exact && !total.count);
    text = no_filter();
    text.text = slice_of("nowhere");
    assert_int_equal(job_reader_count(reader, &acme, &text, &total, &err), DONE);
    assert_true(!total.none && total.exact && !total.count);
    job_reader_free(reader);
}

static void try_texts(struct job_reader *reader, struct slice text, int expected)
{
    struct job_scope scopes[] = {
        {text, SLICE_NULL}, {slice_of("acme"), text}, {slice_of("acme"), SLICE_NULL}};
    struct job_filter filter = no_filter();
    struct job_filter filters[4] = {filter, filter, filter, filter};
    struct viewed_jobs jobs;
    struct err err = {0};

    filters[1].types[0] = text;
    filters[1].type_count = 1;
    filters[2].creator_id = text;
    filters[3].text = text;
    for (size_t i = 0; i < 6; i++) {
        struct job_page page = first_page(10);
        const struct job_scope *scope = &scopes[i < 2 ? i : 2];
        int rc = job_reader_list(reader, scope, &filters[i < 3 ? 0 : i - 2], &page, &jobs, &err);

        if (i == 2)
            continue; // nothing of the text in it
        assert_int_equal(rc, expected);
        assert_int_equal(jobs.count, 0);
    }
    for (enum job_sort sort = 0; sort < JOB_SORTS; sort++) {
        struct job_page page = {.sort = sort, .limit = 10, .after = {true, 0, text, text, 0}};
        int rc = job_reader_list(reader, &scopes[2], &filter, &page, &jobs, &err);

        assert_int_equal(rc, expected);
        assert_true(jobs.count <= 3);
    }
}

static void try_ids(struct job_reader *reader, struct slice text, int expected)
{
    struct job_scope acme = scope_of("acme", NULL);
    const struct viewed_job *job;
    const struct viewed_event *events;
    const struct viewed_cancellation *found;
    struct uuid id = {{0}};
    struct err err = {0};
    size_t count;

    assert_int_equal(job_reader_show(reader, &acme, text, &job, &err), expected);
    assert_null(job);
    assert_int_equal(job_reader_history(reader, &acme, text, &events, &count, &err), expected);
    assert_int_equal(count, 0);
    assert_int_equal(job_reader_cancellations(
                         reader, &acme, &(struct cancellations_asked){.job_id = text, .limit = 10},
                         &found, &count, &err),
                     expected);
    assert_int_equal(count, 0);
    assert_int_equal(job_reader_cancellation(reader, acme.organization_id, text, &id, &found, &err),
                     expected);
    assert_null(found);
}

static void a_text_is_never_sql(void **state)
{
    static const struct slice attempts[] = {
        SLICE_LITERAL("'; DROP TABLE jobtrail_p1.job CASCADE; --"),
        SLICE_LITERAL("' OR '1'='1"),
        SLICE_LITERAL("acme' --"),
        SLICE_LITERAL("$1"),
        SLICE_LITERAL("\\' OR true --"),
        SLICE_LITERAL("{acme,other}"),
        SLICE_LITERAL("%%"),
    };
    static const struct slice refused[] = {SLICE_LITERAL("a\0b"), SLICE_LITERAL("\xff"),
                                           SLICE_LITERAL("\xed\xa0\x80")};
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);

    fill(harness);
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        try_texts(reader, attempts[i], DONE);
        try_ids(reader, attempts[i], DONE);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        try_ids(reader, refused[i], POISON);
    assert_true(job_reader_is_connected(reader));
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail_p1.job"), 5);
    job_reader_free(reader);
}

static void the_history_tells_why(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_scope scope = scope_of("acme", "ada");
    const struct viewed_event *events;
    struct err err = {0};
    size_t count;

    fill(harness);
    assert_int_equal(job_reader_history(reader, &scope, slice_of("a"), &events, &count, &err),
                     DONE);
    assert_int_equal(count, 1);
    assert_true(slice_equal(events[0].set, slice_of("creation")));
    assert_true(slice_equal(events[0].kind, slice_of("JobCreated")));
    assert_int_equal(events[0].rank, 0);
    assert_int_equal(events[0].attempt, 2);
    assert_int_equal(events[0].occurred_at_us, 7);
    assert_memory_equal(events[0].event_id.bytes, "AAAAAAAAAAAAAAAA", UUID_BYTES);
    assert_true(events[0].has_cancellable && events[0].cancellable);
    assert_true(slice_equal(events[0].type, slice_of("Load")));
    assert_true(slice_equal(events[0].creator_id, slice_of("ada")));
    assert_null(events[0].message.data);
    assert_null(events[0].error_code.data);
    job_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(only_what_is_in_scope_is_seen),
        TEST(the_role_shows_nothing_of_others_whatever_is_asked),
        TEST(what_is_asked_is_asked_as_the_reader),
        TEST(a_count_says_when_there_are_none),
        TEST(a_text_is_never_sql),
        TEST(the_history_tells_why),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
