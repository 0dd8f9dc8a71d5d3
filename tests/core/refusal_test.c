// SPDX-License-Identifier: Apache-2.0
// Dividing batches down to the one record that PostgreSQL refuses.
#include "core/made.h"

#include "core/refusal.h"

static const struct source SOURCE = {SLICE_LITERAL("events"), 3};

static struct refusal refusal;

static int open_refusal(void **state)
{
    (void)state;
    refusal_init(&refusal, 1000);
    return 0;
}

static int close_refusal(void **state)
{
    (void)state;
    refusal_free(&refusal);
    return 0;
}

// While so many records of the next batch were gathered.
static void note_with_next(size_t records, int64_t offset, const char *reason, size_t next_records)
{
    const struct batch next = {.records = next_records};
    char topic[] = "events";
    struct batch batch;
    struct err err;

    batch_init(&batch, 1);
    for (size_t i = 0; i < records; i++)
        batch_count(&batch, &(struct source){{topic, 6}, 3}, offset, 1);
    err_set(&err, POISON, reason, "refused");
    refusal_note(&refusal, &batch, &next, &err);
    topic[0] = 'x';
}

static void note(size_t records, int64_t offset, const char *reason)
{
    note_with_next(records, offset, reason, 1);
}

static void one_that_is_alone_is_found_at_once(void **state)
{
    struct err err;

    (void)state;
    note_with_next(1, 42, "22000", 0);
    assert_true(refusal_is_of(&refusal, &SOURCE, 42, &err));
}

static void a_refused_batch_is_divided_until_its_record_is_alone(void **state)
{
    static const size_t limits[] = {256, 1};
    struct err err;

    (void)state;
    refusal.records_max = refusal.limit = 65536;
    assert_false(refusal_is_careful(&refusal));
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        note(refusal.limit, 42, "22000");
        assert_int_equal(refusal.limit, limits[i]);
        assert_true(refusal_is_careful(&refusal));
        assert_false(refusal_is_of(&refusal, &SOURCE, 42, &err));
    }
    note(1, 42, "22000");
    assert_int_equal(refusal.limit, 1);
    assert_true(refusal_is_of(&refusal, &SOURCE, 42, &err));
    assert_reason(err, "22000");
    assert_int_equal(err.disposition, POISON);
}

static void a_small_batch_goes_record_by_record_at_once(void **state)
{
    (void)state;
    note(500, 1, "22000");
    assert_int_equal(refusal.limit, 1);
}

// It lies among as many records as the refused batch had.
static void batches_do_not_grow_before_the_record_is_found(void **state)
{
    (void)state;
    note(10, 1, "22000");
    for (int i = 0; i < 9; i++) {
        refusal_passed(&refusal, 1);
        assert_int_equal(refusal.limit, 1);
    }
    refusal_passed(&refusal, 1); // it was none of them
    assert_int_equal(refusal.limit, 2);
    note(2, 1, "22000");
    note(1, 1, "22000"); // found
    refusal_passed(&refusal, 1);
    assert_int_equal(refusal.limit, 2);
}

static void a_slow_batch_is_halved_and_blames_nobody(void **state)
{
    struct batch batch;
    struct err err;

    (void)state;
    batch_init(&batch, 1);
    for (size_t i = 0; i < 8; i++)
        batch_count(&batch, &SOURCE, 7, 1);
    refusal_shrink(&refusal, &batch);
    assert_int_equal(refusal.limit, 4);
    batch.records = 1;
    refusal_shrink(&refusal, &batch);
    assert_int_equal(refusal.limit, 1);
    refusal_shrink(&refusal, &batch);
    assert_int_equal(refusal.limit, 1);
    assert_false(refusal_is_of(&refusal, &SOURCE, 7, &err));
}

static void only_the_very_record_is_refused(void **state)
{
    struct err err;

    (void)state;
    assert_false(refusal_is_of(&refusal, &SOURCE, 0, &err));
    // The first time its row may have held an event of the next batch.
    note(1, 42, "22000");
    assert_false(refusal_is_of(&refusal, &SOURCE, 42, &err));
    note(1, 42, "22000");
    assert_false(refusal_is_of(&refusal, &SOURCE, 41, &err));
    assert_false(refusal_is_of(&refusal, &(struct source){SLICE_LITERAL("events"), 4}, 42, &err));
    assert_false(refusal_is_of(&refusal, &(struct source){SLICE_LITERAL("other"), 3}, 42, &err));
    assert_true(refusal_is_of(&refusal, &SOURCE, 42, &err));
}

static void the_latest_refused_record_is_remembered(void **state)
{
    struct err err;

    (void)state;
    note(1, 42, "22000");
    note(1, 42, "22000");
    note(1, 43, "54000");
    assert_true(refusal_is_of(&refusal, &SOURCE, 43, &err));
    assert_reason(err, "54000");
    assert_false(refusal_is_of(&refusal, &SOURCE, 42, &err));
}

static void a_batch_without_records_names_none(void **state)
{
    struct err err;

    (void)state;
    note(0, 42, "22000");
    assert_int_equal(refusal.limit, 1);
    assert_false(refusal_is_of(&refusal, &SOURCE, 42, &err));
}

static void batches_grow_again_with_each_that_passes(void **state)
{
    (void)state;
    note(1, 42, "22000");
    for (size_t limit = 2; limit < 1000; limit *= 2) {
        refusal_passed(&refusal, 1);
        assert_int_equal(refusal.limit, limit);
        assert_true(refusal_is_careful(&refusal));
    }
    refusal_passed(&refusal, 1);
    assert_int_equal(refusal.limit, 1000);
    assert_false(refusal_is_careful(&refusal));
}

#define REFUSAL_TEST(name) cmocka_unit_test_setup_teardown(name, open_refusal, close_refusal)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REFUSAL_TEST(a_refused_batch_is_divided_until_its_record_is_alone),
        REFUSAL_TEST(a_small_batch_goes_record_by_record_at_once),
        REFUSAL_TEST(batches_do_not_grow_before_the_record_is_found),
        REFUSAL_TEST(one_that_is_alone_is_found_at_once),
        REFUSAL_TEST(a_slow_batch_is_halved_and_blames_nobody),
        REFUSAL_TEST(only_the_very_record_is_refused),
        REFUSAL_TEST(the_latest_refused_record_is_remembered),
        REFUSAL_TEST(a_batch_without_records_names_none),
        REFUSAL_TEST(batches_grow_again_with_each_that_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
