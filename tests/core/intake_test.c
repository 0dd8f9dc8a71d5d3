// SPDX-License-Identifier: Apache-2.0
// The way of a record through made steps: what each answer makes of it, in what order the steps
// are asked, and what is told.
#include "core/made.h"

#include <stdio.h>

#include "core/intake.h"
#include "support/between.h"

enum { PATIENCE_US = 1000, STEPS_MAX = 64, MANY = PATIENCE_WINDOW };

// What the steps answer, and what they were asked.
static struct {
    enum step_answer decode, check, store;
    int headers_missing, letters_missing; // so often memory is missing for them
    int64_t now_us;
    char taken[STEPS_MAX]; // the first letter of each step, in order
    unsigned char awaited; // the first byte of its name
    int held, settled[INTAKE_DEAD_LETTER + 1];
    struct err why_held;
    struct dead_letter letter;
    char letter_text[sizeof((struct err *)0)->text];
} world;

static struct intake intake;
static struct intake_hold hold;
static struct intake_record record;
static struct err err;

static const struct record_header one_header = {SLICE_LITERAL("name"), SLICE_LITERAL("value")};

static void note(char step)
{
    size_t length = strlen(world.taken);

    if (length + 1 < sizeof world.taken)
        world.taken[length] = step;
}

static int read_headers(void *self, struct intake_record *out, struct err *why)
{
    assert_ptr_equal(self, &world);
    note('h');
    if (world.headers_missing) {
        world.headers_missing--;
        return err_no_memory(why);
    }
    out->headers = &one_header;
    out->header_count = 1;
    return DONE;
}

static enum step_answer answer(char step, enum step_answer chosen, struct err *why)
{
    note(step);
    if (chosen == STEP_NO_MEMORY)
        err_no_memory(why);
    else if (chosen != STEP_DONE && chosen != STEP_IGNORE)
        err_set(why, POISON, "MADE", "made at %c", step);
    return chosen;
}

static enum step_answer decode(void *self, const struct intake_record *of, struct err *why)
{
    assert_ptr_equal(self, &world);
    assert_ptr_equal(of, &record);
    return answer('d', world.decode, why);
}

static enum step_answer check(void *self, const struct intake_record *of, struct err *why)
{
    (void)self, (void)of;
    return answer('c', world.check, why);
}

static enum step_answer store(void *self, const struct intake_record *of, struct err *why)
{
    (void)self, (void)of;
    return answer('s', world.store, why);
}

static int keep(void *self, const struct dead_letter *letter, struct err *why)
{
    (void)self;
    note('k');
    if (world.letters_missing) {
        world.letters_missing--;
        return err_no_memory(why);
    }
    world.letter = *letter;
    snprintf(world.letter_text, sizeof world.letter_text, "%.*s", (int)letter->message.size,
             letter->message.data);
    return DONE;
}

static int64_t now_us(void *self)
{
    (void)self;
    return world.now_us;
}

static void name_awaited(void *self, const struct intake_record *of,
                         unsigned char name[AWAITED_NAME_BYTES])
{
    assert_ptr_equal(self, &world);
    assert_ptr_equal(of, &record);
    for (size_t i = 0; i < AWAITED_NAME_BYTES; i++)
        assert_int_equal(name[i], 0);
    name[0] = world.awaited;
}

static void held(void *self, const struct intake_record *of, const struct err *why)
{
    (void)self;
    assert_ptr_equal(of, &record);
    world.held++;
    world.why_held = *why;
}

static void settled(void *self, enum intake_result result)
{
    (void)self;
    assert_between(result, INTAKE_TAKEN, INTAKE_DEAD_LETTER);
    world.settled[result]++;
}

static const struct intake_steps steps = {read_headers, decode, check, store,  keep,
                                          name_awaited, now_us, held,  settled};

static int open_intake(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    world.awaited = 1;
    err = (struct err){0};
    hold = (struct intake_hold){0};
    intake_init(&intake, PATIENCE_US);
    record = (struct intake_record){
        .source = {SLICE_LITERAL("topic"), 3},
        .offset = 42,
        .timestamp_ms = 7,
        .key = SLICE_LITERAL("key"),
        .value = SLICE_LITERAL("value"),
    };
    return 0;
}

static enum intake_result bring(void)
{
    memset(world.taken, 0, sizeof world.taken);
    return intake_bring(&intake, &hold, &steps, &world, &record, &err);
}

static void assert_settled(int taken, int ignored, int dead_letters)
{
    assert_int_equal(world.settled[INTAKE_TAKEN], taken);
    assert_int_equal(world.settled[INTAKE_IGNORED], ignored);
    assert_int_equal(world.settled[INTAKE_DEAD_LETTER], dead_letters);
}

static void a_good_record_is_decoded_checked_and_stored(void **state)
{
    (void)state;
    assert_int_equal(bring(), INTAKE_TAKEN);
    assert_string_equal(world.taken, "hdcs");
    assert_settled(1, 0, 0);
    assert_int_equal(world.held, 0);
}

static void headers_that_wait_are_not_read_for_it(void **state)
{
    (void)state;
    record.headers_wait = true;
    assert_int_equal(bring(), INTAKE_TAKEN);
    assert_string_equal(world.taken, "dcs");
    assert_null(record.headers);
}

static void what_is_none_of_ours_is_ignored(void **state)
{
    (void)state;
    world.decode = STEP_IGNORE;
    assert_int_equal(bring(), INTAKE_IGNORED);
    assert_string_equal(world.taken, "hd");
    assert_settled(0, 1, 0);
}

static void assert_dead_letter(const char *taken, const char *stage, const char *text)
{
    assert_int_equal(bring(), INTAKE_DEAD_LETTER);
    assert_string_equal(world.taken, taken);
    assert_string_equal(world.letter.stage, stage);
    assert_string_equal(world.letter.reason, "MADE");
    assert_string_equal(world.letter_text, text);
    assert_ptr_equal(world.letter.source.topic.data, record.source.topic.data);
    assert_int_equal(world.letter.source.partition, 3);
    assert_int_equal(world.letter.offset, 42);
    assert_int_equal(world.letter.timestamp_ms, 7);
    assert_ptr_equal(world.letter.key.data, record.key.data);
    assert_ptr_equal(world.letter.value.data, record.value.data);
    assert_ptr_equal(world.letter.headers, &one_header);
    assert_int_equal(world.letter.header_count, 1);
}

static void what_a_step_refuses_is_a_dead_letter_of_its_stage(void **state)
{
    (void)state;
    for (int waits = 0; waits <= 1; waits++) {
        open_intake(NULL);
        record.headers_wait = waits;
        world.store = STEP_REFUSE;
        assert_dead_letter(waits ? "dcshk" : "hdcsk", "store", "made at s");
        world.check = STEP_REFUSE;
        assert_dead_letter(waits ? "dchk" : "hdck", "check", "made at c");
        world.decode = STEP_REFUSE;
        assert_dead_letter(waits ? "dhk" : "hdk", "decode", "made at d");
        assert_settled(0, 0, 3);
        assert_int_equal(world.held, 0);
    }
}

static void a_suspicious_one_is_held_and_told_of_once(void **state)
{
    (void)state;
    world.decode = STEP_SUSPECT;
    for (int i = 0; i < 3; i++) {
        world.now_us = i;
        assert_int_equal(bring(), INTAKE_HELD);
        assert_string_equal(world.taken, "hd");
        assert_reason(err, "MADE");
    }
    assert_int_equal(world.held, 1);
    assert_string_equal(world.why_held.text, "made at d");
    assert_settled(0, 0, 0);
    world.now_us = PATIENCE_US;
    assert_dead_letter("hdk", "decode", "made at d");
    assert_settled(0, 0, 1);
}

static void one_that_comes_good_while_it_is_held_is_taken(void **state)
{
    (void)state;
    world.decode = STEP_SUSPECT;
    assert_int_equal(bring(), INTAKE_HELD);
    world.decode = STEP_DONE;
    assert_int_equal(bring(), INTAKE_TAKEN);
    assert_settled(1, 0, 0);
    // The next is another one, and told of.
    world.decode = STEP_SUSPECT;
    record.offset++;
    assert_int_equal(bring(), INTAKE_HELD);
    assert_int_equal(world.held, 2);
}

static void what_cannot_be_told_yet_is_held_beyond_all_patience(void **state)
{
    enum step_answer *const at[] = {&world.decode, &world.check, &world.store};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        *at[i] = STEP_NOT_YET;
        world.now_us = 0;
        assert_int_equal(bring(), INTAKE_HELD);
        world.now_us = 100 * PATIENCE_US;
        assert_int_equal(bring(), INTAKE_HELD);
        *at[i] = STEP_DONE;
        assert_int_equal(bring(), INTAKE_TAKEN);
    }
    assert_int_equal(world.held, 3);
    assert_settled(3, 0, 0);
}

// How many of a window of such records become dead letters before one is held.
static int kept_before_one_is_held(void)
{
    int kept = 0;

    while (kept < MANY && bring() == INTAKE_DEAD_LETTER)
        kept++;
    return kept;
}

static void too_many_of_one_reason_are_held(void **state)
{
    (void)state;
    world.decode = STEP_REFUSE;
    assert_int_equal(kept_before_one_is_held(), MANY / 2 + 1);
    open_intake(NULL);
    world.check = STEP_REFUSE;
    assert_int_equal(kept_before_one_is_held(), MANY / 2 + 1);
    assert_int_equal(world.held, 1);
}

// It was understood: what the store refuses does not smell of wrong surroundings.
static void what_the_store_refuses_is_never_held(void **state)
{
    (void)state;
    world.store = STEP_REFUSE;
    assert_int_equal(kept_before_one_is_held(), MANY);
    assert_int_equal(world.held, 0);
}

// What was understood weighs against what is refused.
static void what_is_taken_or_ignored_was_understood(void **state)
{
    enum step_answer understood[] = {STEP_DONE, STEP_IGNORE};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        open_intake(NULL);
        world.decode = understood[i];
        for (int n = 0; n < MANY; n++)
            bring();
        world.decode = STEP_REFUSE;
        assert_int_equal(kept_before_one_is_held(), MANY * 3 / 4 + 1);
    }
}

static void what_is_hopeless_is_never_held(void **state)
{
    (void)state;
    world.decode = STEP_HOPELESS;
    assert_dead_letter("hdk", "decode", "made at d");
    assert_int_equal(kept_before_one_is_held(), MANY);
    assert_int_equal(world.held, 0);
}

// The partitions of an intake, each with what it holds.
static void a_held_partition_is_not_touched_by_another(void **state)
{
    struct intake_hold other = {0};

    (void)state;
    world.decode = STEP_SUSPECT;
    assert_int_equal(bring(), INTAKE_HELD);
    for (int i = 0; i < 2 * MANY; i++) {
        world.decode = STEP_DONE;
        assert_int_equal(intake_bring(&intake, &other, &steps, &world, &record, &err),
                         INTAKE_TAKEN);
    }
    world.decode = STEP_SUSPECT;
    world.now_us = PATIENCE_US - 1;
    assert_int_equal(bring(), INTAKE_HELD);
    assert_int_equal(intake_bring(&intake, &other, &steps, &world, &record, &err), INTAKE_HELD);
    assert_int_equal(world.held, 2); // one line a record
    world.now_us = PATIENCE_US;
    assert_int_equal(bring(), INTAKE_DEAD_LETTER);
    assert_int_equal(intake_bring(&intake, &other, &steps, &world, &record, &err),
                     INTAKE_DEAD_LETTER);
}

static void patience_is_had_with_a_schema(void **state)
{
    (void)state;
    world.decode = STEP_SUSPECT;
    assert_int_equal(bring(), INTAKE_HELD);
    world.now_us = PATIENCE_US;
    assert_int_equal(bring(), INTAKE_DEAD_LETTER);
    record.offset++;
    assert_int_equal(bring(), INTAKE_DEAD_LETTER); // the same again
    record.offset++;
    world.awaited = 7;
    assert_int_equal(bring(), INTAKE_HELD);
}

// After a failed batch a partition is read again, from before the record that it holds.
static void what_is_held_again_is_told_of_once(void **state)
{
    (void)state;
    world.decode = STEP_SUSPECT;
    assert_int_equal(bring(), INTAKE_HELD);
    record.offset--;
    world.decode = STEP_DONE;
    assert_int_equal(bring(), INTAKE_TAKEN);
    record.offset++;
    world.decode = STEP_SUSPECT;
    assert_int_equal(bring(), INTAKE_HELD);
    assert_int_equal(world.held, 1);
}

// Nothing is settled then, and bringing the record again settles it once.
static void without_memory(const char *taken, enum intake_result in_the_end)
{
    assert_int_equal(bring(), INTAKE_NO_MEMORY);
    assert_string_equal(world.taken, taken);
    assert_reason(err, "OUT_OF_MEMORY");
    assert_settled(0, 0, 0);
    assert_int_equal(world.held, 0);
    world.decode = world.decode == STEP_NO_MEMORY ? STEP_DONE : world.decode;
    world.check = world.check == STEP_NO_MEMORY ? STEP_DONE : world.check;
    world.store = world.store == STEP_NO_MEMORY ? STEP_DONE : world.store;
    assert_int_equal(bring(), in_the_end);
    assert_int_equal(world.settled[in_the_end], 1);
    open_intake(NULL);
}

static void memory_may_be_missing_at_each_step(void **state)
{
    (void)state;
    world.headers_missing = 1;
    without_memory("h", INTAKE_TAKEN);
    world.decode = STEP_NO_MEMORY;
    without_memory("hd", INTAKE_TAKEN);
    world.check = STEP_NO_MEMORY;
    without_memory("hdc", INTAKE_TAKEN);
    world.store = STEP_NO_MEMORY;
    without_memory("hdcs", INTAKE_TAKEN);
    world.decode = STEP_REFUSE;
    world.letters_missing = 1;
    without_memory("hdk", INTAKE_DEAD_LETTER);
    record.headers_wait = true;
    world.decode = STEP_REFUSE;
    world.headers_missing = 1;
    without_memory("dh", INTAKE_DEAD_LETTER);
}

static void nobody_needs_to_listen(void **state)
{
    struct intake_steps silent = steps;

    (void)state;
    silent.held = NULL;
    silent.settled = NULL;
    assert_int_equal(intake_bring(&intake, &hold, &silent, &world, &record, &err), INTAKE_TAKEN);
    world.decode = STEP_SUSPECT;
    assert_int_equal(intake_bring(&intake, &hold, &silent, &world, &record, &err), INTAKE_HELD);
    world.decode = STEP_REFUSE;
    assert_int_equal(intake_bring(&intake, &hold, &silent, &world, &record, &err),
                     INTAKE_DEAD_LETTER);
}

static void a_disposition_is_an_answer(void **state)
{
    (void)state;
    assert_int_equal(step_answer_of(DONE, STEP_NOT_YET), STEP_DONE);
    assert_int_equal(step_answer_of(POISON, STEP_NOT_YET), STEP_REFUSE);
    assert_int_equal(step_answer_of(RETRY, STEP_NOT_YET), STEP_NOT_YET);
    assert_int_equal(step_answer_of(RETRY, STEP_NO_MEMORY), STEP_NO_MEMORY);
}

#define INTAKE_TEST(name) cmocka_unit_test_setup(name, open_intake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        INTAKE_TEST(a_good_record_is_decoded_checked_and_stored),
        INTAKE_TEST(headers_that_wait_are_not_read_for_it),
        INTAKE_TEST(what_is_none_of_ours_is_ignored),
        INTAKE_TEST(what_a_step_refuses_is_a_dead_letter_of_its_stage),
        INTAKE_TEST(a_suspicious_one_is_held_and_told_of_once),
        INTAKE_TEST(one_that_comes_good_while_it_is_held_is_taken),
        INTAKE_TEST(what_cannot_be_told_yet_is_held_beyond_all_patience),
        INTAKE_TEST(too_many_of_one_reason_are_held),
        INTAKE_TEST(what_the_store_refuses_is_never_held),
        INTAKE_TEST(what_is_taken_or_ignored_was_understood),
        INTAKE_TEST(what_is_hopeless_is_never_held),
        INTAKE_TEST(a_held_partition_is_not_touched_by_another),
        INTAKE_TEST(patience_is_had_with_a_schema),
        INTAKE_TEST(what_is_held_again_is_told_of_once),
        INTAKE_TEST(memory_may_be_missing_at_each_step),
        INTAKE_TEST(nobody_needs_to_listen),
        INTAKE_TEST(a_disposition_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
