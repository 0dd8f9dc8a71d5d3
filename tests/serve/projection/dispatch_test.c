// SPDX-License-Identifier: Apache-2.0
// What happens to partitions, and their records, as their workers are told it.
#include "serve/projection/dispatch_kit.h"

#include <string.h>

#include "support/failing_malloc.h"

// Asked for after all that the test did before.
static const struct watched_end seven = {
    .offset = 7, .seen_at_us = 1234, .monotonic_us = 1000 * US_PER_SECOND + 1, .partitions = 4};

// Of the first partition, asked for now.
static void tell_stable_end(struct dispatch_kit *kit, int64_t offset)
{
    struct projected_partition *partition = kit_partition(kit, 0);

    dispatch_stable_end(&kit->dispatcher,
                        &(struct stable_end){.partition = partition,
                                             .next_offset = partition->reading.next_offset,
                                             .offset = offset});
}

static void reach_end(struct dispatch_kit *kit, int32_t partition, int64_t next_offset)
{
    const struct source source = made_source(partition);

    kit->events.reached_end(kit->events.self, &source, next_offset);
}

static void check_restarts(struct dispatch_kit *kit, int32_t partition)
{
    assert_int_equal(kit_partition(kit, partition)->reading.state, READING_TAKEN);
    assert_false(kit->kafka.partitions[partition].started);
}

static void a_worker_is_told_where_its_partition_stands(void **state)
{
    struct dispatch_kit *kit = *state;
    const struct source source = made_source(0);
    struct work *work;

    kit->kafka.partitions[0].low = 5;
    kit->kafka.partitions[0].high = 9;
    kit->events.taken(kit->events.self, &source, 1);
    kit_check_empty(kit);
    sources_start_due(&kit->dispatcher.sources);
    work = kit_pop(kit, 0);
    kit_check(kit, work, WORK_TAKE, 0);
    assert_int_equal(work->position.next_offset, 5);
    assert_int_equal(kit_partition(kit, 0)->seen_end, 5);
    assert_int_equal(kit_partition(kit, 0)->committed_offset, 5);
    work_free(work);
}

static void records_are_handed_out_a_run_a_partition(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 2);
    for (int64_t offset = 0; offset < 20; offset++)
        kit_make(kit, 0, offset);
    kit_make(kit, 1, 0);
    kit_make(kit, 0, 20);
    kit_make(kit, 0, 21);
    kit_dispatch(kit);
    assert_int_equal(kit_partition(kit, 0)->reading.next_offset, 22);
    assert_int_equal(kit_partition(kit, 1)->reading.next_offset, 1);
    kit_check_records(kit, 0, 0, 20);
    kit_check_records(kit, 0, 20, 2);
    kit_check_records(kit, 1, 0, 1);
    kit_check_empty(kit);
}

static void what_is_not_wanted_is_freed(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 3);
    kit_revoke(kit, 1, true);
    kit_empty(kit);
    kit_make(kit, 0, 0); // no longer ours
    kit_make(kit, 3, 0); // never ours
    kit_make(kit, 1, 0);
    kit_make(kit, 1, 0); // once more
    kit_make(kit, 1, 1);
    kit_dispatch(kit);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(kit->messages[i].freed, i != 2);
    kit_check_records(kit, 1, 0, 2);
    kit_check_empty(kit);
}

static void an_end_comes_behind_the_records_that_lead_to_it(void **state)
{
    struct dispatch_kit *kit = *state;
    struct work *work;

    kit_start(kit, 1);
    kit_make(kit, 0, 0);
    reach_end(kit, 0, 3);
    kit_dispatch(kit);
    kit_check_records(kit, 0, 0, 1);
    work = kit_pop(kit, 0);
    kit_check(kit, work, WORK_END, 0);
    assert_int_equal(work->next_offset, 3);
    assert_int_equal(kit_partition(kit, 0)->reading.next_offset, 3);
    work_free(work);

    // One that was passed meanwhile leads nowhere.
    kit_make(kit, 0, 3);
    reach_end(kit, 0, 3);
    kit_dispatch(kit);
    kit_check_records(kit, 0, 3, 1);
    kit_check_empty(kit);
}

static void where_the_log_ends_is_told(void **state)
{
    struct dispatch_kit *kit = *state;
    struct work *work;

    kit_start(kit, 1);
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &seven);
    assert_int_equal(kit_partition(kit, 0)->log_end, 7); // whatever its worker is at
    assert_int_equal(kit_partition(kit, 0)->log_end_at_us, seven.monotonic_us);
    work = kit_pop(kit, 0);
    kit_check(kit, work, WORK_LOG_END, 0);
    assert_int_equal(work->log_end.offset, 7);
    assert_int_equal(work->log_end.seen_at_us, 1234);
    assert_int_equal(work->log_end.partitions, 4);
    work_free(work);
}

// What cannot be read yet, behind an open transaction, is nothing to poll for.
static void a_hidden_end_asks_for_no_polling(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 1);
    tell_stable_end(kit, 5);
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &seven);
    assert_int_equal(kit_partition(kit, 0)->seen_end, 5);
    assert_int_equal(kit_partition(kit, 0)->log_end, 7);
    assert_int_equal(kit_partition(kit, 0)->reading.state, READING_STARTED);
}

// The watch looks when it likes: what it saw may lie before what was handed out since.
static void an_end_seen_earlier_restarts_nothing(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 1);
    for (int64_t offset = 0; offset < 9; offset++)
        kit_make(kit, 0, offset);
    kit_dispatch(kit);
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &seven);
    assert_int_equal(kit_partition(kit, 0)->reading.state, READING_STARTED);
    kit_check_records(kit, 0, 0, 9);
    work_free(kit_pop(kit, 0)); // the end, which is worth what it was

    // Asked for after the nine were handed out, it is another log's.
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &seven);
    check_restarts(kit, 0);
    kit_check_release(kit, 0);
    kit_check_empty(kit);
}

static void a_stable_end_asked_for_earlier_restarts_nothing(void **state)
{
    struct dispatch_kit *kit = *state;
    struct stable_end end;

    kit_start(kit, 1);
    end = (struct stable_end){.partition = kit_partition(kit, 0), .next_offset = 0, .offset = 7};
    for (int64_t offset = 0; offset < 9; offset++)
        kit_make(kit, 0, offset);
    kit_dispatch(kit);
    dispatch_stable_end(&kit->dispatcher, &end);
    assert_int_equal(kit_partition(kit, 0)->reading.state, READING_STARTED);
    kit_empty(kit);
}

// Asked for at a moment of which nobody remembers what had been handed out: it may be either.
static void an_end_of_which_nothing_is_known_is_not_told(void **state)
{
    struct dispatch_kit *kit = *state;
    struct watched_end end = seven;

    kit_start(kit, 1);
    for (int64_t offset = 0; offset < 9; offset++)
        kit_make(kit, 0, offset);
    kit_dispatch(kit);
    kit_check_records(kit, 0, 0, 9);
    end.monotonic_us = kit_partition(kit, 0)->reading.marked_at_us - 1;
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &end);
    assert_int_equal(kit_partition(kit, 0)->reading.state, READING_STARTED);
    kit_check_empty(kit);
}

// Without a moment by PostgreSQL's clock it proves nothing, and still says how far behind we are.
static void an_end_without_a_moment_is_for_lag_alone(void **state)
{
    struct dispatch_kit *kit = *state;
    struct watched_end end = seven;

    kit_start(kit, 1);
    end.seen_at_us = TIME_NONE;
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &end);
    assert_int_equal(kit_partition(kit, 0)->log_end, 7);
    kit_check_empty(kit);
}

static void a_log_that_ends_before_what_was_read_is_judged_anew(void **state)
{
    struct dispatch_kit *kit = *state;
    uint64_t epoch;

    kit_start(kit, 1);
    kit_make(kit, 0, 0);
    kit_make(kit, 0, 1);
    kit_dispatch(kit);
    kit_empty(kit);
    epoch = kit_partition(kit, 0)->epoch;
    tell_stable_end(kit, 1);
    check_restarts(kit, 0);
    assert_true(kit_partition(kit, 0)->epoch > epoch);
    kit_check_release(kit, 0);
    kit_check_empty(kit);
}

static void another_log_is_not_handed_out(void **state)
{
    struct dispatch_kit *kit = *state;
    struct made_partition *made = &kit->kafka.partitions[0];

    *made = (struct made_partition){
        .high = 20,
        .is_stored = true,
        .position = {.next_offset = 9, .last_offset = 8, .last_timestamp_ms = 8, .last_hash = 1},
    };
    kit_start(kit, 2);
    kit_make(kit, 0, 8);
    kit_make(kit, 0, 9);
    kit_make(kit, 1, 0);
    kit_dispatch(kit);
    assert_string_equal(kit->process.failure.reason, "OTHER_RECORD");
    // Nor is anything of its topic, and nothing more of it is committed.
    for (int32_t i = 0; i < 2; i++) {
        assert_int_equal(kit_partition(kit, i)->reading.state, READING_REFUSED);
        kit_check_release(kit, i);
    }
    assert_true(kit->process.abandons_batches);
    kit_check_empty(kit);
}

static void what_was_handed_out_before_a_restart_is_worth_nothing(void **state)
{
    struct dispatch_kit *kit = *state;
    struct projected_partition *partition;
    struct work *before, *after;

    kit_start(kit, 1);
    partition = kit_partition(kit, 0);
    kit_make(kit, 0, 0);
    kit_dispatch(kit);
    partition->paused = true;
    partition->reading.restart_wanted = true; // the worker dropped everything
    sources_start_due(&kit->dispatcher.sources);
    before = kit_pop(kit, 0);
    assert_true(before->epoch < partition->epoch);
    // Its position stands once the worker has let go of it.
    kit_check_release(kit, 0);
    sources_start_due(&kit->dispatcher.sources);
    kit_check_empty(kit);
    partition->settled_epoch = partition->epoch;
    sources_start_due(&kit->dispatcher.sources);
    after = kit_pop(kit, 0);
    kit_check(kit, after, WORK_TAKE, 0);
    assert_false(partition->paused); // a start ends that
    work_free(before);
    work_free(after);
}

// --- what the group takes away ---

static void a_worker_is_told_what_it_shall_settle(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 3);
    kit_make(kit, 0, 0);
    kit_dispatch(kit);
    kit_revoke(kit, 3, true);
    work_free(kit_pop(kit, 0)); // the records
    for (int32_t i = 0; i < 3; i++)
        kit_check_release(kit, i);
    kit_check_empty(kit);
}

// Positions move by compare-and-set: a worker that hangs does not keep a partition for ever.
static void a_start_does_not_wait_for_ever_for_that(void **state)
{
    struct dispatch_kit *kit = *state;
    struct reading *reading;

    kit_start(kit, 1);
    reading = &kit_partition(kit, 0)->reading;
    reading->restart_wanted = true;
    sources_start_due(&kit->dispatcher.sources);
    assert_int_equal(reading->state, READING_TAKEN);
    kit->kafka.now_us += 2 * US_PER_SECOND;
    sources_start_due(&kit->dispatcher.sources);
    assert_int_equal(reading->state, READING_STARTED);
    kit_empty(kit);
}

struct settler {
    struct dispatch_kit *kit;
    int settled;
};

// A worker that does nothing but settle.
static void *settle(void *argument)
{
    struct settler *settler = argument;

    while (settler->settled < 3)
        for (size_t i = 0; i < WORKERS; i++) {
            struct work *work = work_queue_pop(settler->kit->queues[i]);

            if (!work)
                continue;
            settler->settled++;
            work->partition->settled_epoch = work->epoch;
            work_free(work);
        }
    return NULL;
}

static void what_is_taken_away_is_settled_first(void **state)
{
    struct dispatch_kit *kit = *state;
    struct settler settler = {kit, 0};
    pthread_t thread;

    kit_start(kit, 3);
    assert_int_equal(pthread_create(&thread, NULL, settle, &settler), 0);
    kit_revoke(kit, 3, false);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(kit_partition(kit, i)->settled_epoch, kit_partition(kit, i)->epoch);
    pthread_join(thread, NULL);
}

static void who_stops_does_not_wait_for_that(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 1);
    kit->process.stopping = true;
    kit_revoke(kit, 1, false);
    assert_true(kit_partition(kit, 0)->settled_epoch < kit_partition(kit, 0)->epoch);
}

// --- without memory ---

// Of a partition, what the queues have that is worth something: one behind the other, from 0.
static int64_t handed_out(struct dispatch_kit *kit, const struct projected_partition *partition)
{
    int64_t next = 0;
    struct work *work;

    while ((work = work_queue_pop(kit->queues[partition->worker]))) {
        bool is_current = work->epoch == partition->epoch && work->kind != WORK_RELEASE;

        assert_ptr_equal(work->partition, partition);
        if (is_current)
            assert_int_equal(work->kind, WORK_RECORDS);
        for (size_t i = 0; is_current && i < work->records.count; i++)
            assert_int_equal(work->records.messages[i]->record.offset, next++);
        work_free(work);
    }
    return next;
}

// Two runs of a partition with another's between them: what comes behind a run that was dropped
// must not be handed out, or the worker's position would pass the gap.
static void without_memory_nothing_behind_a_gap_is_handed_out(void **state)
{
    bool happened = true;
    int restarts = 0;

    for (long n = 1; happened; n++) {
        struct dispatch_kit *kit;

        kit_close(state);
        kit_open(state);
        kit = *state;
        kit_start(kit, 2);
        for (int64_t offset = 0; offset < 20; offset++)
            kit_make(kit, 0, offset);
        kit_make(kit, 1, 0);
        for (int64_t offset = 20; offset < 30; offset++)
            kit_make(kit, 0, offset);
        failing_malloc_after(n);
        kit_dispatch(kit);
        happened = failing_malloc_happened();
        failing_malloc_never();
        for (int32_t i = 0; i < 2; i++) {
            const struct projected_partition *partition = kit_partition(kit, i);
            bool goes_on = partition->reading.state == READING_STARTED;

            assert_int_equal(handed_out(kit, partition), !goes_on ? 0 : i ? 1 : 30);
            if (!goes_on) {
                check_restarts(kit, i);
                restarts++;
            }
        }
    }
    // Each run wants memory for itself and for its messages, the longer one twice.
    assert_int_equal(restarts, 3 + 2 + 2);
}

static void without_memory_a_word_is_said_anew(void **state)
{
    struct dispatch_kit *kit = *state;

    kit_start(kit, 1);
    failing_malloc_after(1);
    dispatch_log_end(&kit->dispatcher, kit_partition(kit, 0), &seven);
    check_restarts(kit, 0);

    kit->kafka.now_us += 5 * US_PER_SECOND;
    sources_start_due(&kit->dispatcher.sources);
    kit_empty(kit);
    reach_end(kit, 0, 3);
    failing_malloc_after(1);
    kit_dispatch(kit);
    check_restarts(kit, 0);

    kit->kafka.now_us += 5 * US_PER_SECOND;
    failing_malloc_after(3); // the cluster and the topic are known, the stored cluster is copied
    sources_start_due(&kit->dispatcher.sources);
    failing_malloc_never();
    kit->kafka.now_us += 5 * US_PER_SECOND;
    sources_start_due(&kit->dispatcher.sources);
    kit_empty(kit);
    assert_int_equal(kit_partition(kit, 0)->reading.state, READING_STARTED);

    failing_malloc_after(1);
    kit_revoke(kit, 1, true); // the worker is not told: it drops what it has when it is taken anew
    failing_malloc_never();
    kit_check_empty(kit);
    assert_int_equal(kit_partition(kit, 0)->reading.state, READING_ELSEWHERE);
}

int main(void)
{
#define KIT_TEST(function) cmocka_unit_test_setup_teardown(function, kit_open, kit_close)
    const struct CMUnitTest tests[] = {
        KIT_TEST(a_worker_is_told_where_its_partition_stands),
        KIT_TEST(records_are_handed_out_a_run_a_partition),
        KIT_TEST(what_is_not_wanted_is_freed),
        KIT_TEST(an_end_comes_behind_the_records_that_lead_to_it),
        KIT_TEST(where_the_log_ends_is_told),
        KIT_TEST(a_hidden_end_asks_for_no_polling),
        KIT_TEST(an_end_seen_earlier_restarts_nothing),
        KIT_TEST(a_stable_end_asked_for_earlier_restarts_nothing),
        KIT_TEST(an_end_of_which_nothing_is_known_is_not_told),
        KIT_TEST(an_end_without_a_moment_is_for_lag_alone),
        KIT_TEST(a_log_that_ends_before_what_was_read_is_judged_anew),
        KIT_TEST(another_log_is_not_handed_out),
        KIT_TEST(what_was_handed_out_before_a_restart_is_worth_nothing),
        KIT_TEST(a_worker_is_told_what_it_shall_settle),
        KIT_TEST(a_start_does_not_wait_for_ever_for_that),
        KIT_TEST(what_is_taken_away_is_settled_first),
        KIT_TEST(who_stops_does_not_wait_for_that),
        KIT_TEST(without_memory_nothing_behind_a_gap_is_handed_out),
        KIT_TEST(without_memory_a_word_is_said_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
