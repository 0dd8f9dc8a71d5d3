// SPDX-License-Identifier: Apache-2.0
// Running out of memory, at each allocation in turn: an error like another. Nothing is half
// written, nothing leaks, and the next attempt works.
#include "store/harness.h"

#include <stdlib.h>

#include "support/failing_malloc.h"

enum { ATTEMPTS_MAX = 500 };

// From nothing to rows that are written and read back.
static int whole_way(struct harness *harness, const struct batch_write *batch,
                     const struct job_key *key, struct err *err)
{
    struct connection_options options = {.conninfo = harness->conninfo,
                                         .owner = "tester",
                                         .connect_timeout_ms = 10000,
                                         .statement_timeout_ms = 10000,
                                         .transaction_timeout_ms = 10000};
    struct batch_store *store = batch_store_new(&options, err);
    const struct stored_row *rows;
    enum store_state state;
    size_t count = 0;
    int rc;

    if (!store)
        return (int)err->disposition;
    rc = batch_store_connect(store, err);
    if (!rc)
        rc = batch_store_port(store)->read_rows(batch_store_port(store)->self, key, 1, true, err);
    if (!rc)
        rc = harness_drive(store, &state, &rows, &count, err);
    if (!rc) {
        assert_int_equal(count, 1);
        rc = harness_write(store, batch, err);
    }
    batch_store_free(store);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct harness *harness = *state;
    struct row_write rows[] = {harness_row("acme", "a", 1), harness_row("acme", "b", 1)};
    struct position_move move = harness_move("events", 0, 1);
    struct dead_letter letter = {.source = {slice_of("events"), 0}, .stage = "x", .reason = "X"};
    struct batch_write batch = {.moves = &move,
                                .move_count = 1,
                                .rows = rows,
                                .row_count = 2,
                                .dead_letters = &letter,
                                .dead_letter_count = 1};
    struct err err = {0};
    long n;

    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = 1});
    rows[0].is_known = true;
    rows[0].base_revision = 1;
    rows[0].revision = 2;
    for (n = 1; n < ATTEMPTS_MAX; n++) {
        int rc;

        failing_malloc_after(n);
        rc = whole_way(harness, &batch, &rows[0].columns.key, &err);
        if (!failing_malloc_happened())
            break;
        failing_malloc_never();
        assert_int_equal(rc, RETRY);
        assert_int_equal(harness_number(harness->side, "SELECT revision FROM jobtrail_p1.job"), 1);
    }
    failing_malloc_never();
    assert_true(n > 10 && n < ATTEMPTS_MAX);
    assert_int_equal(harness_number(harness->side, "SELECT sum(revision) FROM jobtrail_p1.job"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, harness_open, harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
