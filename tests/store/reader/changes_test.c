// SPDX-License-Identifier: Apache-2.0
// Reading changes on a real PostgreSQL: as they become visible, in whatever order; what is too
// large; where to begin; without memory; and forgetting them.
#include "store/harness.h"

#include "base/clock.h"
#include "store/ledger/change_pruning.h"
#include "store/reader/change_reader.h"
#include "support/failing_malloc.h"

enum { TIMEOUT_MS = 10000, ATTEMPTS_MAX = 200 };

static struct connection_options options_of(const struct harness *harness)
{
    return (struct connection_options){.conninfo = harness->conninfo,
                                       .application_name = "changes",
                                       .connect_timeout_ms = TIMEOUT_MS,
                                       .statement_timeout_ms = TIMEOUT_MS,
                                       .transaction_timeout_ms = TIMEOUT_MS};
}

static struct change_reader *open_reader(const struct harness *harness)
{
    const struct connection_options options = options_of(harness);
    struct err err = {0};
    struct change_reader *reader = change_reader_new(&options, &err);

    assert_non_null(reader);
    if (change_reader_connect(reader, &err))
        fail_msg("connect: %s: %s", err.reason, err.text);
    return reader;
}

static struct viewed_changes read_behind(struct change_reader *reader, int64_t after,
                                         const int64_t *missing, size_t missing_count)
{
    struct viewed_changes read;
    struct err err = {0};

    if (change_reader_read(reader, after, missing, missing_count, &read, &err))
        fail_msg("read: %s: %s", err.reason, err.text);
    return read;
}

#define CHANGE(ids, organizations)                                                                 \
    "INSERT INTO jobtrail.change (job_ids, organization_ids) VALUES ('{" ids                       \
    "}', '{" organizations "}');"

static void what_is_visible_is_read(void **state)
{
    struct harness *harness = *state;
    struct change_reader *reader = open_reader(harness);
    PGconn *slow = PQconnectdb(harness->conninfo);
    struct viewed_changes read = read_behind(reader, 0, NULL, 0);
    const int64_t missing[] = {1, 99};

    assert_int_equal(read.count, 0);
    assert_true(read.is_all);
    assert_true(read.asked_us > 0);
    harness_run(slow, "BEGIN;" CHANGE("late", "a"));
    harness_run(harness->side, CHANGE("x,\"y,é\"", "a,b") CHANGE("z", "a"));
    read = read_behind(reader, 0, NULL, 0);
    assert_int_equal(read.count, 2);
    assert_int_equal(read.changes[0].id, 2);
    assert_int_equal(read.changes[0].count, 2);
    assert_false(read.changes[0].is_large);
    assert_true(slice_equal(read.changes[0].keys[1].job_id, slice_of("y,é")));
    assert_true(slice_equal(read.changes[0].keys[1].organization_id, slice_of("b")));
    assert_true(read.changes[0].began_at_us <= read.asked_us);
    assert_int_equal(read_behind(reader, 3, missing, 2).count, 0);
    harness_run(slow, "COMMIT");
    read = read_behind(reader, 3, missing, 2);
    assert_int_equal(read.count, 1);
    assert_int_equal(read.changes[0].id, 1);
    assert_true(read.is_all);
    PQfinish(slow);
    change_reader_free(reader);
}

static void many_come_in_parts_and_large_ones_without_their_jobs(void **state)
{
    struct harness *harness = *state;
    struct change_reader *reader = open_reader(harness);
    struct viewed_changes read;

    harness_run(harness->side, "INSERT INTO jobtrail.change (job_ids, organization_ids)"
                               " SELECT ARRAY['j'], ARRAY['a'] FROM generate_series(1, 450)");
    read = read_behind(reader, 0, NULL, 0);
    assert_int_equal(read.count, CHANGES_MAX);
    assert_false(read.is_all);
    read = read_behind(reader, 2 * CHANGES_MAX, NULL, 0);
    assert_int_equal(read.count, 50);
    assert_true(read.is_all);
    harness_run(harness->side,
                "INSERT INTO jobtrail.change (job_ids, organization_ids)"
                " SELECT array_agg('j' || n), array_agg(CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END)"
                " FROM generate_series(1, 5001) AS n");
    read = read_behind(reader, 450, NULL, 0);
    assert_true(read.changes[0].is_large);
    assert_int_equal(read.changes[0].count, 2);
    assert_true(slice_is_null(read.changes[0].keys[0].job_id));
    change_reader_free(reader);
}

static struct change_start start_of(struct change_reader *reader)
{
    struct change_start start;
    struct err err = {0};

    if (change_reader_start(reader, &start, &err))
        fail_msg("start: %s: %s", err.reason, err.text);
    return start;
}

static void it_begins_a_minute_back(void **state)
{
    struct harness *harness = *state;
    struct change_reader *reader = open_reader(harness);
    struct change_start start = start_of(reader);
    int64_t now_us = clock_now_us();

    assert_int_equal(start.after, 0);
    assert_true(start.server_started_us > 0 && start.server_started_us < now_us);
    assert_true(start.all_since_us > now_us - 60 * US_PER_SECOND && start.all_since_us < now_us);
    harness_run(harness->side, CHANGE("x", "a") CHANGE("y", "a")
                                   CHANGE("z", "a") "UPDATE jobtrail.change SET created_at = now() "
                                                    "- interval '2 minutes' WHERE id < 3");
    assert_int_equal(start_of(reader).after, 2);
    harness_run(
        harness->side,
        "DELETE FROM jobtrail.change; SELECT setval('jobtrail.change_id_seq', 5000);" CHANGE("x",
                                                                                             "a"));
    assert_int_equal(start_of(reader).after, 4001); // an earlier one may still come
    harness_run(harness->side, "UPDATE jobtrail.change SET created_at = '2000-01-01'");
    assert_int_equal(start_of(reader).after, 5001);
    harness_run(harness->side, "DELETE FROM jobtrail.change");
    assert_int_equal(start_of(reader).after, 4001);
    change_reader_free(reader);
}

static int whole_way(struct harness *harness, struct err *err)
{
    const struct connection_options options = options_of(harness);
    struct change_reader *reader = change_reader_new(&options, err);
    struct viewed_changes read = {0};
    struct change_start start;
    int rc;

    if (!reader)
        return (int)err->disposition;
    rc = change_reader_connect(reader, err);
    if (!rc)
        rc = change_reader_start(reader, &start, err);
    if (!rc)
        rc = change_reader_read(reader, 0, NULL, 0, &read, err);
    if (!rc)
        assert_int_equal(read.count, 1);
    change_reader_free(reader);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct err err = {0};
    long n;

    harness_run(((struct harness *)*state)->side, CHANGE("x", "a"));
    for (n = 1; n < ATTEMPTS_MAX; n++) {
        int rc;

        failing_malloc_after(n);
        rc = whole_way(*state, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
    }
    failing_malloc_never();
    assert_true(n > 5 && n < ATTEMPTS_MAX);
}

static void old_ones_are_forgotten(void **state)
{
    struct harness *harness = *state;
    const struct connection_options options = options_of(harness);
    struct err err = {0};
    struct outbox *outbox = outbox_new(&options, &err);
    size_t count;

    assert_int_equal(outbox_connect(outbox, &err), DONE);
    harness_run(harness->side,
                "INSERT INTO jobtrail.change (job_ids, organization_ids, created_at)"
                " SELECT ARRAY['j'], ARRAY['a'], now() - (CASE WHEN n < 8 THEN 301 ELSE 299 END)"
                " * interval '1 second' FROM generate_series(1, 10) AS n");
    assert_int_equal(changes_prune(outbox, 300, 5, &count, &err), DONE);
    assert_int_equal(count, 5);
    assert_int_equal(changes_prune(outbox, 300, 5, &count, &err), DONE);
    assert_int_equal(count, 2);
    assert_int_equal(harness_number(harness->side, "SELECT min(id) FROM jobtrail.change"), 8);
    outbox_free(outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(what_is_visible_is_read), TEST(many_come_in_parts_and_large_ones_without_their_jobs),
        TEST(it_begins_a_minute_back), TEST(every_allocation_may_fail),
        TEST(old_ones_are_forgotten),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
