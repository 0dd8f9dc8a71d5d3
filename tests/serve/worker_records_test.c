// SPDX-License-Identifier: Apache-2.0
// A worker's records, from a made Kafka to a projector over a made PostgreSQL: what is counted,
// what is held, and what is left of it without memory.
#include "core/poison.h"
#include "core/projector_kit.h"
#include "serve/made_message.h"
#include "serve/projection/worker_private.h"
#include "support/between.h"
#include "support/failing_malloc.h"
#include "wire/schemas.h"

enum {
    RECORDS_MAX = 32,
    HEADERS = 20, // more than are read without memory
    BUDGET = 1000,
    FOREIGN_ID = 1, // of a schema that is none of ours
    ENOUGH = 1000,
    DAY_S = 24 * 60 * 60,
};

static struct {
    struct projector_kit kit;
    struct process process;
    struct worker worker;
    struct projected_partition partition;
    struct work work;
    struct kafka_message messages[RECORDS_MAX], *handed[RECORDS_MAX];
    struct buffer values[RECORDS_MAX];
    struct record_header headers[HEADERS];
    bool schema_is_there, broker_stamps;
    size_t brought;
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

static void hand_out(void)
{
    world.worker.work = &world.work;
    world.work = (struct work){.kind = WORK_RECORDS, .partition = &world.partition};
    world.work.records.messages = world.handed;
}

static void open_world(int64_t patience_us)
{
    static const struct schema_source schemas = {NULL, fetch};
    const struct decoder_options options = {.schemas = &schemas, .ignore_unknown = true};

    memset(&world, 0, sizeof world);
    world.broker_stamps = true;
    kit_open(&world.kit, RECORDS_MAX, 1 << 20);
    assert_int_equal(meters_new(&world.process.metrics, &world.err), DONE);
    world.partition.reading.source = world.kit.source;
    world.partition.track = world.kit.track;
    world.worker.process = &world.process;
    world.worker.projector = world.kit.projector;
    world.worker.decoder = event_decoder_new(&options, &world.err);
    assert_non_null(world.worker.decoder);
    intake_init(&world.worker.intake, patience_us);
    arena_init(&world.worker.arena);
    for (size_t i = 0; i < HEADERS; i++)
        world.headers[i] = (struct record_header){SLICE_LITERAL("name"), SLICE_LITERAL("value")};
    hand_out();
}

static void close_world(void)
{
    kit_close(&world.kit);
    metrics_free(world.process.metrics);
    record_decoder_free(world.worker.decoder);
    for (size_t i = 0; i < RECORDS_MAX; i++)
        buffer_free(&world.values[i]);
}

// The next message, with what was appended to its value; a record that is not of our own schemas
// has headers that decoding looks at.
static struct buffer *next_value(void)
{
    return &world.values[world.work.records.count];
}

static void add_message(void)
{
    size_t at = world.work.records.count++;

    world.messages[at] = (struct kafka_message){
        .record = {.topic = world.kit.source.topic,
                   .offset = (int64_t)at,
                   .timestamp_ms = AT(1000) / 1000,
                   .stamped_by_broker = world.broker_stamps,
                   .key = SLICE_LITERAL("key"),
                   .value = buffer_slice(&world.values[at])},
        .headers = world.headers,
        .header_count = HEADERS,
    };
    world.handed[at] = &world.messages[at];
}

static void add_event(struct event event)
{
    assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, next_value(), &world.err),
                     DONE);
    add_message();
}

static void add_noise(void)
{
    buffer_append_text(next_value(), "noise");
    add_message();
}

static void add_foreign(void)
{
    framing_append_confluent(next_value(), FOREIGN_ID);
    add_message();
}

static struct event later_than_its_record(void)
{
    return made(JOB_FAILED, 1, 30 * DAY_S, 9);
}

// From where the position stands.
static void read_again(void)
{
    kit_take(&world.kit);
    world.partition.track = world.kit.track;
    world.work.records.next = (size_t)kit_position(&world.kit).next_offset;
}

static int bring(void)
{
    return worker_bring_records(&world.worker, BUDGET, &world.brought, &world.err);
}

static int64_t counted(size_t kind, enum event_outcome outcome)
{
    return metrics_read(world.process.metrics, METER_EVENTS, kind, outcome);
}

static int64_t counted_in_all(void)
{
    int64_t sum = 0;

    for (size_t kind = 0; kind <= EVENT_KINDS; kind++)
        for (size_t outcome = 0; outcome < EVENT_OUTCOMES; outcome++)
            sum += counted(kind, (enum event_outcome)outcome);
    return sum;
}

static int64_t dead_letters(const char *reason)
{
    return metrics_read(world.process.metrics, METER_DEAD_LETTERS, poison_reason_place(reason), 0);
}

static void each_outcome_is_counted_once(void **state)
{
    (void)state;
    open_world(0);
    world.schema_is_there = true;
    add_event(made(JOB_STARTED, 1, 3, 1));
    add_event(made(JOB_STARTED, 1, 3, 1));
    add_foreign();
    add_noise();
    add_event(later_than_its_record());
    assert_int_equal(bring(), DONE);
    assert_int_equal(world.brought, 5);
    assert_int_equal(counted(JOB_STARTED, EVENT_CHANGED), 1);
    assert_int_equal(counted(JOB_STARTED, EVENT_UNCHANGED), 1);
    assert_int_equal(counted(EVENT_KINDS, EVENT_IGNORED), 1);
    assert_int_equal(counted(EVENT_KINDS, EVENT_DEAD_LETTER), 1);
    assert_int_equal(counted(JOB_FAILED, EVENT_DEAD_LETTER), 1);
    assert_int_equal(counted_in_all(), 5);
    assert_int_equal(dead_letters("FRAMING"), 1);
    assert_int_equal(dead_letters("TIME_TOO_LATE"), 1);
    for (size_t i = 0; i < 5; i++)
        assert_true(world.messages[i].freed);
    kit_settle(&world.kit);
    assert_int_equal(world.kit.store.letter_count, 2);
    assert_int_equal(kit_position(&world.kit).next_offset, 5);
    close_world();
}

static void a_time_that_the_producer_wrote_refuses_nothing(void **state)
{
    (void)state;
    open_world(0);
    world.broker_stamps = false;
    add_event(later_than_its_record());
    assert_int_equal(bring(), DONE);
    assert_int_equal(counted(JOB_FAILED, EVENT_CHANGED), 1);
    assert_int_equal(dead_letters("TIME_TOO_LATE"), 0);
    kit_settle(&world.kit);
    close_world();
}

static void what_postgres_refused_is_counted_by_its_kind(void **state)
{
    bool committed;

    (void)state;
    open_world(0);
    world.kit.store.poisonous_event_at = 66;
    add_event(made(JOB_STARTED, 1, 66, 1));
    assert_int_equal(bring(), DONE);
    assert_int_equal(kit_step(&world.kit, &committed), DONE); // reads
    assert_int_equal(kit_step(&world.kit, &committed), DONE); // writes
    assert_int_equal(kit_step(&world.kit, &committed), POISON);
    read_again();
    assert_int_equal(bring(), DONE);
    assert_int_equal(counted(JOB_STARTED, EVENT_DEAD_LETTER), 1);
    kit_settle(&world.kit);
    assert_int_equal(world.kit.store.letter_count, 1);
    assert_int_equal(dead_letters(world.kit.store.letters[0].reason), 1);
    close_world();
}

static void a_record_is_held_and_those_behind_it_wait(void **state)
{
    (void)state;
    open_world(INT64_MAX);
    add_event(made(JOB_STARTED, 1, 3, 1));
    add_foreign();
    add_event(made(JOB_SUCCEEDED, 1, 4, 2));
    assert_int_equal(bring(), DONE);
    assert_int_equal(world.brought, 1);
    assert_true(world.worker.held_until_us > 0);
    assert_true(world.messages[0].freed);
    assert_false(world.messages[1].freed);
    assert_int_equal(bring(), DONE);
    assert_int_equal(world.brought, 0);
    assert_int_equal(counted_in_all(), 1);
    world.schema_is_there = true;
    assert_int_equal(bring(), DONE);
    assert_int_equal(world.brought, 2);
    assert_int_equal(world.worker.held_until_us, 0);
    assert_int_equal(counted(EVENT_KINDS, EVENT_IGNORED), 1);
    assert_int_equal(counted_in_all(), 3);
    close_world();
}

static void a_budget_ends_a_slice(void **state)
{
    (void)state;
    open_world(0);
    for (unsigned char i = 0; i < 5; i++)
        add_event(made(JOB_STARTED, 1, i, i));
    for (size_t brought = 0; brought < 5; brought += world.brought) {
        assert_int_equal(worker_bring_records(&world.worker, 2, &world.brought, &world.err), DONE);
        assert_int_equal(world.brought, brought < 4 ? 2 : 1);
    }
    assert_int_equal(counted_in_all(), 5);
    close_world();
}

static void add_one_of_each(void)
{
    add_event(made_creation(2, 7, "ada"));
    add_foreign();
    add_noise();
    add_event(later_than_its_record());
    add_event(made(JOB_STARTED, 1, 3, 1));
}

// What memory ran out for is held, or nothing of it is worth anything: then all is read again from
// where the position stands, as a worker has it.
static void start_again_after(int rc)
{
    if (rc == DONE) {
        assert_true(world.worker.held_until_us > 0);
        return;
    }
    assert_int_equal(rc, RETRY);
    assert_string_equal(world.err.reason, "OUT_OF_MEMORY");
    assert_int_equal(world.worker.held_until_us, 0);
    projector_forget(world.kit.projector);
    read_again();
}

static void memory_may_run_out_at_each_allocation(void **state)
{
    long n = 1;

    (void)state;
    for (; n < ENOUGH; n++) {
        int64_t before;
        int rc;

        open_world(0);
        world.schema_is_there = true;
        add_one_of_each();
        failing_malloc_after(n);
        rc = bring();
        failing_malloc_never();
        if (!failing_malloc_happened())
            break;
        before = counted_in_all();
        assert_int_equal(before, world.brought);
        if (rc || world.brought < 5) { // else it could do without
            start_again_after(rc);
            assert_int_equal(bring(), DONE);
        }
        assert_int_equal(counted_in_all(), rc ? before + 5 : 5);
        kit_settle(&world.kit);
        assert_int_equal(world.kit.store.letter_count, 2);
        assert_int_equal(kit_position(&world.kit).next_offset, 5);
        close_world();
    }
    assert_between(n, 5, ENOUGH - 1);
    assert_int_equal(world.brought, 5);
    close_world();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_outcome_is_counted_once),
        cmocka_unit_test(a_time_that_the_producer_wrote_refuses_nothing),
        cmocka_unit_test(what_postgres_refused_is_counted_by_its_kind),
        cmocka_unit_test(a_record_is_held_and_those_behind_it_wait),
        cmocka_unit_test(a_budget_ends_a_slice),
        cmocka_unit_test(memory_may_run_out_at_each_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
