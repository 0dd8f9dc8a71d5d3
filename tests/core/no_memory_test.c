// SPDX-License-Identifier: Apache-2.0
// Each allocation of core fails once: the answer is RETRY, nothing leaks (the sanitizers see to
// that), and doing it again gives what it gives with memory.
#include "core/each_allocation.h"

#include <stdio.h>

#include "core/batch_write.h"
#include "core/erasure.h"
#include "core/horizon.h"
#include "core/pack.h"

static struct err err;

static int fold_life(struct row *row)
{
    struct event life[MADE_LIFE], again = made_saying(JOB_STARTED, 2, 9, 9, "once more");
    bool changed = false;
    int rc = DONE;

    made_life(life);
    for (int i = 0; !rc && i < MADE_LIFE; i++)
        rc = fold_event(row, &life[i], &changed, &err);
    return rc ? rc : fold_event(row, &again, &changed, &err);
}

static struct row *row_or_none(void)
{
    return row_new(
        (struct job_key){.organization_id = SLICE_LITERAL("org"), .job_id = SLICE_LITERAL("job")},
        &err);
}

static int folding(void)
{
    struct row *row = row_or_none();
    int rc = row ? fold_life(row) : RETRY;

    row_free(row);
    return rc;
}

static int joining(void)
{
    struct row *row = row_or_none(), *other = row_or_none();
    bool changed = false;
    int rc = row && other ? fold_life(other) : RETRY;

    if (!rc)
        rc = fold_join(row, other, &changed, &err);
    row_free(row);
    row_free(other);
    return rc;
}

static int erasing(void)
{
    struct row *row = row_or_none();
    struct event creation = made_creation(1, 1, "a member whose name needs a text of its own");
    const struct erasure item = {.salt = SLICE_LITERAL("salt")};
    const struct erasures erasures = {&item, 1};
    bool changed = false;
    int rc = row ? erasures_apply(&erasures, &creation, &err) : RETRY;

    if (!rc)
        rc = fold_event(row, &creation, &changed, &err);
    if (!rc)
        rc = row_erase(row, SLICE_NULL, &changed, &err);
    row_free(row);
    return rc;
}

static int advancing_horizons(void)
{
    const struct keeping keeping = {{SLICE_LITERAL(""), SLICE_LITERAL("")}, 1};
    const struct horizons none = {.latest_us = TIME_NONE};
    struct horizons after;
    struct arena arena;
    bool changed;
    int rc;

    arena_init(&arena);
    rc = horizons_advance(&none, &(struct keepings){&keeping, 1}, 100, 1, &arena, &after, &changed,
                          &err);
    arena_reset(&arena);
    return rc;
}

static int packing_and_unpacking(void)
{
    struct row *row = row_or_none(), *again = NULL;
    struct job_columns columns;
    struct arena arena;
    int rc = row ? fold_life(row) : RETRY;

    arena_init(&arena);
    if (!rc)
        rc = pack_row(row, &arena, &columns, &err);
    if (!rc)
        rc = unpack_row(&columns, &again, &err);
    if (rc)
        assert_null(again);
    row_free(row);
    row_free(again);
    arena_reset(&arena);
    return rc;
}

// A history that finds no memory is as before.
static int adding_to_a_history(void)
{
    struct history history = {0};
    int rc = DONE;

    for (unsigned char i = 20; !rc && i > 0; i--) {
        const struct event event = made_saying(JOB_STARTED, 1, i, i, "started");
        size_t bytes = history.bytes;
        uint8_t count = history.count[HISTORY_STARTS];
        bool changed = false;

        rc = history_add(&history, &event, &changed, &err);
        if (rc) {
            assert_false(changed);
            assert_int_equal(history.count[HISTORY_STARTS], count);
            assert_int_equal(history.bytes, bytes);
        }
    }
    history_clear(&history);
    return rc;
}

static int checking_an_event(void)
{
    static char text[MESSAGE_MAX_BYTES + 1];
    struct event event = made(JOB_STARTED, 1, 0, 1);
    struct arena arena;
    int rc;

    memset(text, 'x', sizeof text);
    event.message = (struct slice){text, sizeof text};
    arena_init(&arena);
    rc = event_check(&event, BASE_TIME_US, &arena, &err);
    arena_reset(&arena);
    return rc;
}

enum { MANY = 300 }; // so many that the tables grow

// What got in before memory ran out is found, and the rest can still be put in.
static int filling_a_cache(void)
{
    struct cached_row *cached;
    struct cache cache;
    char job[16];
    size_t filled = 0;
    int rc = DONE;

    cache_init(&cache, SIZE_MAX);
    for (int i = 0; i < MANY; i++) {
        const struct job_key key = {.organization_id = SLICE_LITERAL("org"),
                                    .job_id = {job, (size_t)snprintf(job, sizeof job, "%d", i)}};
        int added = cache_get(&cache, &key, &cached, &err);

        if (added) {
            rc = added;
            assert_null(cache_peek(&cache, &key));
        } else {
            filled++;
            assert_ptr_equal(cache_peek(&cache, &key), cached);
        }
    }
    assert_int_equal(cache.rows, filled);
    assert_int_equal(filled, rc ? MANY - 1 : MANY);
    cache_clear(&cache);
    return rc;
}

static int counting(void)
{
    static char types[MANY][16];
    const struct count_delta *deltas;
    struct counts counts;
    struct arena arena;
    size_t count, added = 0;
    int rc = DONE, listed;

    arena_init(&arena);
    counts_init(&counts);
    for (int i = 0; i < MANY; i++) {
        int one;

        snprintf(types[i], sizeof types[i], "%d", i);
        one =
            counts_add(&counts, SLICE_LITERAL("org"), slice_of(types[i]), STATUS_RUNNING, 1, &err);
        rc = one ? one : rc;
        added += !one;
    }
    listed = counts_list(&counts, &arena, &deltas, &count, &err);
    if (!listed)
        assert_int_equal(count, added);
    counts_clear(&counts);
    arena_reset(&arena);
    return rc ? rc : listed;
}

static uint64_t no_number(void *self)
{
    (void)self;
    return 4;
}

static int fill_batch(struct batch *batch, struct cache *cache, struct batch_write *write)
{
    const struct record_header header = {SLICE_LITERAL("name"), SLICE_LITERAL("value")};
    const struct dead_letter letter = {.source.topic = SLICE_LITERAL("events"),
                                       .key = SLICE_LITERAL("k"),
                                       .value = SLICE_LITERAL("v"),
                                       .headers = &header,
                                       .header_count = 1,
                                       .message = SLICE_LITERAL("why")};
    const struct random_port random = {NULL, no_number};
    const struct event start = made(JOB_STARTED, 1, 0, 1);
    bool changed = false;
    char job[16];
    int rc = DONE;

    for (int i = 0; !rc && i < 70; i++) {
        const struct job_key key = {.organization_id = SLICE_LITERAL("org"),
                                    .job_id = {job, (size_t)snprintf(job, sizeof job, "%d", i)}};
        struct cached_row *cached;

        rc = cache_get(cache, &key, &cached, &err);
        if (!rc)
            rc = fold_event(cached->row, &start, &changed, &err);
        if (rc)
            return rc;
        cached->base = BASE_ABSENT;
        cached->dirty = true;
        rc = batch_list(batch, cached, &err);
    }
    for (int i = 0; !rc && i < 70; i++)
        rc = batch_refuse(batch, &letter, &err);
    return rc ? rc : batch_write_rows(batch, &random, &batch->arena, write, &err);
}

static int filling_a_batch(void)
{
    struct batch_write write = {0};
    struct batch batch;
    struct cache cache;
    int rc;

    cache_init(&cache, SIZE_MAX);
    batch_init(&batch, 1);
    rc = fill_batch(&batch, &cache, &write);
    if (!rc)
        assert_int_equal(write.row_count, 70);
    batch_clear(&batch);
    batch_free(&batch);
    cache_clear(&cache);
    return rc;
}

#define NO_MEMORY_TEST(name)                                                                       \
    static void name##_survives(void **state)                                                      \
    {                                                                                              \
        (void)state;                                                                               \
        with_each_allocation_failing(name, &err);                                                  \
    }
NO_MEMORY_TEST(folding)
NO_MEMORY_TEST(joining)
NO_MEMORY_TEST(erasing)
NO_MEMORY_TEST(advancing_horizons)
NO_MEMORY_TEST(packing_and_unpacking)
NO_MEMORY_TEST(adding_to_a_history)
NO_MEMORY_TEST(checking_an_event)
NO_MEMORY_TEST(filling_a_cache)
NO_MEMORY_TEST(counting)
NO_MEMORY_TEST(filling_a_batch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_survives),
        cmocka_unit_test(joining_survives),
        cmocka_unit_test(erasing_survives),
        cmocka_unit_test(advancing_horizons_survives),
        cmocka_unit_test(packing_and_unpacking_survives),
        cmocka_unit_test(adding_to_a_history_survives),
        cmocka_unit_test(checking_an_event_survives),
        cmocka_unit_test(filling_a_cache_survives),
        cmocka_unit_test(counting_survives),
        cmocka_unit_test(filling_a_batch_survives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
