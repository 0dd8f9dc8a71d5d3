// SPDX-License-Identifier: Apache-2.0
// A projector whose n-th allocation fails, for every n: it says RETRY, is forgotten, and what is
// brought again comes out right.
#include "core/projector_kit.h"

#include "support/failing_malloc.h"

enum { RECORDS = 6, ALLOCATIONS_MAX = 2000 };

static struct projector_kit kit;

// One job through its life, a second that has two types in turn; the first row has a rival.
static struct event record(int64_t offset)
{
    struct event events[RECORDS] = {
        made_creation(0, 1, "ann"), made_saying(JOB_STARTED, 1, 1, 2, "begun"),
        made_creation(5, 3, "bob"), made_failure(1, 6, 4, "E", "a long text"),
        made_creation(4, 5, "bob"), made_tick(2, 9, 6, 30),
    };

    events[2].type = SLICE_LITERAL("Analyze");
    events[2].job_id = events[4].job_id = SLICE_LITERAL("other");
    return events[offset];
}

// As the worker does after a failure. The memory is back by now.
static void start_over(void)
{
    failing_malloc_never();
    projector_forget(kit.projector);
    memory_store_reconnect(&kit.store);
    kit_take(&kit);
}

static void bring_all(long n)
{
    failing_malloc_after(n);
    while (kit_position(&kit).next_offset < RECORDS || !projector_is_idle(kit.projector)) {
        bool committed;
        int rc = DONE;

        if (kit.offset < RECORDS)
            rc = kit_bring(&kit, record(kit.offset));
        if (!rc)
            rc = kit_step(&kit, &committed);
        if (rc) {
            assert_int_equal(rc, RETRY);
            assert_reason(kit.err, "OUT_OF_MEMORY");
            start_over();
        }
    }
    failing_malloc_never();
}

static void assert_all_is_right(void)
{
    const struct job_columns *job = &memory_store_row(&kit.store, "job")->columns;
    const struct job_columns *other = &memory_store_row(&kit.store, "other")->columns;

    assert_int_equal(kit.store.row_count, 2);
    assert_int_equal(job->attempt, 2);
    assert_int_equal(job->progress, 30);
    assert_slice(job->creator_id, "ann");
    assert_slice(other->type, "Load");
    assert_int_equal(kit_position(&kit).next_offset, RECORDS);
    assert_int_equal(memory_store_total(&kit.store, "Load", STATUS_RUNNING), 1);
    assert_int_equal(memory_store_total(&kit.store, "Load", STATUS_ACCEPTED), 1);
    assert_totals_are_right(&kit.store);
}

static void every_allocation_may_fail(void **state)
{
    const struct event rivals = made_tick(1, 2, 9, 70);
    bool happened = true;

    (void)state;
    for (long n = 1; happened; n++) {
        assert_true(n < ALLOCATIONS_MAX);
        kit_open(&kit, 100, 0);
        memory_store_rival(&kit.store, &rivals);
        bring_all(n);
        happened = failing_malloc_happened();
        assert_all_is_right();
        kit_close(&kit);
    }
}

static void a_projector_that_cannot_be_made_is_none(void **state)
{
    const struct projector_options options = {.store = &kit.port, .batch_records_max = 1};

    (void)state;
    failing_malloc_after(1);
    assert_null(projector_new(&options));
    failing_malloc_never();
    kit_open(&kit, 1, 0);
    failing_malloc_after(1);
    assert_null(projector_take(kit.projector, &kit.source, &kit.track->position));
    failing_malloc_never();
    kit_close(&kit);
}

// A whole row, as a rebuild joins it.
static void each_allocation_of_joining_a_row_may_fail(void **state)
{
    const struct event creation = made_creation(0, 1, "ann");
    bool happened = true;

    (void)state;
    for (long n = 1; happened; n++) {
        struct row *row =
            row_new((struct job_key){creation.organization_id, creation.job_id}, &kit.err);
        bool changed = false;
        int rc;

        assert_true(n < ALLOCATIONS_MAX);
        assert_non_null(row);
        assert_int_equal(fold_event(row, &creation, &changed, &kit.err), DONE);
        kit_open(&kit, 100, 0);
        failing_malloc_after(n);
        rc = projector_row(kit.projector, row, &kit.err);
        happened = failing_malloc_happened();
        failing_malloc_never();
        if (rc) {
            assert_int_equal(rc, RETRY);
            start_over();
            assert_int_equal(projector_row(kit.projector, row, &kit.err), DONE);
        }
        kit_settle(&kit);
        assert_slice(memory_store_row(&kit.store, "job")->columns.creator_id, "ann");
        assert_totals_are_right(&kit.store);
        row_free(row);
        kit_close(&kit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(each_allocation_of_joining_a_row_may_fail),
        cmocka_unit_test(a_projector_that_cannot_be_made_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
