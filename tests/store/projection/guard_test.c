// SPDX-License-Identifier: Apache-2.0
// All or nothing: whatever a guard, the server or the network refuses, no part of a batch stays,
// and the failure is told as what it is.
#include "store/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Everything a batch can write, so that a part that stays would be seen.
struct full_batch {
    struct row_write rows[4];
    struct position_move move;
    struct count_delta count;
    struct dead_letter letter;
    struct log_end_seen end;
    struct batch_write batch;
};

// Rows a and c are new, b and d known with revision 1.
static void fill(struct full_batch *full)
{
    *full = (struct full_batch){
        .rows = {harness_row("acme", "a", 2), harness_row("acme", "b", 2),
                 harness_row("acme", "c", 2), harness_row("acme", "d", 2)},
        .move = harness_move("events", 0, 10),
        .count = {slice_of("acme"), slice_of("Load"), STATUS_RUNNING, 1},
        .letter = {.source = {slice_of("events"), 0},
                   .offset = 3,
                   .stage = "decode",
                   .reason = "X"},
        .end = {.source = {slice_of("events"), 0}, .log_end = 10, .caught_up_at_us = TIME_NONE},
    };
    full->rows[1].is_known = full->rows[3].is_known = true;
    full->rows[1].base_revision = full->rows[3].base_revision = 1;
    full->batch = (struct batch_write){.moves = &full->move,
                                       .move_count = 1,
                                       .rows = full->rows,
                                       .row_count = 4,
                                       .counts = &full->count,
                                       .count_count = 1,
                                       .dead_letters = &full->letter,
                                       .dead_letter_count = 1,
                                       .log_ends = &full->end,
                                       .log_end_count = 1};
}

static void prepare(struct harness *harness)
{
    struct row_write known[] = {harness_row("acme", "b", 1), harness_row("acme", "d", 1)};

    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.rows = known, .row_count = 2});
    harness_run(harness->side, "TRUNCATE jobtrail.change");
}

// The whole content, as one text.
static const char *all_there_is(struct harness *harness)
{
    return harness_value(
        harness->side,
        "SELECT concat_ws(' ', (SELECT string_agg(job_id || revision, ',' ORDER BY job_id)"
        " FROM jobtrail_p1.job), (SELECT next_offset || ':' || coalesce(log_end, -1)"
        " FROM jobtrail_p1.source_position), (SELECT count(*) FROM jobtrail_p1.job_count),"
        " (SELECT count(*) FROM jobtrail.change), (SELECT count(*) FROM jobtrail.dead_letter))");
}

#define AS_PREPARED "b1,d1 0:-1 0 0 0"
#define AS_WRITTEN  "a2,b2,c2,d2 10:10 1 1 1"

static void expect(struct harness *harness, const struct batch_write *batch, int disposition,
                   const char *reason)
{
    struct err err = {0};

    assert_int_equal(harness_write(harness->store, batch, &err), disposition);
    assert_string_equal(err.reason, reason);
    assert_int_equal(err.disposition, disposition);
}

static void all_of_it_is_written(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
}

// What the connection knows of rows is of the projection that it met.
static void a_swapped_projection_fences(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;
    struct err err;

    prepare(harness);
    fill(&full);
    harness_run(harness->side,
                "ALTER TABLE jobtrail_p1.job RENAME TO before;"
                "CREATE TABLE jobtrail_p1.job (LIKE jobtrail_p1.before INCLUDING ALL);"
                "INSERT INTO jobtrail_p1.job SELECT * FROM jobtrail_p1.before");
    expect(harness, &full.batch, FENCED, STORE_PROJECTION_SWAPPED);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    assert_false(batch_store_is_connected(harness->store));
    assert_int_equal(batch_store_connect(harness->store, &err), DONE);
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
}

static void a_moved_position_fences(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    full.move.expected_next_offset = 7;
    expect(harness, &full.batch, FENCED, STORE_POSITION_MOVED);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    // The connection is as good as before.
    full.move.expected_next_offset = 0;
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
}

static void a_position_that_is_gone_fences(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    full.move.source.topic = slice_of("another");
    expect(harness, &full.batch, FENCED, STORE_POSITION_MOVED);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
}

static void a_replaced_row_is_a_retry(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    full.rows[3].base_revision = 99;
    expect(harness, &full.batch, RETRY, STORE_ROW_REPLACED);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    assert_true(batch_store_is_connected(harness->store));
    full.rows[3].base_revision = 1;
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
}

static void a_known_row_that_is_gone_is_a_retry(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    full.rows[3].columns.key.organization_id = slice_of("other");
    expect(harness, &full.batch, RETRY, STORE_ROW_REPLACED);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
}

static void an_insert_that_meets_a_row_is_a_retry(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    full.rows[3].is_known = false;
    expect(harness, &full.batch, RETRY, STORE_ROW_REPLACED);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    assert_true(batch_store_is_connected(harness->store));
}

// The retry: read with a lock, then write in the same transaction.
static void a_locking_read_holds_its_rows(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;
    struct job_key keys[4];
    const struct stored_row *rows;

    prepare(harness);
    fill(&full);
    for (size_t i = 0; i < 4; i++)
        keys[i] = full.rows[i].columns.key;
    rows = harness_read(harness->store, keys, 4, true, 2);
    assert_true(slice_equal(rows[0].columns.key.job_id, slice_of("b")));
    assert_string_equal(harness_sqlstate(harness->side, "SELECT * FROM jobtrail_p1.job WHERE job_id"
                                                        " = 'b' FOR UPDATE NOWAIT"),
                        "55P03");
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
    assert_string_equal(harness_sqlstate(harness->side, "SELECT * FROM jobtrail_p1.job WHERE job_id"
                                                        " = 'b' FOR UPDATE NOWAIT"),
                        "00000");
}

static void a_failure_after_a_locking_read_lets_go(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    harness_read(harness->store, &full.rows[1].columns.key, 1, true, 1);
    full.move.expected_next_offset = 7;
    expect(harness, &full.batch, FENCED, STORE_POSITION_MOVED);
    assert_string_equal(harness_sqlstate(harness->side, "SELECT * FROM jobtrail_p1.job"
                                                        " FOR UPDATE NOWAIT"),
                        "00000");
    // Another read instead of the write also ends the transaction.
    harness_read(harness->store, &full.rows[1].columns.key, 1, true, 1);
    harness_read(harness->store, &full.rows[3].columns.key, 1, false, 1);
    assert_string_equal(harness_sqlstate(harness->side, "SELECT * FROM jobtrail_p1.job"
                                                        " FOR UPDATE NOWAIT"),
                        "00000");
}

static void refused_data_are_poison(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    full.rows[2].columns.message = SLICE_LITERAL("a NUL: \0");
    expect(harness, &full.batch, POISON, "DATA_REFUSED");
    full.rows[2].columns.message = SLICE_LITERAL("no UTF-8: \xff");
    expect(harness, &full.batch, POISON, "DATA_REFUSED");
    full.rows[2].columns.message = SLICE_NULL;
    full.rows[2].columns.progress = 101;
    expect(harness, &full.batch, POISON, "DATA_REFUSED");
    full.rows[2].columns.progress = 100;
    full.rows[2].columns.created_at_us = TIME_NONE + 1;
    expect(harness, &full.batch, POISON, "DATA_REFUSED");
    full.rows[2].columns.created_at_us = TIME_NONE;
    full.rows[2].columns.key.organization_id = slice_of("");
    expect(harness, &full.batch, POISON, "DATA_REFUSED");
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    full.rows[2].columns.key.organization_id = slice_of("acme");
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
}

// A key as long as the limits allow, of bytes that do not compress, fits the index.
static void the_longest_ids_fit(void **state)
{
    struct harness *harness = *state;
    char organization[ID_MAX_BYTES + 1], job[ID_MAX_BYTES + 1];
    struct row_write row;

    for (size_t i = 0; i < ID_MAX_BYTES; i++) {
        organization[i] = (char)('!' + rand() % 90);
        job[i] = (char)('!' + rand() % 90);
    }
    organization[ID_MAX_BYTES] = job[ID_MAX_BYTES] = 0;
    row = harness_row(organization, job, 1);
    harness_written(harness->store, &(struct batch_write){.rows = &row, .row_count = 1});
    harness_read(harness->store, &row.columns.key, 1, false, 1);
}

static void a_transaction_that_takes_too_long_is_not_committed(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    // No statement alone takes too long; together they do.
    harness_run(harness->side,
                "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " PERFORM pg_sleep(0.6); RETURN NULL; END $$;"
                "CREATE TRIGGER dawdle AFTER INSERT OR UPDATE ON jobtrail_p1.job"
                " FOR EACH STATEMENT EXECUTE FUNCTION dawdle()");
    batch_store_free(harness->store);
    harness->store = harness_store(harness, 1000);
    expect(harness, &full.batch, RETRY, STORE_TOO_SLOW);
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    // From PostgreSQL 17 on the server's own limit ends the session.
    assert_int_equal(batch_store_is_connected(harness->store),
                     harness_number(harness->side,
                                    "SELECT (current_setting('server_version_num')::integer"
                                    " < 170000)::integer"));
}

static void a_wait_for_a_lock_ends(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    batch_store_free(harness->store);
    harness->store = harness_store(harness, 1000);
    harness_run(harness->side, "BEGIN; SELECT FROM jobtrail_p1.job WHERE job_id = 'd' FOR UPDATE");
    expect(harness, &full.batch, RETRY, "LOCK_TIMEOUT");
    harness_run(harness->side, "ROLLBACK");
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    harness_written(harness->store, &full.batch);
}

static void a_session_ended_by_an_administrator_is_a_retry(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;
    struct err err = {0};

    prepare(harness);
    fill(&full);
    harness_run(harness->side, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                               " WHERE application_name = 'store test'");
    assert_int_equal(harness_write(harness->store, &full.batch, &err), RETRY);
    assert_false(batch_store_is_connected(harness->store));
    assert_int_equal(harness_write(harness->store, &full.batch, &err), RETRY);
    assert_string_equal(err.reason, "NOT_CONNECTED");
    assert_string_equal(all_there_is(harness), AS_PREPARED);
    assert_int_equal(batch_store_connect(harness->store, &err), 0);
    harness_written(harness->store, &full.batch);
    assert_string_equal(all_there_is(harness), AS_WRITTEN);
}

static void a_server_killed_in_the_middle_is_a_retry(void **state)
{
    struct harness *harness = *state;
    const struct store_port *port = batch_store_port(harness->store);
    const struct stored_row *rows;
    enum store_state progress;
    struct full_batch full;
    struct err err = {0};
    size_t count;

    prepare(harness);
    fill(&full);
    // It waits for a lock when the server goes.
    harness_run(harness->side, "BEGIN; SELECT FROM jobtrail_p1.job WHERE job_id = 'd' FOR UPDATE");
    assert_int_equal(port->write_batch(port->self, &full.batch, &err), 0);
    assert_int_equal(port->poll(port->self, &progress, &rows, &count, &err), 0);
    assert_int_equal(progress, STORE_BUSY);
    assert_true(postgres_kill(harness->postgres));
    assert_int_equal(harness_drive(harness->store, &progress, &rows, &count, &err), RETRY);
    assert_false(batch_store_is_connected(harness->store));
    assert_int_equal(batch_store_connect(harness->store, &err), RETRY);
    assert_true(postgres_restart(harness->postgres));
    PQreset(harness->side);
    assert_int_equal(batch_store_connect(harness->store, &err), 0);
    // What was written asynchronously before may be lost, but only as a whole.
    if (harness_number(harness->side, "SELECT count(*) FROM jobtrail_p1.job") == 2)
        assert_string_equal(all_there_is(harness), AS_PREPARED);
}

static void a_server_that_hangs_is_a_retry(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;
    struct err err = {0};

    prepare(harness);
    fill(&full);
    batch_store_free(harness->store);
    harness->store = harness_store(harness, 300);
    assert_true(postgres_freeze(harness->postgres, true));
    assert_int_equal(harness_write(harness->store, &full.batch, &err), RETRY);
    assert_true(postgres_freeze(harness->postgres, false));
    assert_string_equal(err.reason, "SERVER_SILENT");
    assert_false(batch_store_is_connected(harness->store));
}

static void a_schema_that_is_gone_is_fatal(void **state)
{
    struct harness *harness = *state;
    struct full_batch full;

    prepare(harness);
    fill(&full);
    harness_run(harness->side, "DROP TABLE jobtrail_p1.job CASCADE");
    expect(harness, &full.batch, FATAL, "NOT_MIGRATED");
}

static void one_thing_at_a_time(void **state)
{
    struct harness *harness = *state;
    const struct store_port *port = batch_store_port(harness->store);
    const struct stored_row *rows;
    enum store_state progress;
    struct job_key key = {slice_of("acme"), slice_of("a")};
    struct err err = {0};
    size_t count;

    assert_int_equal(port->poll(port->self, &progress, &rows, &count, &err), 0);
    assert_int_equal(progress, STORE_IDLE);
    assert_int_equal(port->read_rows(port->self, &key, 1, false, &err), 0);
    assert_int_equal(port->read_rows(port->self, &key, 1, false, &err), FATAL);
    assert_string_equal(err.reason, "STORE_BUSY");
    assert_int_equal(harness_drive(harness->store, &progress, &rows, &count, &err), 0);
    assert_int_equal(progress, STORE_ROWS);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(all_of_it_is_written),
        TEST(a_swapped_projection_fences),
        TEST(a_moved_position_fences),
        TEST(a_position_that_is_gone_fences),
        TEST(a_replaced_row_is_a_retry),
        TEST(a_known_row_that_is_gone_is_a_retry),
        TEST(an_insert_that_meets_a_row_is_a_retry),
        TEST(a_locking_read_holds_its_rows),
        TEST(a_failure_after_a_locking_read_lets_go),
        TEST(refused_data_are_poison),
        TEST(the_longest_ids_fit),
        TEST(a_transaction_that_takes_too_long_is_not_committed),
        TEST(a_wait_for_a_lock_ends),
        TEST(a_session_ended_by_an_administrator_is_a_retry),
        TEST(a_server_killed_in_the_middle_is_a_retry),
        TEST(a_server_that_hangs_is_a_retry),
        TEST(a_schema_that_is_gone_is_fatal),
        TEST(one_thing_at_a_time),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
