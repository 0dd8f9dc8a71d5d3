// SPDX-License-Identifier: Apache-2.0
// The projector when PostgreSQL says no: each disposition of the store.
#include "core/projector_kit.h"

static struct projector_kit kit;

static int open_kit(void **state)
{
    (void)state;
    kit_open(&kit, 100, 1 << 20);
    return 0;
}

static int close_kit(void **state)
{
    (void)state;
    kit_close(&kit);
    return 0;
}

static void a_replaced_row_is_read_under_a_lock_joined_and_written_again(void **state)
{
    const struct event rivals = made_failure(1, 3, 9, "E", "of the rival");

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    memory_store_rival(&kit.store, &rivals);
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    kit_settle(&kit);
    assert_int_equal(kit.store.locked_reads, 1);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_FAILED);
    assert_true(memory_store_row(&kit.store, "job")->columns.started_at_us == AT(1));
    assert_slice(memory_store_row(&kit.store, "job")->columns.error_detail, "of the rival");
    assert_int_equal(kit_position(&kit).next_offset, 2);
    assert_totals_are_right(&kit.store);
    kit_bring(&kit, made_tick(1, 9, 3, 50)); // the row is known again, and reading is unlocked
    kit_settle(&kit);
    assert_int_equal(kit.store.reads, 2);
    assert_totals_are_right(&kit.store);
}

static void a_row_that_appeared_meanwhile_is_joined_too(void **state)
{
    const struct event rivals = made_creation(0, 9, "bob");
    bool committed;

    (void)state;
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_int_equal(kit_step(&kit, &committed), DONE); // asks for it
    assert_int_equal(kit.store.row_count, 0);
    // It is absent when the answer comes, and stored before the insert arrives.
    kit.store.fail_next.rc = RETRY;
    kit.store.fail_next.reason = STORE_ROW_REPLACED;
    assert_int_equal(kit_step(&kit, &committed), DONE);
    memory_store_rival(&kit.store, &rivals);
    kit_settle(&kit);
    assert_int_equal(kit.store.locked_reads, 1);
    assert_slice(memory_store_row(&kit.store, "job")->columns.creator_id, "bob");
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_RUNNING);
    assert_totals_are_right(&kit.store);
}

// The rival wrote all that we had: only the position is left to move.
static void a_rival_that_wrote_the_same_leaves_nothing_to_write(void **state)
{
    const struct event start = made(JOB_STARTED, 1, 1, 2);

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    memory_store_rival(&kit.store, &start);
    kit_bring(&kit, start);
    kit_settle(&kit);
    assert_int_equal(kit.store.rows_written, 1);
    assert_int_equal(kit_position(&kit).next_offset, 2);
    assert_totals_are_right(&kit.store);
}

// Also with events of the next batch in the row already.
static void a_replaced_row_that_is_in_both_batches_comes_out_right(void **state)
{
    const struct event rivals = made_tick(1, 5, 9, 70);
    bool committed;

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    memory_store_rival(&kit.store, &rivals);
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_int_equal(kit_step(&kit, &committed), DONE); // writes, and is refused
    kit_bring(&kit, made_failure(1, 6, 3, "E", "why"));
    kit_settle(&kit);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.progress, 70);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_FAILED);
    assert_int_equal(kit_position(&kit).next_offset, 3);
    assert_totals_are_right(&kit.store);
}

// Says what a step said, and that nothing is remembered after it.
static void assert_all_is_forgotten_after(int disposition, const char *reason)
{
    size_t rows, bytes;
    bool committed;
    int rc;

    do
        rc = kit_step(&kit, &committed);
    while (!rc && !projector_is_idle(kit.projector));
    assert_int_equal(rc, disposition);
    assert_false(committed);
    assert_reason(kit.err, reason);
    projector_cache_size(kit.projector, &rows, &bytes);
    assert_int_equal(rows, 0);
    assert_int_equal(bytes, 0);
    assert_true(projector_is_idle(kit.projector));
}

static void after_a_lost_connection_all_is_forgotten_and_done_again(void **state)
{
    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit.store.fail_next.rc = RETRY;
    kit.store.fail_next.reason = "CONNECTION";
    assert_all_is_forgotten_after(RETRY, "CONNECTION");
    assert_int_equal(kit.store.row_count, 0);
    kit_take(&kit);
    assert_int_equal(kit.offset, 0);
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    assert_int_equal(kit_position(&kit).next_offset, 1);
    assert_totals_are_right(&kit.store);
}

static void a_moved_position_fences_us_off(void **state)
{
    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    kit.store.sources[0].position.next_offset = 7;
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_all_is_forgotten_after(FENCED, STORE_POSITION_MOVED);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_ACCEPTED);
    assert_totals_are_right(&kit.store);
}

static void a_stored_row_that_cannot_be_read_stops_the_service(void **state)
{
    const struct event creation = made_creation(0, 1, "ann");

    (void)state;
    memory_store_rival(&kit.store, &creation);
    kit.store.rows[0].columns.state = SLICE_LITERAL("\x02");
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_all_is_forgotten_after(FATAL, "ROW_UNREADABLE");
}

// Brings records 0 to 9, each of a job of its own but all of one time but number 6, until all are
// committed; PostgreSQL refuses number 6. How often it refused.
static int bring_ten_with_a_poisonous_one(bool *was_told)
{
    static const char *const jobs[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    bool committed;
    int refusals = 0;

    while (kit_position(&kit).next_offset < 10) {
        int rc;

        while (kit.offset < 10 && projector_has_room(kit.projector)) {
            struct event event = made(JOB_STARTED, 1, kit.offset == 6 ? 66 : 1, 1);

            event.job_id = slice_of(jobs[kit.offset]);
            if (kit_bring(&kit, event) == POISON) {
                assert_int_equal(kit.offset, 7); // number 6 was brought
                assert_reason(kit.err, "22P05");
                *was_told = true;
            }
        }
        rc = kit_step(&kit, &committed);
        if (rc) {
            assert_int_equal(rc, POISON);
            assert_true(++refusals < 20);
            kit_take(&kit);
        }
    }
    return refusals;
}

static void a_refused_batch_is_divided_down_to_the_one_record(void **state)
{
    bool was_told = false;

    (void)state;
    kit.store.poisonous_event_at = 66;
    assert_int_equal(bring_ten_with_a_poisonous_one(&was_told), 2);
    assert_true(was_told);
    assert_int_equal(kit.store.letter_count, 1);
    assert_int_equal(kit.store.letters[0].offset, 6);
    assert_int_equal(kit.store.row_count, 9);
    assert_null(memory_store_row(&kit.store, "6"));
    assert_totals_are_right(&kit.store);
}

static void while_dividing_one_batch_is_committed_before_the_next(void **state)
{
    bool committed;

    (void)state;
    kit.store.poisonous_event_at = 66;
    kit_bring(&kit, made(JOB_STARTED, 1, 66, 1));
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_all_is_forgotten_after(POISON, "22P05");
    kit_take(&kit);
    assert_true(projector_has_room(kit.projector));
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_false(projector_has_room(kit.projector)); // one of two
    assert_int_equal(kit_step(&kit, &committed), DONE);
    assert_false(projector_has_room(kit.projector)); // under way
    kit_settle(&kit);
    assert_true(projector_has_room(kit.projector));
}

static void what_is_forgotten_by_hand_can_be_brought_again(void **state)
{
    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    projector_forget(kit.projector);
    assert_true(projector_is_idle(kit.projector));
    kit_take(&kit);
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    assert_int_equal(kit.store.row_count, 1);
    assert_totals_are_right(&kit.store);
}

#define PROJECTOR_TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROJECTOR_TEST(a_replaced_row_is_read_under_a_lock_joined_and_written_again),
        PROJECTOR_TEST(a_row_that_appeared_meanwhile_is_joined_too),
        PROJECTOR_TEST(a_rival_that_wrote_the_same_leaves_nothing_to_write),
        PROJECTOR_TEST(a_replaced_row_that_is_in_both_batches_comes_out_right),
        PROJECTOR_TEST(after_a_lost_connection_all_is_forgotten_and_done_again),
        PROJECTOR_TEST(a_moved_position_fences_us_off),
        PROJECTOR_TEST(a_stored_row_that_cannot_be_read_stops_the_service),
        PROJECTOR_TEST(a_refused_batch_is_divided_down_to_the_one_record),
        PROJECTOR_TEST(while_dividing_one_batch_is_committed_before_the_next),
        PROJECTOR_TEST(what_is_forgotten_by_hand_can_be_brought_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
