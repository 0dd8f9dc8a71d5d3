// SPDX-License-Identifier: Apache-2.0
// What a batch writes is what is read back: new, known and mixed rows, totals, change, positions
// and log ends.
#include "store/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static void new_rows_are_read_back_equal(void **state)
{
    struct harness *harness = *state;
    struct row_write rows[] = {harness_row("acme", "a", 11), harness_row("acme", "b", INT64_MIN)};
    struct job_key keys[] = {
        rows[0].columns.key, rows[1].columns.key, {slice_of("x"), slice_of("c")}};
    const struct stored_row *found;

    rows[1].columns.status = STATUS_FAILED;
    rows[1].columns.error_code = slice_of("E1");
    rows[1].columns.error_detail = slice_of("");
    rows[1].columns.progress = PROGRESS_NONE;
    rows[1].columns.type = rows[1].columns.creator_id = SLICE_NULL;
    rows[1].columns.message = SLICE_NULL;
    rows[1].columns.created_at_us = rows[1].columns.started_at_us = TIME_NONE;
    rows[1].columns.finished_at_us = INT64_C(946684799999999); // before PostgreSQL's zero
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = 2});
    found = harness_read(harness->store, keys, 3, false, 2);
    for (size_t i = 0; i < 2; i++) {
        size_t which = found[i].revision == 11 ? 0 : 1;

        assert_true(harness_columns_equal(&found[i].columns, &rows[which].columns));
        assert_int_equal(found[i].revision, rows[which].revision);
    }
    assert_string_equal(harness_value(harness->side,
                                      "SELECT string_agg(status, ',' ORDER BY job_id)"
                                      " FROM jobtrail.job"),
                        "running,failed");
}

static void known_and_new_rows_mix(void **state)
{
    struct harness *harness = *state;
    struct row_write first[] = {harness_row("acme", "b", 1), harness_row("acme", "d", 2)};
    struct row_write second[] = {harness_row("acme", "a", 3), harness_row("acme", "b", 4),
                                 harness_row("acme", "c", 5), harness_row("acme", "d", 6)};
    struct job_key keys[4];
    const struct stored_row *found;

    first[0].columns.error_detail = slice_of("kept");
    first[1].columns.error_detail = slice_of("goes");
    harness_written(harness->store, &(struct batch_write){.rows = first, .row_count = 2});
    second[1].is_known = second[3].is_known = true;
    second[1].base_revision = 1;
    second[3].base_revision = 2;
    second[1].columns.status = STATUS_DISMISSED;
    second[1].columns.error_detail = slice_of("not looked at: its flag is not set");
    second[1].columns.history = slice_of("nor this");
    second[3].error_detail_changed = second[3].history_changed = true;
    second[3].columns.history = slice_of("another");
    for (size_t i = 0; i < 4; i++)
        keys[i] = second[i].columns.key;
    harness_written(harness->store, &(struct batch_write){.rows = second, .row_count = 4});
    second[1].columns.error_detail = slice_of("kept");
    second[1].columns.history = first[0].columns.history;
    found = harness_read(harness->store, keys, 4, true, 4);
    for (size_t i = 0; i < 4; i++) { // a locking read answers in the order of the keys
        assert_true(harness_columns_equal(&found[i].columns, &second[i].columns));
        assert_int_equal(found[i].revision, 3 + (int64_t)i);
    }
}

// More than one statement takes, in rows and in bytes, every second one known.
static void a_batch_larger_than_its_chunks(void **state)
{
    enum { ROWS = 20000, LARGE = 64 * 1024 };
    struct harness *harness = *state;
    struct row_write *rows = calloc(ROWS, sizeof *rows);
    char(*ids)[8] = calloc(ROWS, sizeof *ids);
    char *large = malloc(LARGE);
    size_t known = 0;

    assert_true(rows && ids && large);
    memset(large, 'x', LARGE);
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(ids[i], sizeof ids[i], "%07zu", i);
        rows[i] = harness_row("acme", ids[i], 1);
        if (i % 100 == 0)
            rows[i].columns.error_detail = (struct slice){large, LARGE};
    }
    for (size_t i = 0; i < ROWS; i += 2)
        rows[known++] = rows[i];
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = known});
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = harness_row("acme", ids[i], 2);
        rows[i].is_known = i % 2 == 0;
        rows[i].base_revision = 1;
        rows[i].columns.message = SLICE_LITERAL("second");
    }
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = ROWS});
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail_p1.job WHERE"
                                                   " revision = 2 AND message = 'second'"),
                     ROWS);
    assert_int_equal(harness_number(harness->side, "SELECT sum(length(error_detail)) FROM"
                                                   " jobtrail.job"),
                     ROWS / 100 * LARGE);
    assert_int_equal(harness_number(harness->side, "SELECT cardinality(job_ids) FROM"
                                                   " jobtrail.change ORDER BY id DESC LIMIT 1"),
                     ROWS);
    free(large);
    free(ids);
    free(rows);
}

static void positions_move_and_are_loaded(void **state)
{
    struct harness *harness = *state;
    struct position_move move = harness_move("events", 0, 500);
    struct stored_position stored =
        harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("events"), 0});

    assert_false(stored.found);
    harness_source(harness, "events");
    harness_source(harness, "events"); // leaves the first alone
    harness_written(harness->store, &(struct batch_write){.moves = &move, .move_count = 1});
    stored = harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("events"), 0});
    assert_true(stored.found);
    assert_true(slice_equal(stored.cluster_id, SLICE_LITERAL("cluster-1")));
    assert_int_equal(stored.position.next_offset, 500);
    assert_int_equal(stored.position.last_offset, 499);
    assert_int_equal(stored.position.last_timestamp_ms, 77);
    assert_int_equal(stored.position.last_hash, -5);
    assert_int_equal(stored.checkpoint_count, 1); // the first record that was ever read
    assert_int_equal(stored.checkpoints[0].offset, 0);
    assert_int_equal(stored.checkpoints[0].timestamp_ms, 76);
    assert_int_equal(stored.checkpoints[0].hash, -6);
    assert_string_equal(harness_value(harness->side, "SELECT owner FROM jobtrail.source_position"),
                        "tester");
    // Only moves: nothing that a viewer could see changed.
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.change"), 0);
}

static void move(struct harness *harness, int64_t from, int64_t to)
{
    struct position_move move = harness_move("events", from, to);

    harness_written(harness->store, &(struct batch_write){.moves = &move, .move_count = 1});
}

static void older_records_are_remembered_once_a_minute(void **state)
{
    struct harness *harness = *state;
    struct stored_position stored;

    harness_source(harness, "events");
    move(harness, 0, 10);
    move(harness, 10, 20);
    move(harness, 20, 30); // within the same minute
    stored = harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("events"), 0});
    assert_int_equal(stored.checkpoint_count, 1);
    assert_int_equal(stored.checkpoints[0].offset, 0);
    for (int64_t at = 30; at < 100; at += 10) {
        harness_run(harness->side, "UPDATE jobtrail_p1.source_position"
                                   " SET checkpointed_at = now() - interval '61 seconds'");
        move(harness, at, at + 10);
    }
    stored = harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("events"), 0});
    assert_int_equal(stored.checkpoint_count, CHECKPOINTS_MAX);
    for (int64_t i = 0; i < CHECKPOINTS_MAX; i++)
        assert_int_equal(stored.checkpoints[i].offset, 89 - 10 * i);
    assert_int_equal(stored.checkpoints[0].timestamp_ms, 77);
    assert_int_equal(stored.checkpoints[0].hash, -5);
}

static void log_ends_are_noted(void **state)
{
    struct harness *harness = *state;
    struct log_end_seen ends[] = {{.source = {slice_of("events"), 0},
                                   .log_end = 900,
                                   .seen_at_us = INT64_C(1700000000000000),
                                   .caught_up_at_us = INT64_C(1699999999000000)}};
    const char *seen = "SELECT concat_ws(' ', log_end, extract(epoch FROM log_end_seen_at)::bigint,"
                       " extract(epoch FROM caught_up_at)::bigint) FROM jobtrail.source_position";

    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.log_ends = ends, .log_end_count = 1});
    assert_string_equal(harness_value(harness->side, seen), "900 1700000000 1699999999");
    ends[0].log_end = 950;
    ends[0].seen_at_us += US_PER_SECOND;
    ends[0].caught_up_at_us = TIME_NONE; // behind now: it was caught up when it was
    harness_written(harness->store, &(struct batch_write){.log_ends = ends, .log_end_count = 1});
    assert_string_equal(harness_value(harness->side, seen), "950 1700000001 1699999999");
}

// A clock that was ahead: what it left is not believed, and what is proved later takes its place.
static void a_moment_to_come_is_not_believed(void **state)
{
    struct harness *harness = *state;
    struct log_end_seen end = {.source = {slice_of("events"), 0},
                               .log_end = 900,
                               .seen_at_us = INT64_C(1700000000000000),
                               .caught_up_at_us = INT64_C(4100000000000000)};
    const char *is_past = "SELECT caught_up_at <= clock_timestamp() AND caught_up_at > '2023-11-15'"
                          " FROM jobtrail.source_position";

    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.log_ends = &end, .log_end_count = 1});
    assert_string_equal(harness_value(harness->side, is_past), "t");
    harness_run(harness->side,
                "UPDATE jobtrail_p1.source_position SET caught_up_at = '2099-01-01'");
    end.caught_up_at_us = INT64_C(1699999999000000);
    harness_written(harness->store, &(struct batch_write){.log_ends = &end, .log_end_count = 1});
    assert_int_equal(harness_number(harness->side, "SELECT extract(epoch FROM caught_up_at)::bigint"
                                                   " FROM jobtrail.source_position"),
                     1699999999);
    harness_run(harness->side,
                "UPDATE jobtrail_p1.source_position SET caught_up_at = '2099-01-01'");
    end.caught_up_at_us = TIME_NONE; // nothing is proved: then nothing is claimed
    harness_written(harness->store, &(struct batch_write){.log_ends = &end, .log_end_count = 1});
    assert_string_equal(harness_value(harness->side, "SELECT caught_up_at IS NULL"
                                                     " FROM jobtrail.source_position"),
                        "t");
}

// By which moments are told: never later than the server's clock is, whatever ours says.
static void the_clock_of_the_server_is_known(void **state)
{
    struct harness *harness = *state;
    struct position_move move = harness_move("events", 0, 1);
    int64_t at_connecting_us = batch_store_clock_us(harness->store), told_us;

    assert_true(at_connecting_us != TIME_NONE);
    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.moves = &move, .move_count = 1});
    told_us = batch_store_clock_us(harness->store) + clock_monotonic_us();
    assert_true(told_us <=
                harness_number(harness->side,
                               "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
    assert_true(told_us > clock_now_us() - INT64_C(600) * US_PER_SECOND);
}

// Partitions count from the moment they are known, as of which nothing was in them; where they are
// read from is for who begins.
static void partitions_are_known_before_they_are_read(void **state)
{
    struct harness *harness = *state;
    struct log_end_seen end = {.source = {slice_of("events"), 0},
                               .log_end = 900,
                               .seen_at_us = INT64_C(1700000000000000),
                               .partitions = 1,
                               .caught_up_at_us = INT64_C(1699999999000000)};
    const struct source added = {slice_of("events"), 2};
    const char *rows = "SELECT string_agg(concat_ws(' ', partition, next_offset,"
                       " extract(epoch FROM caught_up_at)::bigint), ', ' ORDER BY partition)"
                       " FROM jobtrail.source_position";
    struct batch_write batch = {.log_ends = &end, .log_end_count = 1};
    struct stored_position stored;

    harness_source(harness, "events");
    harness_written(harness->store, &batch);
    assert_string_equal(harness_value(harness->side, rows), "0 0 1699999999");
    end.partitions = 3;
    end.caught_up_at_us += US_PER_SECOND; // before that, the two were not there
    harness_written(harness->store, &batch);
    assert_string_equal(harness_value(harness->side, rows),
                        "0 0 1700000000, 1 1699999999, 2 1699999999");
    assert_false(harness_position(harness, POSITIONS_OF_EVENTS, added).found);

    harness_begin_source(harness, POSITIONS_OF_EVENTS, added, 40);
    stored = harness_position(harness, POSITIONS_OF_EVENTS, added);
    assert_true(stored.found);
    assert_int_equal(stored.position.next_offset, 40);
    end.partitions = 0; // as was told
    harness_written(harness->store, &batch);
    end.partitions = 4;
    harness_written(harness->store, &batch);
    assert_string_equal(harness_value(harness->side, rows),
                        "0 0 1700000000, 1 1699999999, 2 40 1699999999, 3 1700000000");
}

static void counts_add_up(void **state)
{
    struct harness *harness = *state;
    struct count_delta deltas[] = {
        {slice_of("acme"), slice_of(""), STATUS_ACCEPTED, 3},
        {slice_of("acme"), slice_of("Load"), STATUS_RUNNING, INT64_C(5000000000)},
    };
    struct count_delta back[] = {{slice_of("acme"), slice_of(""), STATUS_ACCEPTED, -3}};
    struct batch_write batch = {.counts = deltas, .count_count = 2, .count_shard = 1};

    harness_written(harness->store, &batch);
    harness_written(harness->store, &batch);
    batch = (struct batch_write){.counts = back, .count_count = 1, .count_shard = 2};
    harness_written(harness->store, &batch);
    harness_written(harness->store, &batch);
    assert_string_equal(harness_value(harness->side,
                                      "SELECT string_agg(concat_ws(' ', organization_id, type,"
                                      " status, n), ',') FROM jobtrail.job_count"),
                        "acme Load running 10000000000");
}

// A batch is borrowed for the call alone: what happens to it afterwards is not written.
static void a_batch_may_change_once_it_is_taken(void **state)
{
    struct harness *harness = *state;
    const struct store_port *port = batch_store_port(harness->store);
    char message[] = "as it was";
    struct row_write row = harness_row("acme", "a", 1);
    struct batch_write batch = {.rows = &row, .row_count = 1};
    const struct stored_row *rows;
    enum store_state done;
    size_t count;
    struct err err = {0};

    row.columns.message = slice_of(message);
    assert_int_equal(port->write_batch(port->self, &batch, &err), 0);
    memset(message, 'x', sizeof message - 1);
    memset(&row, 0, sizeof row);
    memset(&batch, 0, sizeof batch);
    assert_int_equal(harness_drive(harness->store, &done, &rows, &count, &err), 0);
    assert_int_equal(done, STORE_WRITTEN);
    assert_string_equal(harness_value(harness->side, "SELECT message FROM jobtrail.job"),
                        "as it was");
}

// Under the limit of one large row, what is not changed is not written again.
static void an_unchanged_detail_is_not_rewritten(void **state)
{
    enum { ROWS = 50, LARGE = 60 * 1024 };
    struct harness *harness = *state;
    struct row_write rows[ROWS];
    char ids[ROWS][8], *large = malloc(LARGE);
    int64_t before, kept, rewritten;
    const char *position = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn";

    assert_non_null(large);
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)(' ' + rand() % 90); // does not compress
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(ids[i], sizeof ids[i], "%05zu", i);
        rows[i] = harness_row("acme", ids[i], 1);
        rows[i].columns.error_detail = (struct slice){large, LARGE};
    }
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = ROWS});
    harness_run(harness->side, "CHECKPOINT");
    for (size_t i = 0; i < ROWS; i++) {
        rows[i].is_known = true;
        rows[i].base_revision = 1;
        rows[i].revision = 2;
    }
    before = harness_number(harness->side, position);
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = ROWS});
    kept = harness_number(harness->side, position) - before;
    for (size_t i = 0; i < ROWS; i++) {
        rows[i].base_revision = 2;
        rows[i].revision = 3;
        rows[i].error_detail_changed = true;
    }
    before = harness_number(harness->side, position);
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = ROWS});
    rewritten = harness_number(harness->side, position) - before;
    assert_true(rewritten > ROWS * LARGE / 2);
    assert_true(kept < rewritten / 10);
    assert_int_equal(harness_number(harness->side, "SELECT sum(length(error_detail)) FROM"
                                                   " jobtrail.job"),
                     ROWS * LARGE);
    free(large);
}

static void the_history_is_unpacked(void **state)
{
    struct harness *harness = *state;
    struct row_write row = harness_row("acme", "a", 1);

    row.columns.history =
        SLICE_LITERAL("\1"
                      "\1" // one creation: 1970-01-01 00:00:00.000001, cancellable
                      "\0\0\0\0\0\0\0\1"
                      "AAAAAAAAAAAAAAAA"
                      "\0\1"
                      "\0"
                      "\1"
                      "\xff\xff"
                      "\0\4Load"
                      "\0\3"
                      "ada"
                      "\xff\xff"
                      "\0" // no start
                      "\2" // a failure before 1970, then a cancellation that obeys a command
                      "\xff\xff\xff\xff\xff\xff\xff\xff"
                      "BBBBBBBBBBBBBBBB"
                      "\x27\x10"
                      "\4"
                      "\0"
                      "\0\2\xc2\xbd"
                      "\xff\xff"
                      "\xff\xff"
                      "\0\0"
                      "\0\0\0\0\0\0\0\2"
                      "CCCCCCCCCCCCCCCC"
                      "\0\2"
                      "\5"
                      "\2"
                      "DDDDDDDDDDDDDDDD"
                      "\xff\xff"
                      "\xff\xff"
                      "\xff\xff"
                      "\xff\xff");
    harness_written(harness->store, &(struct batch_write){.rows = &row, .row_count = 1});
    harness_run(harness->side, "SET TimeZone = 'UTC'");
    assert_string_equal(
        harness_value(harness->side,
                      "SELECT string_agg(concat_ws(' ', set, rank, kind, left(event_id::text, 2),"
                      " attempt, to_char(occurred_at, 'YYYY SS.US'), message, type, creator_id,"
                      " cancellable, '<' || error_code || '>', left(command_id::text, 2)), ';')"
                      " FROM jobtrail.job_history WHERE organization_id = 'acme' AND job_id = 'a'"),
        "creation 0 JobCreated 41 1 1970 00.000001 Load ada t;"
        "end 0 JobFailed 42 10000 1969 59.999999 \xc2\xbd <>;"
        "end 1 JobCancelled 43 2 1970 00.000002 44");
    harness_run(harness->side, "UPDATE jobtrail_p1.job SET history = '\\x02'");
    assert_string_equal(harness_sqlstate(harness->side, "SELECT * FROM jobtrail.job_history"),
                        "P0001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(new_rows_are_read_back_equal),
        TEST(known_and_new_rows_mix),
        TEST(a_batch_larger_than_its_chunks),
        TEST(positions_move_and_are_loaded),
        TEST(older_records_are_remembered_once_a_minute),
        TEST(log_ends_are_noted),
        TEST(a_moment_to_come_is_not_believed),
        TEST(the_clock_of_the_server_is_known),
        TEST(partitions_are_known_before_they_are_read),
        TEST(counts_add_up),
        TEST(a_batch_may_change_once_it_is_taken),
        TEST(an_unchanged_detail_is_not_rewritten),
        TEST(the_history_is_unpacked),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
