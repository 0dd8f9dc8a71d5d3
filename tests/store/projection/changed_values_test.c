// SPDX-License-Identifier: Apache-2.0
// A trigger of somebody's may change a value so that our own constraint refuses it, and PostgreSQL
// tells nothing of that: no event pays for it. Nor does the trigger for what an event brings.
#include "store/harness.h"

#include <stdio.h>
#include <string.h>

static void connect_again(struct harness *harness)
{
    struct err err = {0};

    if (batch_store_connect(harness->store, &err))
        fail_msg("connect: %s: %s", err.reason, err.text);
}

static int write(struct harness *harness, struct row_write *rows, size_t count, struct err *err)
{
    struct batch_write batch = {.rows = rows, .row_count = count};

    *err = (struct err){0};
    return harness_write(harness->store, &batch, err);
}

static void expect_altered(struct harness *harness, struct row_write *row, const char *words)
{
    struct err err;
    int rc = write(harness, row, 1, &err);

    if (rc != FATAL || strcmp(err.reason, "SCHEMA_ALTERED") != 0 || !strstr(err.text, words))
        fail_msg("\"%s\" is not in: %d %s", words, rc, rc ? err.text : "");
    connect_again(harness);
}

static void add_trigger(struct harness *harness, const char *when, const char *does)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN new;"
             " END $$; CREATE TRIGGER theirs BEFORE %s ON jobtrail_p1.job FOR EACH ROW EXECUTE"
             " FUNCTION theirs()",
             does, when);
    harness_run(harness->side, sql);
}

static void drop_trigger(struct harness *harness)
{
    harness_run(harness->side, "DROP FUNCTION theirs CASCADE");
}

#define LONG_TEXT "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 100) n)"

static const char *const changes[] = {
    "new.progress := 200",
    "new.attempt := 0",
    "new.status := 7",
    "new.organization_id := ''",
    "new.creator_id := " LONG_TEXT,
    "new.job_id := " LONG_TEXT,
};

static void what_a_trigger_makes_of_a_value_is_no_events(void **state)
{
    struct harness *harness = *state;

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char job_id[16];
        struct row_write row;
        struct err err;

        snprintf(job_id, sizeof job_id, "job-%zu", i);
        row = harness_row("acme", job_id, 1);
        add_trigger(harness, "INSERT", changes[i]);
        expect_altered(harness, &row, "DROP TRIGGER NAME ON jobtrail_p1.job");
        drop_trigger(harness);
        assert_int_equal(write(harness, &row, 1, &err), DONE);
        row.is_known = true;
        row.base_revision = row.revision++;
        add_trigger(harness, "UPDATE", changes[i]);
        expect_altered(harness, &row, "psql, \\d jobtrail_p1.job;");
        drop_trigger(harness);
        assert_int_equal(write(harness, &row, 1, &err), DONE);
    }
}

static void what_a_constraint_was_altered_to_refuse_is_no_events(void **state)
{
    struct harness *harness = *state;
    struct row_write row = harness_row("acme", "a", 1);
    struct err err;

    harness_run(harness->side, "ALTER TABLE jobtrail_p1.job DROP CONSTRAINT job_progress_check,"
                               " ADD CONSTRAINT job_progress_check CHECK (progress > 50)");
    expect_altered(harness, &row, "restore what was altered");
    row.columns.progress = 60;
    assert_int_equal(write(harness, &row, 1, &err), DONE);
}

// Whatever they do beside it.
static void a_value_that_breaks_a_rule_itself_is_the_events(void **state)
{
    struct harness *harness = *state;
    struct row_write rows[] = {harness_row("acme", "a", 1), harness_row("acme", "b", 1)};
    struct err err;

    add_trigger(harness, "INSERT", "new.message := 'theirs'");
    rows[1].columns.progress = 101;
    assert_int_equal(write(harness, rows, 2, &err), POISON);
    assert_string_equal(err.reason, "DATA_REFUSED");
    assert_int_equal(write(harness, rows, 1, &err), DONE);
    rows[1].columns.progress = PROGRESS_NONE;
    rows[1].columns.attempt = 0;
    assert_int_equal(write(harness, &rows[1], 1, &err), POISON);
    rows[1].columns.attempt = ATTEMPT_MAX;
    rows[1].columns.status = JOB_STATUSES;
    assert_int_equal(write(harness, &rows[1], 1, &err), POISON);
    rows[1].columns.status = STATUS_DISMISSED;
    rows[1].columns.key.organization_id = slice_of("");
    assert_int_equal(write(harness, &rows[1], 1, &err), POISON);
    assert_string_equal(err.reason, "DATA_REFUSED");
    rows[1].columns.key.organization_id = slice_of("acme");
    assert_int_equal(write(harness, &rows[1], 1, &err), DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(what_a_trigger_makes_of_a_value_is_no_events),
        TEST(what_a_constraint_was_altered_to_refuse_is_no_events),
        TEST(a_value_that_breaks_a_rule_itself_is_the_events),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
