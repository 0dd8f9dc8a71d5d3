// SPDX-License-Identifier: Apache-2.0
// Whoever lets jobs leave stops the moment somebody takes its lock over.
#include "store/harness.h"
#include "store/rebuild/projections.h"
#include "store/retention/retention.h"

static struct connection_options options_of(const struct harness *harness)
{
    return (struct connection_options){.conninfo = harness->conninfo,
                                       .application_name = "test",
                                       .owner = "",
                                       .connect_timeout_ms = 10000,
                                       .statement_timeout_ms = 10000,
                                       .transaction_timeout_ms = 10000};
}

static struct retention *open_retention(const struct harness *harness)
{
    const struct connection_options options = options_of(harness);
    struct retention *retention;
    bool held = false;
    struct err err;

    retention = retention_new(&options, &err);
    assert_non_null(retention);
    assert_int_equal(retention_connect(retention, &err), DONE);
    assert_int_equal(retention_lock(retention, &held, &err), DONE);
    assert_true(held);
    return retention;
}

// How many jobs went of a and b.
static int64_t remove_both(struct retention *retention, bool *held)
{
    struct ended_job jobs[] = {
        {.columns.key = {.job_id = slice_of("a"), .organization_id = slice_of("acme")},
         .revision = 1},
        {.columns.key = {.job_id = slice_of("b"), .organization_id = slice_of("acme")},
         .revision = 1},
    };
    struct retention_counts counts = {0};
    struct err err;

    assert_int_equal(retention_remove(retention, jobs, 2, held, &counts, &err), DONE);
    return counts.of[RETENTION_JOBS];
}

static int64_t jobs_there(const struct harness *harness)
{
    return harness_number(harness->side, "SELECT count(*) FROM jobtrail_p1.job");
}

static void nothing_leaves_while_a_rebuild_has_the_lock(void **state)
{
    struct harness *harness = *state;
    const struct connection_options options = options_of(harness);
    struct row_write rows[] = {harness_row("acme", "a", 1), harness_row("acme", "b", 1)};
    struct retention *retention = open_retention(harness);
    struct projections *projections;
    bool held = true;
    struct err err;

    harness_source(harness, "events");
    harness_written(harness->store, &(struct batch_write){.rows = rows, .row_count = 2});
    assert_int_equal(projections_open(&options, &projections, &err), DONE);
    assert_int_equal(projections_hold_retention(projections, &err), DONE);

    assert_int_equal(remove_both(retention, &held), 0);
    assert_false(held);
    assert_int_equal(jobs_there(harness), 2);
    assert_int_equal(retention_lock(retention, &held, &err), DONE);
    assert_false(held);

    // Its session is over when the server says so.
    projections_close(projections);
    for (int n = 0; !held && n < 10000; n++)
        assert_int_equal(retention_lock(retention, &held, &err), DONE);
    assert_int_equal(remove_both(retention, &held), 2);
    assert_true(held);
    assert_int_equal(jobs_there(harness), 0);
    retention_free(retention);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_leaves_while_a_rebuild_has_the_lock, harness_open,
                                        harness_close),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
