// SPDX-License-Identifier: Apache-2.0
// A worker with several partitions, one of which holds a record: what goes on meanwhile, what waits
// and in which order, and what ends the waiting.
#include "serve/projection/held_work.h"

#include <stdlib.h>

#include "core/projector_kit.h"
#include "serve/made_message.h"
#include "serve/projection/worker_private.h"
#include "support/between.h"
#include "wire/schemas.h"

enum {
    PARTITIONS = 3, // the last of another worker
    MESSAGES_MAX = 64,
    RUN_MAX = 8,
    UNKNOWN_ID = 7,
    RECORD_BYTES = 100,
};

static struct {
    struct projector_kit kit;
    struct process process;
    struct worker worker;
    struct readings readings;
    struct projected_partition *partitions[PARTITIONS];
    int64_t next_offset[PARTITIONS]; // of the records made
    struct kafka_message messages[MESSAGES_MAX];
    struct buffer values[MESSAGES_MAX];
    size_t message_count;
    bool schema_is_there;
    struct err err;
} world;

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    (void)self, (void)name;
    if (!world.schema_is_there)
        return err_set(err, RETRY, "SCHEMA_UNKNOWN", "nobody has it");
    *json = strdup("{\"type\":\"record\",\"name\":\"Foreign\",\"fields\":[]}");
    return *json ? DONE : err_no_memory(err);
}

static struct projected_partition *partition_of(int32_t number)
{
    return world.partitions[number];
}

static void push(struct work *work)
{
    assert_non_null(work);
    work_queue_push(world.worker.queue, work);
}

static void give_word(int32_t number, enum work_kind kind, int64_t offset)
{
    struct work *work = work_new(kind, partition_of(number));

    assert_non_null(work);
    if (kind == WORK_TAKE)
        work->position = (struct source_position){.next_offset = offset, .last_offset = -1};
    else if (kind == WORK_END)
        work->next_offset = offset;
    else if (kind == WORK_LOG_END)
        work->log_end.offset = offset;
    push(work);
}

// As a consumer thread does when a partition is restarted or lost.
static void drop(int32_t number)
{
    partition_of(number)->epoch++;
}

static void make_value(char kind, struct buffer *out)
{
    static unsigned char id;
    const struct event event = made(JOB_STARTED, 1, 3, id++);

    if (kind == '?')
        framing_append_confluent(out, UNKNOWN_ID);
    else
        assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, out, &world.err), DONE);
}

// A run of records: '.' is an event, '?' one of an unknown schema.
static void give(int32_t number, const char *kinds)
{
    struct work *work = work_new(WORK_RECORDS, partition_of(number));

    assert_non_null(work);
    work->records.messages = calloc(RUN_MAX, sizeof *work->records.messages);
    assert_non_null(work->records.messages);
    for (; *kinds; kinds++) {
        size_t at = world.message_count++;

        assert_between(at, 0, MESSAGES_MAX - 1);
        assert_between(work->records.count, 0, RUN_MAX - 1);
        make_value(*kinds, &world.values[at]);
        world.messages[at].record = (struct kafka_record){
            .topic = SLICE_LITERAL("events"),
            .partition = number,
            .offset = world.next_offset[number]++,
            .timestamp_ms = AT(1000) / 1000,
            .value = buffer_slice(&world.values[at]),
            .bytes = RECORD_BYTES,
        };
        work->records.messages[work->records.count++] = &world.messages[at];
        work->bytes += RECORD_BYTES;
    }
    push(work);
}

static void bring(void)
{
    bool more;

    assert_int_equal(worker_bring(&world.worker, &more, &world.err), DONE);
    assert_false(more);
}

static void init_partition(void *self, struct reading *reading)
{
    (void)self;
    projected_partition(reading)->worker = reading->place / (PARTITIONS - 1);
}

static int open_world(void **state)
{
    static const struct schema_source schemas = {NULL, fetch};
    const struct decoder_options options = {.schemas = &schemas, .ignore_unknown = true};

    (void)state;
    memset(&world, 0, sizeof world);
    kit_open(&world.kit, MESSAGES_MAX, 1 << 20);
    assert_int_equal(meters_new(&world.process.metrics, &world.err), DONE);
    assert_int_equal(readings_init(&world.readings, sizeof(struct projected_partition),
                                   init_partition, NULL, &world.err),
                     DONE);
    world.worker.process = &world.process;
    world.worker.projector = world.kit.projector;
    world.worker.readings = &world.readings;
    world.worker.decoder = event_decoder_new(&options, &world.err);
    assert_non_null(world.worker.decoder);
    assert_int_equal(work_queue_new(&world.worker.queue, &world.err), DONE);
    held_work_init(&world.worker.held, &world.readings, 0, 1 << 20);
    intake_init(&world.worker.intake, INT64_MAX);
    arena_init(&world.worker.arena);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        const struct source source = {SLICE_LITERAL("events"), i};
        struct reading *reading;

        assert_int_equal(readings_get(&world.readings, &source, &reading, &world.err), DONE);
        world.partitions[i] = projected_partition(reading);
        if (i < PARTITIONS - 1)
            give_word(i, WORK_TAKE, 0);
    }
    bring();
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    work_free(world.worker.work);
    held_work_close(&world.worker.held);
    work_queue_free(world.worker.queue);
    for (size_t i = 0; i < world.message_count; i++) {
        assert_true(world.messages[i].freed);
        buffer_free(&world.values[i]);
    }
    record_decoder_free(world.worker.decoder);
    kit_close(&world.kit);
    readings_free(&world.readings);
    metrics_free(world.process.metrics);
    return 0;
}

// What is held is due, whatever the clock says.
static void bring_due(void)
{
    for (int32_t i = 0; i < PARTITIONS; i++)
        partition_of(i)->line.until_us = 0;
    bring();
}

static int64_t position(int32_t number)
{
    assert_non_null(partition_of(number)->track);
    return partition_of(number)->track->position.next_offset;
}

static void assert_nothing_is_held(void)
{
    for (int32_t i = 0; i < PARTITIONS; i++)
        assert_false(partition_of(i)->holds);
    assert_int_equal(world.worker.held.lines, 0);
    assert_int_equal(world.worker.held.bytes, 0);
    assert_int_equal(held_work_due_at_us(&world.worker.held), INT64_MAX);
}

static void a_record_holds_its_partition_alone(void **state)
{
    (void)state;
    give(0, ".?.");
    give(1, "..");
    give(0, "..");
    give(1, ".");
    bring();
    assert_int_equal(position(0), 1);
    assert_int_equal(position(1), 3);
    assert_true(partition_of(0)->holds);
    assert_false(partition_of(1)->holds);
    assert_int_equal(work_queue_bytes(world.worker.queue), 0);
    assert_true(world.worker.held.bytes >= 5 * RECORD_BYTES);
    give(1, "..");
    bring(); // and for as long as it is held
    assert_int_equal(position(0), 1);
    assert_int_equal(position(1), 5);
}

static void what_waits_is_brought_in_its_order(void **state)
{
    (void)state;
    give(0, "?.");
    give_word(0, WORK_END, 5);
    world.next_offset[0] = 5;
    give(0, ".?.");
    bring();
    assert_int_equal(position(0), 0);
    bring_due(); // and held again
    assert_int_equal(position(0), 0);
    give(0, ".");
    bring();
    world.schema_is_there = true;
    bring(); // not yet due
    assert_int_equal(position(0), 0);
    bring_due();
    assert_int_equal(position(0), 9);
    assert_nothing_is_held();
    kit_settle(&world.kit);
    assert_int_equal(kit_position(&world.kit).next_offset, 9);
}

// One after the other, each told of where it stands.
static void the_next_in_the_line_may_be_held_too(void **state)
{
    (void)state;
    give(0, "?");
    give(0, ".?");
    give(0, ".");
    bring();
    intake_init(&world.worker.intake, 0); // no patience: the one that is held is let go
    bring_due();
    assert_int_equal(position(0), 4);
    assert_nothing_is_held();
    kit_settle(&world.kit);
    assert_int_equal(world.kit.store.letter_count, 2);
}

static void two_partitions_hold_at_a_time(void **state)
{
    (void)state;
    give(0, "?.");
    give(1, ".?.");
    bring();
    assert_int_equal(world.worker.held.lines, 2);
    partition_of(1)->line.until_us = 0;
    world.schema_is_there = true;
    bring();
    assert_int_equal(position(0), 0);
    assert_int_equal(position(1), 3);
    assert_true(partition_of(0)->holds);
    assert_false(partition_of(1)->holds);
    bring_due();
    assert_int_equal(position(0), 2);
    assert_nothing_is_held();
}

static void where_the_log_ends_is_told_meanwhile(void **state)
{
    (void)state;
    give(0, "?");
    give_word(0, WORK_LOG_END, 12);
    bring();
    assert_int_equal(partition_of(0)->track->latest_end, 12);
    assert_int_equal(position(0), 0);
}

static void a_release_overtakes_what_waits(void **state)
{
    (void)state;
    give(0, ".?.");
    give(0, "..");
    bring();
    drop(0);
    give_word(0, WORK_RELEASE, 0);
    bring();
    assert_null(partition_of(0)->track);
    for (size_t i = 0; i < world.message_count; i++)
        assert_true(world.messages[i].freed);
    assert_nothing_is_held();
    assert_int_equal(world.kit.released, 0); // what came before it is written first
    kit_settle(&world.kit);
    assert_int_equal(world.kit.released, 1);
}

static void taken_anew_nothing_waits(void **state)
{
    (void)state;
    give(0, "?..");
    bring();
    drop(0);
    give(0, ".");
    world.next_offset[0] = 0;
    give_word(0, WORK_TAKE, 0);
    give(0, "..");
    bring();
    assert_int_equal(position(0), 2);
    assert_nothing_is_held();
}

// A restart tells nothing before the partition is taken again.
static void what_became_worthless_is_dropped_when_it_is_due(void **state)
{
    (void)state;
    give(0, "?..");
    give(0, ".");
    bring();
    drop(0);
    world.schema_is_there = true;
    bring_due();
    assert_int_equal(position(0), 0);
    assert_nothing_is_held();
}

static void a_failed_batch_takes_what_waits_with_it(void **state)
{
    (void)state;
    give(0, "?.");
    give(1, ".");
    bring();
    projector_forget(world.kit.projector);
    worker_forget(&world.worker, "BROKEN");
    assert_null(partition_of(0)->track);
    assert_true(partition_of(0)->reading.restart_wanted);
    assert_nothing_is_held();
    bring();
}

static void assert_read_again(bool wanted)
{
    assert_int_equal(partition_of(0)->reading.restart_wanted, wanted);
    partition_of(0)->reading.restart_wanted = false;
}

static void what_would_be_too_much_is_read_again(void **state)
{
    (void)state;
    world.worker.held.bytes_max = 4 * RECORD_BYTES + 2 * sizeof(struct work);
    give(0, "?.");
    give(0, "..");
    give(0, ".");     // too much
    give(0, "");      // and nothing may stand behind the gap
    give(1, "....."); // another partition's is no matter
    bring();
    assert_true(world.worker.held.bytes <= world.worker.held.bytes_max);
    assert_int_equal(position(1), 5);
    world.schema_is_there = true;
    bring_due();
    assert_int_equal(position(0), 4);
    give(0, ".");
    bring();
    assert_int_equal(position(0), 4);
    assert_read_again(false); // not before it is committed up to there
    kit_settle(&world.kit);
    bring();
    assert_read_again(true);
    bring();
    assert_read_again(false); // once is enough
    drop(0);
    world.next_offset[0] = 4;
    give_word(0, WORK_TAKE, 4);
    give(0, "..");
    bring();
    assert_int_equal(position(0), 6);
    assert_nothing_is_held();
}

static void of_a_run_too_large_the_held_record_stays(void **state)
{
    (void)state;
    world.worker.held.bytes_max = 2 * RECORD_BYTES;
    give(0, "..?....");
    bring();
    assert_int_equal(position(0), 2);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(world.messages[i].freed, i != 2);
    world.schema_is_there = true;
    bring_due();
    assert_int_equal(position(0), 3);
    kit_settle(&world.kit);
    bring();
    assert_read_again(true);
}

#define HELD_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HELD_TEST(a_record_holds_its_partition_alone),
        HELD_TEST(what_waits_is_brought_in_its_order),
        HELD_TEST(the_next_in_the_line_may_be_held_too),
        HELD_TEST(two_partitions_hold_at_a_time),
        HELD_TEST(where_the_log_ends_is_told_meanwhile),
        HELD_TEST(a_release_overtakes_what_waits),
        HELD_TEST(taken_anew_nothing_waits),
        HELD_TEST(what_became_worthless_is_dropped_when_it_is_due),
        HELD_TEST(a_failed_batch_takes_what_waits_with_it),
        HELD_TEST(what_would_be_too_much_is_read_again),
        HELD_TEST(of_a_run_too_large_the_held_record_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
