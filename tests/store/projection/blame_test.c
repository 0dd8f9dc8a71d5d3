// SPDX-License-Identifier: Apache-2.0
// Whom PostgreSQL's refusal to write is laid on: an event's own values make a dead letter of it;
// our own ids, and what others did to our tables, never do.
#include "store/harness.h"

#include <stdio.h>
#include <string.h>

#include "core/ledger_port.h"
#include "store/connection/blame.h"
#include "store/connection/errors.h"
#include "store/connection/link.h"
#include "store/operator/positions.h"

#define OF_VALUES                                                                                  \
    "SELECT relnamespace::regnamespace, relname, conname FROM pg_constraint"                       \
    " JOIN pg_class r ON r.oid = conrelid WHERE contype IN ('c', 'f') AND conrelid IN"             \
    " ('jobtrail_p1.job'::regclass, 'jobtrail.cancel_request'::regclass,"                          \
    " 'jobtrail.cancel_command'::regclass)"

static struct dead_letter a_dead_letter(void)
{
    return (struct dead_letter){.source = {slice_of("e"), 0}, .stage = "x", .reason = "X"};
}

// A batch with one row and one dead letter.
static int write(struct harness *harness, const char *job_id, struct err *err)
{
    struct row_write row = harness_row("acme", job_id, 1);
    struct dead_letter letter = a_dead_letter();
    struct batch_write batch = {
        .rows = &row, .row_count = 1, .dead_letters = &letter, .dead_letter_count = 1};

    letter.offset = harness_number(harness->side, "SELECT count(*) FROM jobtrail.dead_letter");
    *err = (struct err){0};
    return harness_write(harness->store, &batch, err);
}

static void expect(struct harness *harness, const char *job_id, enum disposition disposition,
                   const char *reason, const char *words)
{
    struct err err;

    assert_int_equal(write(harness, job_id, &err), disposition);
    if (!disposition)
        return;
    assert_string_equal(err.reason, reason);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" is not in: %s", words, err.text);
}

static void connect_again(struct harness *harness)
{
    struct err err = {0};

    if (batch_store_connect(harness->store, &err))
        fail_msg("connect: %s: %s", err.reason, err.text);
}

// Raises it as the server would, and returns what we make of it.
static int judge(PGconn *side, const char *sqlstate, bool breaks_rules, const char *schema,
                 const char *table, const char *constraint, struct err *err)
{
    char sql[512];
    PGresult *result;
    bool reconnect;
    int rc;

    snprintf(sql, sizeof sql, "SELECT jobtrail.require(false, '%s', '%s/%s/%s')", sqlstate, schema,
             table, constraint);
    result = PQexec(side, sql);
    rc = error_of_result(result, breaks_rules, &reconnect, err);
    PQclear(result);
    return rc;
}

static void judge_all(struct harness *harness, const char *which, const char *sqlstate,
                      bool breaks_rules, int disposition, const char *reason)
{
    PGresult *all = PQexec(harness->side, which);

    assert_int_equal(PQresultStatus(all), PGRES_TUPLES_OK);
    assert_true(PQntuples(all) > 0);
    for (int i = 0; i < PQntuples(all); i++) {
        const char *constraint = PQgetvalue(all, i, 2);
        struct err err = {0};
        int rc = judge(harness->side, sqlstate, breaks_rules, PQgetvalue(all, i, 0),
                       PQgetvalue(all, i, 1), constraint, &err);

        if (rc != disposition || strcmp(err.reason, reason) != 0)
            fail_msg("%s: %s: %s", constraint, err.reason, err.text);
    }
    PQclear(all);
}

// What a migration adds must be told apart, too.
static void each_constraint_of_ours_has_a_meaning(void **state)
{
    struct harness *harness = *state;

    // What a function of ours raises is ours; any other would be blamed itself.
    harness_run(harness->side,
                "CREATE OR REPLACE FUNCTION jobtrail.require(condition boolean, code text,"
                " message text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'made' USING"
                " errcode = code, schema = split_part(message, '/', 1),"
                " table = split_part(message, '/', 2), constraint = split_part(message, '/', 3);"
                " END $$");
    judge_all(harness, OF_VALUES, "23514", true, POISON, "DATA_REFUSED");
    judge_all(harness, OF_VALUES, "23514", false, FATAL, "SCHEMA_ALTERED");
    judge_all(harness,
              "SELECT relnamespace::regnamespace, relname, conname FROM pg_constraint"
              " JOIN pg_class r ON r.oid = conrelid JOIN pg_attribute a ON a.attrelid = r.oid"
              " WHERE contype = 'p' AND attidentity <> '' AND conkey = ARRAY[attnum]"
              " AND relnamespace::regnamespace::text ~ '^jobtrail'",
              "23505", true, RETRY, "SEQUENCE_BEHIND");
    judge_all(harness,
              "SELECT relnamespace::regnamespace, relname, conname FROM pg_constraint"
              " JOIN pg_class r ON r.oid = conrelid WHERE contype IN ('p', 'u')"
              " AND conrelid = 'jobtrail.cancel_command'::regclass AND cardinality(conkey) < 4",
              "23505", true, RETRY, LEDGER_CONFLICT);
}

#define THEIR_TRIGGER(does)                                                                        \
    {                                                                                              \
        "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " does              \
        "; RETURN new; END $$; CREATE TRIGGER theirs BEFORE INSERT ON jobtrail_p1.job FOR EACH"    \
        " ROW EXECUTE FUNCTION theirs()",                                                          \
            "theirs()", "DROP FUNCTION theirs CASCADE"                                             \
    }

static void what_others_added_is_named_with_what_takes_it_away(void **state)
{
    static const struct {
        const char *add, *words, *remove;
    } cases[] = {
        {"ALTER TABLE jobtrail_p1.job ADD CONSTRAINT theirs CHECK (message IS NULL)",
         "ALTER TABLE jobtrail_p1.job DROP CONSTRAINT \"theirs\"",
         "ALTER TABLE jobtrail_p1.job DROP CONSTRAINT theirs"},
        {"ALTER TABLE jobtrail.change ADD CONSTRAINT theirs CHECK (id < 0)",
         "ALTER TABLE jobtrail.change DROP CONSTRAINT \"theirs\"",
         "ALTER TABLE jobtrail.change DROP CONSTRAINT theirs"},
        {"CREATE UNIQUE INDEX theirs ON jobtrail_p1.job (progress)"
         " WHERE job_id IN ('first', 'job-2')",
         "DROP INDEX jobtrail_p1.\"theirs\"", "DROP INDEX jobtrail_p1.theirs"},
        {"ALTER TABLE jobtrail_p1.job ADD COLUMN theirs integer NOT NULL DEFAULT 0;"
         "ALTER TABLE jobtrail_p1.job ALTER COLUMN theirs DROP DEFAULT",
         "ALTER COLUMN \"theirs\" DROP NOT NULL", "ALTER TABLE jobtrail_p1.job DROP COLUMN theirs"},
        {"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no';"
         " END $$; CREATE TRIGGER theirs BEFORE INSERT ON jobtrail_p1.job FOR EACH ROW"
         " EXECUTE FUNCTION theirs()",
         "theirs()", "DROP FUNCTION theirs CASCADE"},
        {"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'"
         " USING errcode = '22021'; END $$; CREATE TRIGGER theirs BEFORE INSERT ON"
         " jobtrail_p1.job FOR EACH ROW EXECUTE FUNCTION theirs()",
         "trigger", "DROP FUNCTION theirs CASCADE"},
        {"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 / 0;"
         " RETURN new; END $$; CREATE TRIGGER theirs BEFORE INSERT ON jobtrail.dead_letter"
         " FOR EACH ROW EXECUTE FUNCTION theirs()",
         "trigger", "DROP FUNCTION theirs CASCADE"},
        THEIR_TRIGGER("PERFORM convert_from('\\xff', 'UTF8')"),
        THEIR_TRIGGER("PERFORM '2026-02-30'::date"),
        THEIR_TRIGGER("PERFORM '{\"a\":\"\\u0000\"}'::jsonb ->> 'a'"),
        THEIR_TRIGGER("PERFORM (SELECT v FROM (VALUES (1), (2)) AS two(v))"),
        THEIR_TRIGGER("INSERT INTO public.gone VALUES (new.job_id)"),
        THEIR_TRIGGER("INSERT INTO gone.gone VALUES (new.job_id)"),
        THEIR_TRIGGER("RAISE 'no' USING errcode = '42501'"),
        // Blamed on what it does itself, whatever table of ours that meets.
        THEIR_TRIGGER(
            "INSERT INTO jobtrail_p1.job_count VALUES ('o', 't', 1, 1, 1), ('o', 't', 1, 1,"
            " 1)"),
        THEIR_TRIGGER("UPDATE jobtrail_p1.job SET attempt = -1"),
        {"ALTER TABLE jobtrail_p1.job ADD CONSTRAINT theirs"
         " CHECK (('2026-02-' || (30 + 0 * length(job_id)))::date IS NOT NULL)",
         "a check", "ALTER TABLE jobtrail_p1.job DROP CONSTRAINT theirs"},
    };
    struct harness *harness = *state;

    expect(harness, "first", DONE, NULL, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char job_id[16];

        snprintf(job_id, sizeof job_id, "job-%zu", i);
        if (strstr(cases[i].add, "CHECK")) { // what is there need not fit
            char sql[256];

            snprintf(sql, sizeof sql, "%s NOT VALID", cases[i].add);
            harness_run(harness->side, sql);
        } else {
            harness_run(harness->side, cases[i].add);
        }
        expect(harness, job_id, FATAL, "SCHEMA_ALTERED", cases[i].words);
        assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail_p1.job"),
                         i + 1);
        harness_run(harness->side, cases[i].remove);
        connect_again(harness);
        expect(harness, job_id, DONE, NULL, NULL);
    }
}

// A trigger that returns no row makes PostgreSQL write none, and say nothing.
static void swallow(struct harness *harness, const char *what, const char *table)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN RETURN NULL; END $$;"
             "CREATE TRIGGER theirs BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION theirs()",
             what, table);
    harness_run(harness->side, sql);
}

static void stop_swallowing(struct harness *harness)
{
    harness_run(harness->side, "DROP FUNCTION theirs CASCADE");
    connect_again(harness);
}

#define ALL_WRITTEN                                                                                \
    "SELECT (SELECT count(*) FROM jobtrail_p1.job) || ' ' ||"                                      \
    " (SELECT sum(n) FROM jobtrail_p1.job_count) || ' ' ||"                                        \
    " (SELECT count(*) FROM jobtrail.change) || ' ' ||"                                            \
    " (SELECT count(*) FROM jobtrail.dead_letter) || ' ' ||"                                       \
    " (SELECT next_offset FROM jobtrail_p1.source_position)"

// One of everything that a batch holds, the number-th.
static int write_all(struct harness *harness, int64_t number, struct err *err)
{
    char job_id[24];
    struct count_delta count = {slice_of("acme"), slice_of("Load"), STATUS_RUNNING, 1};
    struct position_move move = harness_move("e", number, number + 1);
    struct dead_letter letter = a_dead_letter();
    struct row_write row;
    struct batch_write batch = {.rows = &row,
                                .row_count = 1,
                                .counts = &count,
                                .count_count = 1,
                                .moves = &move,
                                .move_count = 1,
                                .dead_letters = &letter,
                                .dead_letter_count = 1};

    snprintf(job_id, sizeof job_id, "job-%lld", (long long)number);
    row = harness_row("acme", job_id, 1);
    letter.offset = number;
    *err = (struct err){0};
    return harness_write(harness->store, &batch, err);
}

static void what_swallows_rows_is_named_and_nothing_moves(void **state)
{
    static const struct {
        const char *what, *table;
    } cases[] = {
        {"INSERT", "jobtrail_p1.job"},
        {"INSERT OR UPDATE", "jobtrail_p1.job_count"},
        {"INSERT", "jobtrail.change"},
        {"INSERT", "jobtrail.dead_letter"},
        {"UPDATE", "jobtrail_p1.source_position"},
    };
    struct harness *harness = *state;
    struct err err;

    harness_source(harness, "e");
    assert_int_equal(write_all(harness, 0, &err), DONE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char before[64], words[64];

        snprintf(before, sizeof before, "%s", harness_value(harness->side, ALL_WRITTEN));
        swallow(harness, cases[i].what, cases[i].table);
        assert_int_equal(write_all(harness, (int64_t)i + 1, &err), FATAL);
        assert_string_equal(err.reason, "SCHEMA_ALTERED");
        snprintf(words, sizeof words, "\\d %s;", cases[i].table);
        if (!strstr(err.text, words))
            fail_msg("\"%s\" is not in: %s", words, err.text);
        assert_string_equal(harness_value(harness->side, ALL_WRITTEN), before);
        stop_swallowing(harness);
        assert_int_equal(write_all(harness, (int64_t)i + 1, &err), DONE);
    }
    // What is kept already is kept, and no trigger's fault.
    harness_run(harness->side, "UPDATE jobtrail_p1.source_position SET next_offset = 1;"
                               "DELETE FROM jobtrail_p1.job WHERE job_id = 'job-1'");
    assert_int_equal(write_all(harness, 1, &err), DONE);
}

static void a_row_that_is_not_written_over_is_no_row_that_was_replaced(void **state)
{
    struct harness *harness = *state;
    struct row_write row = harness_row("acme", "a", 1);
    struct batch_write batch = {.rows = &row, .row_count = 1};
    struct err err = {0};

    harness_written(harness->store, &batch);
    row.base_revision = 1;
    row.is_known = true;
    row.revision = 2;
    swallow(harness, "UPDATE", "jobtrail_p1.job");
    assert_int_equal(harness_write(harness->store, &batch, &err), FATAL);
    assert_string_equal(err.reason, "SCHEMA_ALTERED");
    stop_swallowing(harness);
    harness_written(harness->store, &batch);
}

static void a_position_that_cannot_begin_is_named(void **state)
{
    struct harness *harness = *state;
    struct connection_options options = {.conninfo = harness->conninfo,
                                         .application_name = "positions",
                                         .owner = "positions",
                                         .connect_timeout_ms = 10000,
                                         .statement_timeout_ms = 10000,
                                         .transaction_timeout_ms = 10000};
    struct position_begin begin = {.source = {slice_of("e"), 0}};
    struct err err = {0};
    struct position_store *store = position_store_new(&options, POSITIONS_OF_EVENTS, &err);

    swallow(harness, "INSERT", "jobtrail_p1.source_position");
    assert_int_equal(position_store_create(store, &begin, 1, "c", &err), FATAL);
    assert_non_null(strstr(err.text, "\\d jobtrail_p1.source_position;"));
    assert_int_equal(
        positions_set(harness->conninfo, POSITIONS_OF_EVENTS, &begin.source, 7, NULL, &err), FATAL);
    assert_non_null(strstr(err.text, "\\d jobtrail_p1.source_position;"));
    harness_run(harness->side, "DROP FUNCTION theirs CASCADE");
    assert_int_equal(position_store_create(store, &begin, 1, "c", &err), DONE);
    position_store_free(store);
}

static void a_rule_is_named(void **state)
{
    struct harness *harness = *state;

    harness_run(harness->side,
                "CREATE RULE theirs AS ON INSERT TO jobtrail_p1.job DO INSTEAD NOTHING");
    expect(harness, "a", FATAL, "SCHEMA_ALTERED", "a rule");
    harness_run(harness->side, "DROP RULE theirs ON jobtrail_p1.job");
    connect_again(harness);
    expect(harness, "a", DONE, NULL, NULL);
}

// An index of theirs that a long value does not fit into: PostgreSQL names neither table nor index.
static void an_index_of_theirs_costs_no_event(void **state)
{
    struct harness *harness = *state;
    struct row_write row = harness_row("acme", "long", 1);
    struct batch_write batch = {.rows = &row, .row_count = 1};
    struct err err = {0};
    char message[6000];
    uint32_t drawn = 1;

    for (size_t i = 0; i < sizeof message; i++) {
        drawn = drawn * 1664525 + 1013904223;
        message[i] = (char)('0' + (drawn >> 24) % 64);
    }
    row.columns.message = (struct slice){message, sizeof message};
    harness_run(harness->side, "CREATE INDEX theirs ON jobtrail_p1.job"
                               " USING gin (string_to_array(message, '~'))");
    assert_int_equal(harness_write(harness->store, &batch, &err), FATAL);
    assert_string_equal(err.reason, "SCHEMA_ALTERED");
    assert_non_null(strstr(err.text, "an index"));
    harness_run(harness->side, "DROP INDEX jobtrail_p1.theirs");
    connect_again(harness);
    harness_written(harness->store, &batch);
}

// So that what a migration adds is known as ours.
static void each_function_of_ours_is_known(void **state)
{
    struct harness *harness = *state;
    PGresult *all = PQexec(harness->side, "SELECT proname, oid::regprocedure FROM pg_proc WHERE"
                                          " pronamespace::regnamespace::text ~ '^jobtrail'");

    assert_true(PQntuples(all) > 8);
    assert_true(blame_is_theirs("PL/x function theirs() line 4 at RAISE"));
    assert_false(blame_is_theirs("PL/x function inline_code_block line 4 at RAISE")); // migrations
    for (int i = 0; i < PQntuples(all); i++) {
        char line[256];

        snprintf(line, sizeof line, "PL/x function %s line 4 at RAISE", PQgetvalue(all, i, 1));
        if (blame_is_theirs(line))
            fail_msg("%s", line);
        snprintf(line, sizeof line, "SQL function \"%s\" statement 1", PQgetvalue(all, i, 0));
        if (blame_is_theirs(line))
            fail_msg("%s", line);
    }
    PQclear(all);
}

static void what_is_missing_is_no_events_fault(void **state)
{
    struct harness *harness = *state;

    harness_run(harness->side, "DROP FUNCTION jobtrail.require");
    expect(harness, "a", FATAL, "NOT_MIGRATED", "somebody dropped or altered");
}

// So that what a migration adds is looked at, too.
static void each_sequence_of_ours_is_looked_at(void **state)
{
    struct harness *harness = *state;
    const char *query = link_query_text("sequences_state");
    PGresult *all = PQexec(harness->side, "SELECT attrelid::regclass FROM pg_attribute"
                                          " JOIN pg_class r ON r.oid = attrelid"
                                          " WHERE relnamespace::regnamespace::text ~ '^jobtrail'"
                                          " AND attidentity <> ''");

    assert_true(PQntuples(all) >= 4);
    for (int i = 0; i < PQntuples(all); i++)
        if (!strstr(query, PQgetvalue(all, i, 0)))
            fail_msg("%s is not looked at", PQgetvalue(all, i, 0));
    PQclear(all);
}

static void a_sequence_that_stands_behind_is_mended(void **state)
{
    struct harness *harness = *state;

    for (int i = 0; i < 3; i++) {
        char job_id[16];

        snprintf(job_id, sizeof job_id, "job-%d", i);
        expect(harness, job_id, DONE, NULL, NULL);
    }
    // While it is connected: found when an id is taken already, mended by connecting again.
    harness_run(harness->side, "ALTER SEQUENCE jobtrail.change_id_seq RESTART");
    expect(harness, "new", RETRY, "SEQUENCE_BEHIND",
           "setval(pg_get_serial_sequence('jobtrail.change', 'id')");
    assert_false(batch_store_is_connected(harness->store));
    connect_again(harness);
    expect(harness, "new", DONE, NULL, NULL);
    // All of them, before anything is written.
    harness_run(harness->side, "ALTER SEQUENCE jobtrail.change_id_seq RESTART;"
                               "ALTER SEQUENCE jobtrail.dead_letter_id_seq RESTART");
    connect_again(harness);
    expect(harness, "newer", DONE, NULL, NULL);
    assert_int_equal(harness_number(harness->side, "SELECT max(id) FROM jobtrail.change"), 5);
    // One that stands before its table, as usual, stays.
    harness_run(harness->side, "SELECT setval('jobtrail.change_id_seq', 100)");
    connect_again(harness);
    expect(harness, "newest", DONE, NULL, NULL);
    assert_int_equal(harness_number(harness->side, "SELECT max(id) FROM jobtrail.change"), 101);
}

static void a_sequence_that_is_exhausted_is_named(void **state)
{
    struct harness *harness = *state;
    struct err err = {0};

    expect(harness, "a", DONE, NULL, NULL);
    expect(harness, "aa", DONE, NULL, NULL);
    harness_run(harness->side, "ALTER SEQUENCE jobtrail.change_id_seq MAXVALUE 2");
    expect(harness, "b", RETRY, "SEQUENCE_EXHAUSTED", "no event is to blame");
    assert_int_equal(batch_store_connect(harness->store, &err), FATAL);
    assert_string_equal(err.reason, "SEQUENCE_EXHAUSTED");
    assert_non_null(strstr(err.text, "ALTER SEQUENCE jobtrail.change_id_seq NO MAXVALUE"));
    harness_run(harness->side, "ALTER SEQUENCE jobtrail.change_id_seq NO MAXVALUE");
    connect_again(harness);
    expect(harness, "b", DONE, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(each_constraint_of_ours_has_a_meaning),
        TEST(what_others_added_is_named_with_what_takes_it_away),
        TEST(what_swallows_rows_is_named_and_nothing_moves),
        TEST(a_row_that_is_not_written_over_is_no_row_that_was_replaced),
        TEST(a_position_that_cannot_begin_is_named),
        TEST(a_rule_is_named),
        TEST(an_index_of_theirs_costs_no_event),
        TEST(each_function_of_ours_is_known),
        TEST(what_is_missing_is_no_events_fault),
        TEST(each_sequence_of_ours_is_looked_at),
        TEST(a_sequence_that_stands_behind_is_mended),
        TEST(a_sequence_that_is_exhausted_is_named),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
