// SPDX-License-Identifier: Apache-2.0
// The projector when all goes well: what is read, written, joined and counted, and when.
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

static struct event of_job(const char *job, struct event event)
{
    event.job_id = slice_of(job);
    return event;
}

static void a_batch_is_read_written_and_committed(void **state)
{
    bool committed;

    (void)state;
    kit_bring(&kit, of_job("b", made_creation(0, 1, "ann")));
    kit_bring(&kit, of_job("a", made(JOB_STARTED, 1, 1, 2)));
    assert_int_equal(kit_step(&kit, &committed), DONE); // asks for both rows
    assert_int_equal(kit.store.keys_read, 2);
    assert_int_equal(kit_step(&kit, &committed), DONE); // neither is there: writes
    assert_false(committed);
    assert_int_equal(kit_step(&kit, &committed), DONE);
    assert_true(committed);
    assert_int_equal(kit.done.records, 2);
    assert_int_equal(kit.done.rows, 2);
    assert_int_equal(kit_position(&kit).next_offset, 2);
    assert_int_equal(kit_position(&kit).last_offset, 1);
    assert_slice(memory_store_row(&kit.store, "b")->columns.creator_id, "ann");
    assert_true(projector_is_idle(kit.projector));
    assert_int_equal(memory_store_total(&kit.store, "Load", STATUS_ACCEPTED), 1);
    assert_int_equal(memory_store_total(&kit.store, "", STATUS_RUNNING), 1);
    assert_totals_are_right(&kit.store);
}

static void a_known_row_is_not_read_again(void **state)
{
    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit_settle(&kit);
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    kit_settle(&kit);
    assert_int_equal(kit.store.reads, 1);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_RUNNING);
    assert_totals_are_right(&kit.store);
}

static void an_unknown_row_is_joined_with_what_is_stored(void **state)
{
    const struct event creation = made_creation(0, 1, "ann");

    (void)state;
    memory_store_rival(&kit.store, &creation);
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    kit_settle(&kit);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_RUNNING);
    assert_slice(memory_store_row(&kit.store, "job")->columns.creator_id, "ann");
    assert_totals_are_right(&kit.store);
}

static void a_whole_row_is_joined_and_written_if_it_says_more(void **state)
{
    const struct event creation = made_creation(0, 1, "ann"), start = made(JOB_STARTED, 1, 1, 2);
    struct row *row =
        row_new((struct job_key){creation.organization_id, creation.job_id}, &kit.err);
    bool changed = false;

    (void)state;
    assert_non_null(row);
    assert_int_equal(fold_event(row, &creation, &changed, &kit.err), DONE);
    memory_store_rival(&kit.store, &creation);
    assert_int_equal(projector_row(kit.projector, row, &kit.err), DONE);
    kit_settle(&kit);
    assert_int_equal(kit.done.rows, 0); // the row was that already
    assert_int_equal(fold_event(row, &start, &changed, &kit.err), DONE);
    assert_int_equal(projector_row(kit.projector, row, &kit.err), DONE);
    kit_settle(&kit);
    assert_int_equal(kit.done.rows, 1);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_RUNNING);
    assert_slice(memory_store_row(&kit.store, "job")->columns.creator_id, "ann");
    assert_totals_are_right(&kit.store);
    row_free(row);
}

static void a_whole_row_stays_however_old_it_is(void **state)
{
    const struct event creation = made_creation(0, 1, "ann");
    const struct horizon line = {{SLICE_LITERAL(""), SLICE_LITERAL("")}, AT(100)};
    struct row *row =
        row_new((struct job_key){creation.organization_id, creation.job_id}, &kit.err);
    bool changed = false;

    (void)state;
    assert_non_null(row);
    assert_int_equal(fold_event(row, &creation, &changed, &kit.err), DONE);
    kit.horizons.items = &line;
    kit.horizons.count = 1;
    horizons_settle(&kit.horizons);
    kit_bring(&kit, creation); // too late, of a job without a row
    kit_settle(&kit);
    assert_int_equal(kit.store.rows_written, 0);
    assert_int_equal(projector_row(kit.projector, row, &kit.err), DONE);
    kit_settle(&kit);
    assert_slice(memory_store_row(&kit.store, "job")->columns.creator_id, "ann");
    assert_totals_are_right(&kit.store);
    row_free(row);
}

static void nothing_new_moves_the_position_and_writes_no_row(void **state)
{
    const struct event creation = made_creation(0, 1, "ann");

    (void)state;
    memory_store_rival(&kit.store, &creation);
    kit_bring(&kit, creation);
    kit_settle(&kit);
    kit_bring(&kit, creation); // known by now
    kit_settle(&kit);
    assert_int_equal(kit.store.rows_written, 0);
    assert_int_equal(kit_position(&kit).next_offset, 2);
    assert_totals_are_right(&kit.store);
}

static void a_type_that_changes_moves_its_total(void **state)
{
    struct event late = made_creation(5, 1, "ann");

    (void)state;
    late.type = SLICE_LITERAL("Analyze");
    kit_bring(&kit, late);
    kit_settle(&kit);
    assert_int_equal(memory_store_total(&kit.store, "Analyze", STATUS_ACCEPTED), 1);
    kit_bring(&kit, made_creation(0, 2, "ann"));
    kit_settle(&kit);
    assert_int_equal(memory_store_total(&kit.store, "Analyze", STATUS_ACCEPTED), 0);
    assert_int_equal(memory_store_total(&kit.store, "Load", STATUS_ACCEPTED), 1);
    assert_totals_are_right(&kit.store);
}

static void the_next_batch_is_gathered_while_one_is_under_way(void **state)
{
    bool committed;

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    kit.store.held = true;
    assert_int_equal(kit_step(&kit, &committed), DONE);
    kit_bring(&kit, of_job("other", made(JOB_STARTED, 1, 1, 2)));
    assert_int_equal(kit_step(&kit, &committed), DONE);
    assert_false(committed);
    kit.store.held = false;
    kit_settle(&kit);
    assert_int_equal(kit.store.committed, 2);
    assert_int_equal(kit.store.row_count, 2);
    assert_int_equal(kit_position(&kit).next_offset, 2);
    assert_totals_are_right(&kit.store);
}

// Brought while the row's batch is being read (it goes with that batch), and while it is being
// written (it goes with the next, and the row is known then).
static void a_row_may_be_in_both_batches(void **state)
{
    bool committed;

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    assert_int_equal(kit_step(&kit, &committed), DONE);
    kit_bring(&kit, made(JOB_STARTED, 1, 1, 2));
    assert_int_equal(kit_step(&kit, &committed), DONE);
    kit_bring(&kit, made_failure(1, 2, 3, "E", "why"));
    kit_settle(&kit);
    assert_int_equal(kit.store.reads, 1);
    assert_int_equal(kit.store.rows_written, 2);
    assert_int_equal(memory_store_row(&kit.store, "job")->columns.status, STATUS_FAILED);
    assert_slice(memory_store_row(&kit.store, "job")->columns.error_detail, "why");
    assert_totals_are_right(&kit.store);
}

static void an_evicted_row_is_read_again(void **state)
{
    (void)state;
    kit_close(&kit);
    kit_open(&kit, 100, 0);
    for (unsigned char i = 0; i < 5; i++) {
        size_t rows, bytes;

        kit_bring(&kit, made(JOB_STARTED, 1, i, i));
        kit_settle(&kit);
        projector_cache_size(kit.projector, &rows, &bytes);
        assert_int_equal(rows, 0);
        assert_int_equal(bytes, 0);
    }
    assert_int_equal(kit.store.reads, 5);
    assert_totals_are_right(&kit.store);
}

static void a_full_batch_has_no_room(void **state)
{
    (void)state;
    for (unsigned char i = 0; i < 100; i++) {
        assert_true(projector_has_room(kit.projector));
        kit_bring(&kit, made_tick(1, i, i, i));
    }
    assert_false(projector_has_room(kit.projector));
    kit_settle(&kit);
    assert_true(projector_has_room(kit.projector));
}

static void dead_letters_and_log_ends_go_with_their_batch(void **state)
{
    const struct dead_letter letter = {.offset = 0, .stage = "decode", .reason = "BAD"};

    (void)state;
    assert_int_equal(projector_dead_letter(kit.projector, kit.track, &letter, &kit.err), DONE);
    track_advance(kit.track, 1, NULL);
    track_log_end(kit.track, 1, 5000, 4);
    kit_settle(&kit);
    assert_int_equal(kit.store.letter_count, 1);
    assert_string_equal(kit.store.letters[0].reason, "BAD");
    assert_int_equal(kit.store.sources[0].seen.caught_up_at_us, 5000);
    assert_int_equal(kit.done.dead_letters, 1);
    track_log_end(kit.track, 9, 6000, 4); // idle: a log end alone is written
    kit_settle(&kit);
    assert_int_equal(kit.store.sources[0].seen.log_end, 9);
    assert_int_equal(kit.store.sources[0].seen.caught_up_at_us, 5000);
}

static void the_moves_of_several_partitions_are_sorted_and_committed_together(void **state)
{
    static const struct source others[] = {{SLICE_LITERAL("events"), 7}, {SLICE_LITERAL("a"), 9}};
    const struct source_position none = {.last_offset = -1};

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    for (int i = 0; i < 2; i++) {
        struct track *track = projector_take(kit.projector, &others[i], &none);

        assert_non_null(track);
        track_advance(track, 5 + i, NULL);
    }
    kit_settle(&kit);
    assert_int_equal(kit.store.committed, 1);
    assert_int_equal(kit.store.source_count, 3);
    assert_string_equal(kit.store.sources[0].topic, "a");
    assert_int_equal(kit.store.sources[0].position.next_offset, 6);
    assert_int_equal(kit.store.sources[1].partition, 0);
    assert_int_equal(kit.store.sources[1].position.next_offset, 1);
    assert_int_equal(kit.store.sources[2].partition, 7);
    assert_int_equal(kit.store.sources[2].position.next_offset, 5);
}

static void a_released_partition_is_let_go_once_it_is_settled(void **state)
{
    bool committed;

    (void)state;
    kit_bring(&kit, made_creation(0, 1, "ann"));
    projector_release(kit.projector, kit.track);
    assert_int_equal(kit.released, 0);
    assert_int_equal(kit_step(&kit, &committed), DONE);
    assert_int_equal(kit.released, 0);
    kit_settle(&kit);
    assert_int_equal(kit.released, 1);
    assert_int_equal(kit_position(&kit).next_offset, 1);
}

static void a_released_partition_with_nothing_to_say_goes_at_once(void **state)
{
    (void)state;
    projector_release(kit.projector, kit.track);
    assert_int_equal(kit.released, 1);
}

#define PROJECTOR_TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROJECTOR_TEST(a_batch_is_read_written_and_committed),
        PROJECTOR_TEST(a_known_row_is_not_read_again),
        PROJECTOR_TEST(an_unknown_row_is_joined_with_what_is_stored),
        PROJECTOR_TEST(a_whole_row_is_joined_and_written_if_it_says_more),
        PROJECTOR_TEST(a_whole_row_stays_however_old_it_is),
        PROJECTOR_TEST(nothing_new_moves_the_position_and_writes_no_row),
        PROJECTOR_TEST(a_type_that_changes_moves_its_total),
        PROJECTOR_TEST(the_next_batch_is_gathered_while_one_is_under_way),
        PROJECTOR_TEST(a_row_may_be_in_both_batches),
        PROJECTOR_TEST(an_evicted_row_is_read_again),
        PROJECTOR_TEST(a_full_batch_has_no_room),
        PROJECTOR_TEST(dead_letters_and_log_ends_go_with_their_batch),
        PROJECTOR_TEST(the_moves_of_several_partitions_are_sorted_and_committed_together),
        PROJECTOR_TEST(a_released_partition_is_let_go_once_it_is_settled),
        PROJECTOR_TEST(a_released_partition_with_nothing_to_say_goes_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
