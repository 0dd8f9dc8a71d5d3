// SPDX-License-Identifier: Apache-2.0
// A reader sees only its organisation and can write nothing. The relations are taken from the
// catalog, so that one that a later migration adds is held to the same.
#include "store/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What readers may see although it tells of no organisation. To be lengthened with thought only.
#define FOR_ALL_READERS "'jobtrail.source_position', 'jobtrail_p1.source_position'"

#define OUR_RELATIONS                                                                              \
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ~ '^jobtrail'"       \
    " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"

static struct row_write row_of(const char *organization_id, const char *job_id)
{
    struct row_write row = harness_row(organization_id, job_id, 1);

    // One creation, so that the history has something to show.
    row.columns.history = SLICE_LITERAL("\1\1\0\0\0\0\0\0\0\1"
                                        "AAAAAAAAAAAAAAAA"
                                        "\0\1\0\1\xff\xff\0\4Load\xff\xff\xff\xff\0\0");
    return row;
}

// A granted request of each organisation, with its command.
static void fill_ledger(struct harness *harness)
{
    harness_run(
        harness->side,
        "INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id,"
        " attempt, type, creator_id, requester_id, issued_at, answer_by)"
        " SELECT gen_random_uuid(), gen_random_uuid(), o, 'a', 1, 'Load', 'ada', 'ada', now(),"
        " now() FROM unnest(ARRAY['acme', 'other']) AS o");
    harness_run(
        harness->side,
        "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, decided_at,"
        " request_id, command_id, organization_id, job_id, job_attempt, requester_id,"
        " creator_id, job_revision, identified, channel, decision, reason_code)"
        " SELECT now(), now(), now(), request_id, command_id, organization_id, job_id, 1,"
        " 'ada', 'ada', 1, true, 'http', 'granted', 'CREATOR' FROM jobtrail.cancel_command");
}

static void fill(struct harness *harness)
{
    struct row_write rows[] = {row_of("acme", "a"), row_of("other", "b"), row_of("acme", "c")};
    struct count_delta counts[] = {{slice_of("acme"), slice_of("Load"), STATUS_RUNNING, 2},
                                   {slice_of("other"), slice_of("Load"), STATUS_RUNNING, 1}};
    struct dead_letter letter = {.source = {slice_of("e"), 0}, .stage = "x", .reason = "X"};

    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.rows = rows,
                                                          .row_count = 3,
                                                          .counts = counts,
                                                          .count_count = 2,
                                                          .dead_letters = &letter,
                                                          .dead_letter_count = 1});
    fill_ledger(harness);
}

typedef void look(struct harness *harness, const char *relation);

// Calls look for each relation that the query names, as the reader.
static int for_each(struct harness *harness, const char *query, look *visit)
{
    PGresult *answer = PQexec(harness->side, query);
    int count = PQntuples(answer);

    if (PQresultStatus(answer) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(harness->side));
    harness_run(harness->side, "SET ROLE jobtrail_reader");
    for (int i = 0; i < count; i++)
        visit(harness, PQgetvalue(answer, i, 0));
    harness_run(harness->side, "RESET ROLE");
    PQclear(answer);
    return count;
}

static int64_t count_where(struct harness *harness, const char *relation, const char *condition)
{
    char sql[512];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s", relation, condition);
    return harness_number(harness->side, sql);
}

static void sees_its_own(struct harness *harness, const char *relation)
{
    harness_run(harness->side, "SET jobtrail.organization = 'acme'");
    if (!count_where(harness, relation, "organization_id = 'acme'"))
        fail_msg("%s shows a reader nothing: give it rows in this test", relation);
    if (count_where(harness, relation, "organization_id IS DISTINCT FROM 'acme'"))
        fail_msg("%s shows a reader rows of others", relation);
    harness_run(harness->side, "SET jobtrail.organization = 'nobody'");
    assert_int_equal(count_where(harness, relation, "true"), 0);
    harness_run(harness->side, "SET jobtrail.organization = ''");
    assert_int_equal(count_where(harness, relation, "true"), 0);
    harness_run(harness->side, "RESET jobtrail.organization");
    assert_int_equal(count_where(harness, relation, "true"), 0);
}

static void only_its_own_organisation_is_seen(void **state)
{
    struct harness *harness = *state;

    fill(harness);
    // job, job_count, job_history and the ledger, as views and the tables below them.
    assert_true(for_each(harness,
                         "SELECT c.oid::regclass FROM " OUR_RELATIONS
                         " AND has_any_column_privilege('jobtrail_reader', c.oid, 'SELECT')"
                         " AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid"
                         "             AND attname = 'organization_id')"
                         // Of which each sees its own rows: a_role_reads_what_it_is_bound_to.
                         " AND c.relname <> 'reader_organization'",
                         sees_its_own) >= 8);
    // Whatever else can be read was allowed on purpose.
    assert_int_equal(harness_number(harness->side,
                                    "SELECT count(*) FROM " OUR_RELATIONS
                                    " AND has_any_column_privilege('jobtrail_reader', c.oid,"
                                    " 'SELECT') AND NOT EXISTS (SELECT FROM pg_attribute WHERE"
                                    " attrelid = c.oid AND attname = 'organization_id')"
                                    " AND n.nspname || '.' || c.relname"
                                    " NOT IN (" FOR_ALL_READERS ")"),
                     0);
}

static void is_refused(struct harness *harness, const char *relation)
{
    static const char *const attempts[][2] = {
        {"INSERT INTO", "DEFAULT VALUES"},
        {"DELETE FROM", ""},
        {"TRUNCATE", ""},
        {"SELECT FROM", "FOR UPDATE"},
        {"DROP TABLE", ""},
        {"DROP VIEW", ""},
        {"LOCK TABLE", ""},
        {"ALTER TABLE", "DISABLE ROW LEVEL SECURITY"},
    };
    char sql[256];

    harness_run(harness->side, "SET jobtrail.organization = 'acme'");
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        snprintf(sql, sizeof sql, "%s %s %s", attempts[i][0], relation, attempts[i][1]);
        if (!strcmp(harness_sqlstate(harness->side, sql), "00000"))
            fail_msg("a reader may %s", sql);
    }
    assert_string_equal(harness_sqlstate(harness->side, "SELECT 1"), "00000");
}

static void nothing_can_be_written(void **state)
{
    struct harness *harness = *state;
    int relations;

    fill(harness);
    relations = for_each(harness, "SELECT c.oid::regclass FROM " OUR_RELATIONS, is_refused);
    assert_true(relations >= 10);
    assert_int_equal(
        harness_number(harness->side,
                       "SELECT count(*) FROM " OUR_RELATIONS
                       " AND (has_table_privilege('jobtrail_reader', c.oid, 'INSERT, UPDATE,"
                       " DELETE, TRUNCATE, REFERENCES, TRIGGER') OR has_any_column_privilege("
                       "'jobtrail_reader', c.oid, 'INSERT, UPDATE, REFERENCES'))"),
        0);
    assert_int_equal(harness_number(harness->side,
                                    "SELECT count(*) FROM pg_class c"
                                    " WHERE relnamespace::regnamespace::text ~ '^jobtrail'"
                                    " AND CASE WHEN relkind = 'S' THEN has_sequence_privilege("
                                    "'jobtrail_reader', c.oid, 'USAGE, UPDATE') END"),
                     0);
    assert_int_equal(harness_number(harness->side,
                                    "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^jobtrail'"
                                    " AND has_schema_privilege('jobtrail_reader', oid, 'CREATE')"),
                     0);
}

// The jobs that a login sees with the setting, "" for none.
static const char *seen_by(PGconn *login, const char *setting)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SET jobtrail.organization = '%s'", setting);
    harness_run(login, sql);
    return harness_value(login, "SELECT coalesce(string_agg(job_id, ',' ORDER BY job_id), '')"
                                " FROM jobtrail.job");
}

static void a_role_reads_what_it_is_bound_to(void **state)
{
    struct harness *harness = *state;
    char conninfo[320];
    PGconn *login;

    fill(harness);
    harness_run(harness->side, "CREATE ROLE bi LOGIN IN ROLE jobtrail_reader");
    snprintf(conninfo, sizeof conninfo, "%s user=bi", harness->conninfo);
    login = PQconnectdb(conninfo);
    // Nothing, unless somebody says so.
    assert_string_equal(seen_by(login, "acme"), "");
    harness_run(harness->side, "INSERT INTO jobtrail.reader_organization VALUES ('bi', 'acme'),"
                               " ('another', 'other')");
    assert_string_equal(seen_by(login, "acme"), "a,c");
    assert_string_equal(seen_by(login, ""), "a,c"); // the only one
    assert_string_equal(seen_by(login, "other"), "");
    harness_run(login, "SET ROLE jobtrail_reader");
    assert_string_equal(seen_by(login, "other"), "");
    assert_string_equal(harness_value(login, "SELECT string_agg(role || organization_id, ',') FROM"
                                             " jobtrail.reader_organization"),
                        "biacme");
    assert_string_equal(
        harness_sqlstate(login, "INSERT INTO jobtrail.reader_organization VALUES ('bi', 'other')"),
        "42501");
    harness_run(harness->side, "INSERT INTO jobtrail.reader_organization VALUES ('bi', 'other')");
    assert_string_equal(seen_by(login, "other"), "b");
    assert_string_equal(seen_by(login, ""), "");
    harness_run(harness->side, "DELETE FROM jobtrail.reader_organization");
    harness_run(harness->side, "INSERT INTO jobtrail.reader_organization VALUES ('bi', NULL)");
    assert_string_equal(seen_by(login, "acme"), "a,c");
    assert_string_equal(seen_by(login, "other"), "b");
    assert_string_equal(seen_by(login, ""), "");
    PQfinish(login);
    harness_run(harness->side, "DROP ROLE bi");
}

// What came after it is there already.
static void run_again(void *self, const char *name, struct slice sql)
{
    struct harness *harness = self;
    char *text = strndup(sql.data, sql.size);

    assert_non_null(text);
    if (!strcmp(name, "0015_readers.sql"))
        harness_run(harness->side, text);
    free(text);
}

// What was there when the table came.
static void who_could_read_before_is_not_blinded(void **state)
{
    struct harness *harness = *state;
    const struct migrate_report report = {.self = harness, .pending = run_again};
    struct err err = {0};

    fill(harness);
    harness_run(harness->side, "CREATE ROLE old_reader LOGIN IN ROLE jobtrail_reader;"
                               "CREATE ROLE nobody LOGIN");
    harness_run(harness->side, "DROP TABLE jobtrail.reader_organization;"
                               "DROP FUNCTION jobtrail.read_organization CASCADE;"
                               "DROP FUNCTION jobtrail.reads_any_organization;"
                               // What came later is made again, too.
                               "DROP TABLE jobtrail_p1.horizon, jobtrail_p1.rules,"
                               " jobtrail.erased_member, jobtrail.retention_lock;"
                               "DELETE FROM jobtrail.migration WHERE name >= '0015_readers.sql'");
    if (migrate(harness->conninfo, true, &report, &err))
        fail_msg("migrate: %s: %s", err.reason, err.text);
    assert_string_equal(harness_value(harness->side,
                                      "SELECT string_agg(role || coalesce(organization_id, ' any'),"
                                      " ',') FROM jobtrail.reader_organization"),
                        "old_reader any");
    harness_run(harness->side, "DROP ROLE old_reader, nobody");
}

static void everything_to_be_read_is_explained(void **state)
{
    struct harness *harness = *state;

    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(c.oid::regclass || '.' || coalesce(a.attname, '*'), ', ')"
                      " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                      " WHERE c.relnamespace = 'jobtrail'::regnamespace AND c.relkind = 'v'"
                      " AND (obj_description(c.oid, 'pg_class') IS NULL"
                      "      OR a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL)"),
        "null");
}

// What the two tests above rest on, and what they could not see from outside.
static void every_table_and_view_is_closed(void **state)
{
    struct harness *harness = *state;

    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c"
                      " WHERE relnamespace::regnamespace::text ~ '^jobtrail'"
                      " AND (relkind IN ('r', 'p') AND NOT relrowsecurity OR relkind IN ('m', 'f') "
                      "OR relkind = 'v'"
                      "  AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))"),
        "null");
    assert_string_equal(
        harness_value(harness->side, "SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc"
                                     " WHERE pronamespace::regnamespace::text ~ '^jobtrail'"
                                     " AND prosecdef"),
        "null");
    // The owner sees all because it is the owner: no policy names anybody.
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(polname || ' on ' || polrelid::regclass, ', ')"
                      " FROM pg_policy p JOIN pg_class c ON c.oid = polrelid"
                      " WHERE relnamespace::regnamespace::text ~ '^jobtrail'"
                      " AND (polroles <> '{0}' OR polcmd <> 'r' OR relforcerowsecurity)"),
        "null");
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_class c JOIN pg_roles r"
                      " ON r.oid = relowner WHERE relnamespace::regnamespace::text ~ '^jobtrail'"),
        "f");
}

static void the_views_have_what_the_design_names(void **state)
{
    struct harness *harness = *state;

    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute"
                      " WHERE attrelid = 'jobtrail.job'::regclass AND attnum > 0"),
        "organization_id job_id type status message progress created_at started_at finished_at"
        " updated_at creator_id creator_disputed cancellable attempt error_code error_detail"
        " result_uri");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(only_its_own_organisation_is_seen),    TEST(nothing_can_be_written),
        TEST(a_role_reads_what_it_is_bound_to),     TEST(everything_to_be_read_is_explained),
        TEST(who_could_read_before_is_not_blinded), TEST(every_table_and_view_is_closed),
        TEST(the_views_have_what_the_design_names),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
