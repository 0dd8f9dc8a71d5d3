// SPDX-License-Identifier: Apache-2.0
// Migrations: once, twice, side by side, by an ordinary role; and what refuses to go on.
#include "store/harness.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "store/reader/job_reader.h"

struct counted {
    int pending, applied;
    char last[64];
};

static void count_pending(void *self, const char *name, struct slice sql)
{
    struct counted *counted = self;

    assert_true(sql.size > 0);
    counted->pending++;
    snprintf(counted->last, sizeof counted->last, "%s", name);
}

static void count_applied(void *self, const char *name, double seconds)
{
    struct counted *counted = self;

    assert_string_equal(counted->last, name);
    assert_true(seconds >= 0);
    counted->applied++;
}

static struct counted run(const char *conninfo, bool dry_run)
{
    struct counted counted = {0};
    struct migrate_report report = {&counted, count_pending, count_applied};
    struct err err = {0};

    if (migrate(conninfo, dry_run, &report, &err))
        fail_msg("migrate: %s: %s", err.reason, err.text);
    return counted;
}

static void expect(const char *conninfo, bool dry_run, const char *reason)
{
    struct err err = {0};

    assert_int_equal(migrate(conninfo, dry_run, NULL, &err), FATAL);
    assert_string_equal(err.reason, reason);
}

static void expect_connect(struct harness *harness, int disposition, const char *reason)
{
    struct connection_options options = {.conninfo = harness->conninfo,
                                         .connect_timeout_ms = 10000,
                                         .statement_timeout_ms = 10000,
                                         .transaction_timeout_ms = 10000};
    struct err err = {0};

    harness->store = batch_store_new(&options, &err);
    assert_non_null(harness->store);
    assert_int_equal(batch_store_connect(harness->store, &err), disposition);
    if (disposition)
        assert_string_equal(err.reason, reason);
    assert_int_equal(batch_store_is_connected(harness->store), !disposition);
    batch_store_free(harness->store);
    harness->store = NULL;
}

static void a_dry_run_changes_nothing(void **state)
{
    struct harness *harness = *state;
    struct counted counted = run(harness->conninfo, true);

    assert_true(counted.pending > 0);
    assert_int_equal(counted.applied, 0);
    assert_string_equal(harness_value(harness->side, "SELECT to_regnamespace('jobtrail')"), "null");
    expect_connect(harness, FATAL, "NOT_MIGRATED");
}

static void the_second_time_there_is_nothing_to_do(void **state)
{
    struct harness *harness = *state;
    struct counted first = run(harness->conninfo, false);
    struct counted second = run(harness->conninfo, false);

    assert_true(first.applied > 0);
    assert_int_equal(first.applied, first.pending);
    assert_int_equal(second.pending + second.applied, 0);
    assert_int_equal(run(harness->conninfo, true).pending, 0);
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.migration"),
                     first.applied);
    expect_connect(harness, DONE, NULL);
}

struct side_by_side {
    const char *conninfo;
    int applied, failed;
    struct err err;
};

static void count_silently(void *self, const char *name, double seconds)
{
    (void)name;
    (void)seconds;
    ++*(int *)self;
}

static void *migrate_in_thread(void *argument)
{
    struct side_by_side *one = argument;
    struct migrate_report report = {&one->applied, NULL, count_silently};

    one->failed = migrate(one->conninfo, false, &report, &one->err);
    return NULL;
}

static void many_at_once_apply_each_once(void **state)
{
    enum { RUNS = 6 };
    struct harness *harness = *state;
    struct side_by_side runs[RUNS] = {0};
    pthread_t threads[RUNS];
    int applied = 0;

    for (size_t i = 0; i < RUNS; i++) {
        runs[i].conninfo = harness->conninfo;
        assert_int_equal(pthread_create(&threads[i], NULL, migrate_in_thread, &runs[i]), 0);
    }
    for (size_t i = 0; i < RUNS; i++) {
        pthread_join(threads[i], NULL);
        if (runs[i].failed)
            fail_msg("migrate: %s: %s", runs[i].err.reason, runs[i].err.text);
        applied += runs[i].applied;
    }
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.migration"),
                     applied);
    assert_int_equal(run(harness->conninfo, true).pending, 0);
}

static void a_changed_migration_is_refused(void **state)
{
    struct harness *harness = *state;

    run(harness->conninfo, false);
    harness_run(harness->side, "UPDATE jobtrail.migration SET checksum = 'x' WHERE name ~ '^0002'");
    expect(harness->conninfo, false, "MIGRATION_CHANGED");
    expect(harness->conninfo, true, "MIGRATION_CHANGED");
    expect_connect(harness, FATAL, "MIGRATION_CHANGED");
}

static void a_gap_is_refused(void **state)
{
    struct harness *harness = *state;

    run(harness->conninfo, false);
    harness_run(harness->side, "DELETE FROM jobtrail.migration WHERE name ~ '^0002'");
    expect(harness->conninfo, false, "MIGRATION_CHANGED");
}

static void a_newer_schema_is_refused(void **state)
{
    struct harness *harness = *state;

    run(harness->conninfo, false);
    harness_run(harness->side, "INSERT INTO jobtrail.migration VALUES ('9999_later.sql', 'x')");
    expect(harness->conninfo, false, "SCHEMA_NEWER");
    expect_connect(harness, FATAL, "SCHEMA_NEWER");
}

static void a_missing_one_is_named(void **state)
{
    struct harness *harness = *state;

    run(harness->conninfo, false);
    harness_run(harness->side,
                "DELETE FROM jobtrail.migration WHERE name >= '0006'"); // the last
    expect_connect(harness, FATAL, "NOT_MIGRATED");
    // The first of them cannot be applied: its indexes are there. It leaves no trace and is not
    // noted.
    expect(harness->conninfo, false, "MIGRATION_FAILED");
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.migration"
                                                   " WHERE name >= '0006'"),
                     0);
}

static void a_superuser_hands_all_to_an_ordinary_role(void **state)
{
    struct harness *harness = *state;

    run(harness->conninfo, false);
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(DISTINCT pg_get_userbyid(owner), ',') FROM"
                      " (SELECT nspowner AS owner FROM pg_namespace WHERE nspname ~ '^jobtrail'"
                      "  UNION ALL SELECT relowner FROM pg_class"
                      "  WHERE relnamespace::regnamespace::text ~ '^jobtrail'"
                      "  UNION ALL SELECT proowner FROM pg_proc"
                      "  WHERE pronamespace::regnamespace::text ~ '^jobtrail') AS o"),
        "jobtrail_owner");
    assert_string_equal(harness_value(harness->side, "SELECT rolsuper OR rolcanlogin FROM pg_roles"
                                                     " WHERE rolname = 'jobtrail_owner'"),
                        "f");
}

// Members of the owner do all a worker does, under row-level security.
static void a_member_of_the_owner_projects(void **state)
{
    struct harness *harness = *state;
    char conninfo[sizeof harness->conninfo];
    struct row_write row = harness_row("acme", "a", 1);
    struct position_move move = harness_move("events", 0, 1);
    struct count_delta count = {slice_of("acme"), slice_of(""), STATUS_RUNNING, 1};
    struct dead_letter letter = {.source = {slice_of("e"), 0}, .stage = "x", .reason = "X"};
    struct batch_write batch = {.moves = &move,
                                .move_count = 1,
                                .rows = &row,
                                .row_count = 1,
                                .counts = &count,
                                .count_count = 1,
                                .dead_letters = &letter,
                                .dead_letter_count = 1};

    run(harness->conninfo, false);
    harness_run(harness->side, "CREATE ROLE worker LOGIN; GRANT jobtrail_owner TO worker");
    snprintf(conninfo, sizeof conninfo, "%s", harness->conninfo);
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s user=worker", conninfo);
    harness->store = harness_store(harness, 10000);
    harness_source(harness, "events");
    harness_written(harness->store, &batch);
    row.is_known = true;
    row.base_revision = 1;
    row.revision = 2;
    batch.move_count = 0;
    harness_written(harness->store, &batch);
    assert_int_equal(harness_read(harness->store, &row.columns.key, 1, true, 1)->revision, 2);
    assert_int_equal(run(harness->conninfo, false).pending, 0);
    batch_store_free(harness->store);
    harness->store = NULL;
    harness_run(harness->side, "DROP ROLE worker");
}

// Without superuser and without the right to create roles: all works but the reader, which an
// administrator makes up for.
// The server has one reader role for all databases; a test that wants to do without puts it aside.
static void hide_reader(struct harness *harness)
{
    harness_run(harness->side,
                "DO $$ BEGIN IF to_regrole('jobtrail_reader') IS NOT NULL THEN"
                " ALTER ROLE jobtrail_reader RENAME TO hidden_reader; END IF; END $$");
}

static void show_reader(struct harness *harness)
{
    harness_run(harness->side,
                "DO $$ BEGIN IF to_regrole('hidden_reader') IS NOT NULL THEN"
                " ALTER ROLE hidden_reader RENAME TO jobtrail_reader; END IF; END $$");
}

static void a_role_without_privileges_migrates(void **state)
{
    struct harness *harness = *state;
    char conninfo[sizeof harness->conninfo], sql[256];

    hide_reader(harness);
    snprintf(sql, sizeof sql, "CREATE ROLE plain LOGIN; GRANT CREATE ON DATABASE %s TO plain",
             harness->database);
    harness_run(harness->side, sql);
    snprintf(conninfo, sizeof conninfo, "%s", harness->conninfo);
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s user=plain", conninfo);
    assert_true(run(harness->conninfo, false).applied > 0);
    expect_connect(harness, DONE, NULL);
    assert_string_equal(harness_value(harness->side, "SELECT pg_get_userbyid(relowner) FROM"
                                                     " pg_class WHERE oid ="
                                                     " 'jobtrail_p1.job'::regclass"),
                        "plain");
    harness_run(harness->side, "INSERT INTO jobtrail_p1.source_position (topic, partition,"
                               " next_offset, last_offset, last_timestamp_ms, last_hash)"
                               " VALUES ('t', 0, 0, -1, -1, 0);"
                               "CREATE ROLE jobtrail_reader NOLOGIN;"
                               "SET ROLE plain; SELECT jobtrail.admit_reader(); RESET ROLE");
    harness_run(harness->side, "SET ROLE jobtrail_reader");
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.source_position"),
                     1);
    harness_run(harness->side, "RESET ROLE; DROP OWNED BY jobtrail_reader; DROP ROLE"
                               " jobtrail_reader");
    show_reader(harness);
    harness_run(harness->side, "DROP OWNED BY plain CASCADE; DROP ROLE plain");
}

// Since PostgreSQL 16 whoever creates a role is no member of it who may become it.
static void who_makes_the_reader_role_reads(void **state)
{
    struct harness *harness = *state;
    struct connection_options options = {.connect_timeout_ms = 10000,
                                         .statement_timeout_ms = 10000,
                                         .transaction_timeout_ms = 10000};
    struct job_reader *reader;
    char conninfo[sizeof harness->conninfo];
    struct err err = {0};

    hide_reader(harness);
    harness_run(harness->side, "CREATE ROLE maker LOGIN CREATEROLE");
    harness_run(harness->side, "CREATE DATABASE made OWNER maker");
    snprintf(conninfo, sizeof conninfo, "%.200s dbname=made user=maker", harness->conninfo);
    run(conninfo, false);
    options.conninfo = conninfo;
    reader = job_reader_new(&options, &err);
    assert_non_null(reader);
    if (job_reader_connect(reader, &err))
        fail_msg("%s: %s", err.reason, err.text);
    job_reader_free(reader);
    harness_run(harness->side, "DROP DATABASE made");
    harness_run(harness->side, "DROP ROLE jobtrail_reader; DROP ROLE maker");
    show_reader(harness);
}

// Who may make functions where the migrating role looks for them: in public, which everybody may in
// a database that comes from before PostgreSQL 15.
static void what_a_stranger_made_is_not_called(void **state)
{
    struct harness *harness = *state;

    harness_run(harness->side,
                "CREATE ROLE mallory;"
                "CREATE FUNCTION public.format(text, name) RETURNS text LANGUAGE plpgsql AS"
                " $$BEGIN ALTER ROLE mallory SUPERUSER; RETURN pg_catalog.format($1, $2); END$$;"
                "CREATE FUNCTION public.format(text, regclass) RETURNS text LANGUAGE plpgsql AS"
                " $$BEGIN ALTER ROLE mallory SUPERUSER; RETURN pg_catalog.format($1, $2); END$$");
    run(harness->conninfo, false);
    assert_string_equal(harness_value(harness->side, "SELECT rolsuper FROM pg_roles"
                                                     " WHERE rolname = 'mallory'"),
                        "f");
    harness_run(harness->side, "DROP ROLE mallory");
    // Nor by whoever calls a function of ours.
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT count(*) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
                      " WHERE pronamespace = 'jobtrail'::regnamespace AND lanname = 'plpgsql'"
                      " AND proconfig IS DISTINCT FROM '{\"search_path=pg_catalog, pg_temp\"}'"),
        "0");
}

static void who_may_only_connect_keeps_no_migration_from_its_lock(void **state)
{
    struct harness *harness = *state;
    char conninfo[320];
    PGconn *stranger;

    harness_run(harness->side, "CREATE ROLE stranger LOGIN");
    snprintf(conninfo, sizeof conninfo, "%s user=stranger", harness->conninfo);
    stranger = PQconnectdb(conninfo);
    harness_run(stranger, "SELECT pg_advisory_lock(7453010373645639281)");
    run(harness->conninfo, false);
    assert_string_equal(harness_sqlstate(stranger, "SELECT FROM jobtrail.migration FOR UPDATE"),
                        "42501");
    PQfinish(stranger);
    harness_run(harness->side, "DROP ROLE stranger");
}

static void who_keeps_migrations_from_their_lock_is_named(void **state)
{
    struct harness *harness = *state;
    struct err err = {0};
    char pid[32];

    run(harness->conninfo, false);
    snprintf(pid, sizeof pid, "session %d", PQbackendPID(harness->side));
    harness_run(harness->side, "SET application_name = 'somebody'");
    harness_run(harness->side, "BEGIN;"
                               " LOCK TABLE jobtrail.migration IN EXCLUSIVE MODE");
    // Where nothing is to be done, nothing is waited for.
    assert_int_equal(run(harness->conninfo, false).pending, 0);
    harness_run(harness->side, "ROLLBACK");
    harness_run(
        harness->side,
        "DELETE FROM jobtrail.migration WHERE name = (SELECT max(name) FROM jobtrail.migration)");
    harness_run(harness->side, "BEGIN");
    harness_run(harness->side, "LOCK TABLE jobtrail.migration IN EXCLUSIVE MODE");
    assert_int_equal(migrate(harness->conninfo, false, NULL, &err), RETRY);
    assert_string_equal(err.reason, "MIGRATION_LOCKED");
    assert_non_null(strstr(err.text, pid));
    assert_non_null(strstr(err.text, "somebody"));
    harness_run(harness->side, "ROLLBACK");
}

static void what_cannot_be_connected_to_is_told_apart(void **state)
{
    struct harness *harness = *state;
    char conninfo[sizeof harness->conninfo];

    snprintf(conninfo, sizeof conninfo, "%s", harness->conninfo);
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s dbname=nowhere", conninfo);
    expect_connect(harness, FATAL, "NO_DATABASE");
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s user=nobody", conninfo);
    expect_connect(harness, FATAL, "NOT_AUTHORIZED");
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s host=/nowhere", conninfo);
    expect_connect(harness, RETRY, "NOT_CONNECTED");
    snprintf(harness->conninfo, sizeof harness->conninfo, "host=127.0.0.1 port=1");
    expect_connect(harness, RETRY, "NOT_CONNECTED");
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s hots=there", conninfo);
    expect_connect(harness, FATAL, "CONNINFO");
    snprintf(harness->conninfo, sizeof harness->conninfo, "postgresql://%%zz");
    expect_connect(harness, FATAL, "CONNINFO");
    harness_run(harness->side, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s dbname=latin", conninfo);
    expect_connect(harness, FATAL, "SERVER_ENCODING");
}

static void a_stranger_has_no_privilege(void **state)
{
    struct harness *harness = *state;
    char conninfo[sizeof harness->conninfo];

    run(harness->conninfo, false);
    harness_run(harness->side, "CREATE ROLE stranger LOGIN");
    snprintf(conninfo, sizeof conninfo, "%s", harness->conninfo);
    snprintf(harness->conninfo, sizeof harness->conninfo, "%.200s user=stranger", conninfo);
    expect_connect(harness, FATAL, "NO_PRIVILEGE");
    expect(harness->conninfo, false, "NO_PRIVILEGE");
    harness_run(harness->side, "DROP ROLE stranger");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open_empty, harness_close)
        TEST(a_dry_run_changes_nothing),
        TEST(the_second_time_there_is_nothing_to_do),
        TEST(many_at_once_apply_each_once),
        TEST(a_changed_migration_is_refused),
        TEST(a_gap_is_refused),
        TEST(a_newer_schema_is_refused),
        TEST(a_missing_one_is_named),
        TEST(a_superuser_hands_all_to_an_ordinary_role),
        TEST(a_member_of_the_owner_projects),
        TEST(a_role_without_privileges_migrates),
        TEST(who_makes_the_reader_role_reads),
        TEST(what_a_stranger_made_is_not_called),
        TEST(who_may_only_connect_keeps_no_migration_from_its_lock),
        TEST(who_keeps_migrations_from_their_lock_is_named),
        TEST(what_cannot_be_connected_to_is_told_apart),
        TEST(a_stranger_has_no_privilege),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
