// SPDX-License-Identifier: Apache-2.0
// The row cache: by key, by use, bounded in bytes.
#include "core/made.h"

#include <stdio.h>

#include "core/cache.h"

static struct cached_row *get(struct cache *cache, const char *job)
{
    struct job_key key = {.organization_id = SLICE_LITERAL("org"), .job_id = slice_of(job)};
    struct cached_row *cached;
    struct err err;

    assert_int_equal(cache_get(cache, &key, &cached, &err), DONE);
    return cached;
}

static struct cached_row *counted(struct cache *cache, const char *job)
{
    struct cached_row *cached = get(cache, job);

    cache_recount(cache, cached);
    return cached;
}

static bool has(struct cache *cache, const char *job)
{
    return cache_peek(cache, &(struct job_key){.organization_id = SLICE_LITERAL("org"),
                                               .job_id = slice_of(job)}) != NULL;
}

static size_t bytes_of_one(void)
{
    struct cache cache;
    size_t bytes;

    cache_init(&cache, SIZE_MAX);
    counted(&cache, "a");
    bytes = cache.bytes;
    cache_clear(&cache);
    return bytes;
}

static void an_unknown_key_becomes_a_new_row_of_unknown_base(void **state)
{
    struct cache cache;
    struct cached_row *cached;

    (void)state;
    cache_init(&cache, 0);
    assert_false(has(&cache, "a"));
    cached = get(&cache, "a");
    assert_int_equal(cached->base, BASE_UNKNOWN);
    assert_int_equal(cached->row->attempt, 0);
    assert_slice(cached->row->key.job_id, "a");
    assert_int_equal(cache.rows, 1);
    assert_ptr_equal(get(&cache, "a"), cached);
    assert_int_equal(cache.rows, 1);
    cache_clear(&cache);
}

static void job_and_organisation_do_not_run_together(void **state)
{
    const struct job_key left = {.organization_id = SLICE_LITERAL("b"),
                                 .job_id = SLICE_LITERAL("aa")},
                         right = {.organization_id = SLICE_LITERAL("ab"),
                                  .job_id = SLICE_LITERAL("a")};
    struct cached_row *a, *b;
    struct cache cache;
    struct err err;

    (void)state;
    cache_init(&cache, 0);
    assert_int_equal(cache_get(&cache, &left, &a, &err), DONE);
    assert_int_equal(cache_get(&cache, &right, &b, &err), DONE);
    assert_ptr_not_equal(a, b);
    cache_clear(&cache);
}

static void the_longest_unused_goes_first(void **state)
{
    struct cache cache;

    (void)state;
    cache_init(&cache, 2 * bytes_of_one());
    counted(&cache, "a");
    counted(&cache, "b");
    counted(&cache, "c");
    get(&cache, "a");
    cache_trim(&cache);
    assert_true(has(&cache, "a"));
    assert_false(has(&cache, "b"));
    assert_true(has(&cache, "c"));
    assert_int_equal(cache.rows, 2);
    assert_true(cache.bytes == cache.bytes_max);
    cache_clear(&cache);
}

static void looking_is_no_use(void **state)
{
    struct cache cache;

    (void)state;
    cache_init(&cache, bytes_of_one());
    counted(&cache, "a");
    counted(&cache, "b");
    assert_true(has(&cache, "a"));
    cache_trim(&cache);
    assert_false(has(&cache, "a"));
    cache_clear(&cache);
}

static void nothing_goes_while_the_bound_holds(void **state)
{
    struct cache cache;

    (void)state;
    cache_init(&cache, 2 * bytes_of_one());
    cache_trim(&cache);
    counted(&cache, "a");
    counted(&cache, "b");
    cache_trim(&cache);
    assert_int_equal(cache.rows, 2);
    cache_clear(&cache);
}

static void a_listed_row_is_never_evicted(void **state)
{
    struct cache cache;
    struct cached_row *listed;

    (void)state;
    for (int place = 0; place < 3; place++) {
        static const char *const jobs[] = {"a", "b", "c"};

        cache_init(&cache, 0);
        for (int i = 0; i < 3; i++)
            counted(&cache, jobs[i]);
        listed = cache_peek(&cache, &(struct job_key){.organization_id = SLICE_LITERAL("org"),
                                                      .job_id = slice_of(jobs[place])});
        listed->listed = 2;
        cache_trim(&cache);
        assert_int_equal(cache.rows, 1);
        assert_true(has(&cache, jobs[place]));
        listed->listed = 0;
        cache_trim(&cache);
        assert_int_equal(cache.rows, 0);
        assert_true(cache.bytes == 0);
        cache_clear(&cache);
    }
}

static void growth_is_counted_when_it_is_told(void **state)
{
    struct cache cache;
    struct cached_row *a, *b;
    size_t before;

    (void)state;
    cache_init(&cache, SIZE_MAX);
    a = counted(&cache, "a");
    b = counted(&cache, "b");
    before = cache.bytes;
    folded(a->row, made_saying(JOB_STARTED, 1, 0, 1, "a message that takes memory"));
    assert_true(text_set(a->row, &a->row->counted_type, SLICE_LITERAL("Load")));
    assert_true(cache.bytes == before);
    cache_recount(&cache, a);
    assert_true(cache.bytes > before);
    assert_true(cache.bytes == a->bytes + b->bytes);
    assert_true(a->bytes >= row_bytes(a->row));
    cache_recount(&cache, a);
    assert_true(cache.bytes == a->bytes + b->bytes);
    cache_clear(&cache);
}

static void a_replaced_row_is_found_by_the_same_key(void **state)
{
    struct cache cache;
    struct cached_row *cached;
    struct row *row;

    (void)state;
    cache_init(&cache, SIZE_MAX);
    cached = counted(&cache, "job");
    row = made_row(); // of "job" in "org"
    folded(row, made_saying(JOB_STARTED, 1, 0, 1, "of the other"));
    cache_replace(&cache, cached, row);
    assert_ptr_equal(get(&cache, "job"), cached);
    assert_ptr_equal(cached->row, row);
    assert_true(cache.bytes == cached->bytes);
    assert_true(cached->bytes >= row_bytes(row));
    cache.bytes_max = 0;
    cache_trim(&cache); // takes the key out of the table
    assert_false(has(&cache, "job"));
    cache_clear(&cache);
}

static void many_rows_are_all_found_and_all_dropped(void **state)
{
    enum { MANY = 1000 };
    struct cache cache;
    char job[16];

    (void)state;
    cache_init(&cache, 77);
    for (int i = 0; i < MANY; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        counted(&cache, job)->listed = 1;
    }
    cache_trim(&cache);
    for (int i = 0; i < MANY; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        assert_true(has(&cache, job));
    }
    assert_int_equal(cache.rows, MANY);
    cache_clear(&cache); // listed or not
    assert_int_equal(cache.rows, 0);
    assert_true(cache.bytes == 0);
    assert_int_equal(cache.bytes_max, 77);
    assert_false(has(&cache, "job-1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_becomes_a_new_row_of_unknown_base),
        cmocka_unit_test(job_and_organisation_do_not_run_together),
        cmocka_unit_test(the_longest_unused_goes_first),
        cmocka_unit_test(looking_is_no_use),
        cmocka_unit_test(nothing_goes_while_the_bound_holds),
        cmocka_unit_test(a_listed_row_is_never_evicted),
        cmocka_unit_test(growth_is_counted_when_it_is_told),
        cmocka_unit_test(a_replaced_row_is_found_by_the_same_key),
        cmocka_unit_test(many_rows_are_all_found_and_all_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
