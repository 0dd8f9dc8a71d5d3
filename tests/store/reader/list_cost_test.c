// SPDX-License-Identifier: Apache-2.0
// What the indexes of the lists must not cost a writer: an update of a running job stays within its
// page, and a statement that was planned while the table was empty walks the primary key alone. Nor
// what ended those who ask for what runs.
#include <stdio.h>
#include <stdlib.h>

#include "store/connection/link.h"
#include "store/harness.h"
#include "support/between.h"

enum { JOBS = 500, TIMES = 6 };

static void statistics_of(struct harness *harness, const char *column, const char *expected)
{
    char sql[128];

    snprintf(sql, sizeof sql,
             "SELECT %s FROM pg_stat_user_tables WHERE relid = 'jobtrail_p1.job'::regclass",
             column);
    assert_string_equal(harness_value(harness->side, sql), expected);
}

static void write_all(struct harness *harness, struct row_write *rows)
{
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = JOBS});
    for (size_t i = 0; i < JOBS; i++) {
        rows[i].is_known = true;
        rows[i].base_revision = rows[i].revision++;
    }
}

// Everything that changes while a job runs changes in each.
static void what_runs_is_updated_within_its_page(void **state)
{
    static struct row_write rows[JOBS];
    static char ids[JOBS][16];
    struct harness *harness = *state;

    for (size_t i = 0; i < JOBS; i++) {
        snprintf(ids[i], sizeof ids[i], "job-%06zu", i);
        rows[i] = harness_row("acme", ids[i], 1);
        rows[i].columns.status = STATUS_ACCEPTED;
        rows[i].columns.started_at_us = TIME_NONE;
    }
    write_all(harness, rows);
    for (int32_t time = 1; time <= TIMES; time++) {
        // So that pages have room: it is not the fill factor that is tested.
        harness_run(harness->side, "VACUUM jobtrail_p1.job");
        for (size_t i = 0; i < JOBS; i++) {
            rows[i].columns.status = STATUS_RUNNING;
            rows[i].columns.progress = time;
            rows[i].columns.started_at_us = INT64_C(1700000000000000) + time;
            rows[i].columns.updated_at_us += 1000;
            rows[i].columns.message = slice_of(time % 2 ? "odd" : "even");
        }
        // A fifth of the rows at a time, so that a page need not hold all of them twice.
        for (size_t first = 0; first < 5; first++) {
            static struct row_write some[JOBS / 5];
            size_t count = 0;

            for (size_t i = first; i < JOBS; i += 5) {
                some[count++] = rows[i];
                rows[i].base_revision = rows[i].revision++;
            }
            harness_written(harness->store,
                            &(struct batch_write){.rows = some, .row_count = count});
        }
    }
    batch_store_free(harness->store); // tells its statistics when it goes
    harness->store = NULL;
    harness_run(harness->side, "SELECT pg_sleep(0.2); SELECT pg_stat_clear_snapshot()");
    statistics_of(harness, "n_tup_upd", "3000");
    statistics_of(harness, "n_tup_hot_upd", "3000");
}

// With the settings of a worker's session, in a database that was never analysed.
static void plan_as_a_worker_does(struct harness *harness)
{
    harness_run(harness->side, "SET enable_hashjoin = off; SET enable_mergejoin = off;"
                               " SET enable_seqscan = off; SET plan_cache_mode ="
                               " force_generic_plan");
}

// The plan of a statement of ours, whatever it is asked with. To be cleared.
static PGresult *plan_of(struct harness *harness, const char *name)
{
    char sql[512];
    PGresult *answer;
    size_t size;
    int parameters;

    PQclear(PQprepare(harness->side, name, link_query_text(name), 0, NULL));
    answer = PQdescribePrepared(harness->side, name);
    parameters = PQnparams(answer);
    PQclear(answer);
    size = (size_t)snprintf(sql, sizeof sql, "EXPLAIN (FORMAT xml) EXECUTE %s%s", name,
                            parameters ? "(" : "");
    for (int n = 0; n < parameters; n++)
        size += (size_t)snprintf(sql + size, sizeof sql - size, "%sNULL", n ? ", " : "");
    snprintf(sql + size, sizeof sql - size, "%s", parameters ? ")" : "");
    answer = PQexec(harness->side, sql);
    if (PQresultStatus(answer) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(harness->side));
    return answer;
}

static bool walks(const PGresult *plan, const char *index)
{
    char node[96];

    snprintf(node, sizeof node, "<Index-Name>%s<", index);
    return strstr(PQgetvalue(plan, 0, 0), node);
}

static void an_early_plan_walks_the_primary_key(void **state)
{
    static const char *const names[] = {"rows_update", "rows_read", "rows_lock", "ledger_facts"};
    struct harness *harness = *state;

    plan_as_a_worker_does(harness);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        PGresult *plan = plan_of(harness, names[i]);

        if (!walks(plan, "job_pkey") || walks(plan, "job_created") ||
            walks(plan, "job_created_by") || walks(plan, "job_finished"))
            fail_msg("%s is planned as %s", names[i], PQgetvalue(plan, 0, 0));
        PQclear(plan);
    }
}

// Who asks for the command of a job has one found, and not all of its organisation's looked at.
static void an_early_plan_finds_a_command_by_its_job(void **state)
{
    static const char *const names[] = {
        "ledger_facts",
        "outbox_commands",
        "outbox_mark",
        "outbox_withdraw",
        "outbox_decisions",
        "outbox_counts",
        "cancel_commands_add",
        "cancel_commands_renew",
        "found_commands",
        "found_decisions",
        "job_show",
        "jobs_find",
        "retention_remove",
        "erase_requests",
        "retention_requests_remove",
    };
    struct harness *harness = *state;
    PGresult *plan;

    plan_as_a_worker_does(harness);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        plan = plan_of(harness, names[i]);
        if (walks(plan, "cancel_command_issued"))
            fail_msg("%s is planned as %s", names[i], PQgetvalue(plan, 0, 0));
        PQclear(plan);
    }
    plan = plan_of(harness, "jobs_state_counts_totals"); // what the index is for
    assert_true(walks(plan, "cancel_command_issued"));
    PQclear(plan);
}

// How many entries a scan of what is open takes out of its index, marked ones left out.
static long entries_of_open(struct harness *harness)
{
    PGresult *answer;
    const char *rows;
    long count;

    answer =
        PQexec(harness->side, "EXPLAIN (ANALYZE, COSTS off, TIMING off, FORMAT xml) SELECT count(*)"
                              " FROM jobtrail_p1.job WHERE organization_id = 'acme'"
                              " AND jobtrail.or_infinity(finished_at) = 'infinity'");
    if (PQresultStatus(answer) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(harness->side));
    rows = strstr(PQgetvalue(answer, 0, 0), "<Node-Type>Bitmap Index Scan<");
    rows = rows ? strstr(rows, "<Actual-Rows>") : NULL;
    if (!rows)
        fail_msg("no bitmap scan: %s", PQgetvalue(answer, 0, 0));
    count = strtol(rows + strlen("<Actual-Rows>"), NULL, 10);
    PQclear(answer);
    return count;
}

// One of ten stays open, so that most neighbours in the index of one that does have ended.
static void what_ended_is_not_met_again_among_what_runs(void **state)
{
    static struct row_write rows[JOBS], ended[JOBS];
    static char ids[JOBS][16];
    struct harness *harness = *state;
    size_t count = 0;

    for (size_t i = 0; i < JOBS; i++) {
        snprintf(ids[i], sizeof ids[i], "job-%06zu", i);
        rows[i] = harness_row("acme", ids[i], 1);
        rows[i].columns.finished_at_us = TIME_NONE;
    }
    write_all(harness, rows);
    for (size_t i = 0; i < JOBS; i++) {
        if (i % 10 == 0)
            continue;
        rows[i].columns.status = STATUS_SUCCESSFUL;
        rows[i].columns.finished_at_us = rows[i].columns.updated_at_us;
        ended[count++] = rows[i];
    }
    harness_written(harness->store, &(struct batch_write){.rows = ended, .row_count = count});
    // So that no version of PostgreSQL finds them by another index of the organisation.
    harness_run(harness->side, "DROP INDEX jobtrail_p1.job_created, jobtrail_p1.job_created_by");
    harness_run(harness->side, "SET enable_seqscan = off; SET enable_bitmapscan = off;"
                               " SELECT FROM jobtrail_p1.job WHERE organization_id = 'acme'"
                               " AND jobtrail.or_infinity(finished_at) = 'infinity'");
    harness_run(harness->side, "SET enable_indexscan = off; SET enable_bitmapscan = on");
    assert_between(entries_of_open(harness), JOBS / 10, JOBS / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(what_runs_is_updated_within_its_page),
        TEST(an_early_plan_walks_the_primary_key),
        TEST(an_early_plan_finds_a_command_by_its_job),
        TEST(what_ended_is_not_met_again_among_what_runs),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
