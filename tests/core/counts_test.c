// SPDX-License-Identifier: Apache-2.0
// How a batch changes the totals.
#include "core/made.h"

#include <stdio.h>

#include "core/counts.h"

static struct counts counts;
static struct arena arena;
static const struct count_delta *deltas;
static size_t delta_count;

static void add(const char *organization, const char *type, enum job_status status, int64_t delta)
{
    struct err err;

    assert_int_equal(
        counts_add(&counts, slice_of(organization), slice_of(type), status, delta, &err), DONE);
}

static void list(void)
{
    struct err err;

    assert_int_equal(counts_list(&counts, &arena, &deltas, &delta_count, &err), DONE);
}

static void assert_delta(size_t place, const char *organization, const char *type,
                         enum job_status status, int64_t delta)
{
    assert_true(place < delta_count);
    assert_slice(deltas[place].organization_id, organization);
    assert_slice(deltas[place].type, type);
    assert_int_equal(deltas[place].status, status);
    assert_true(deltas[place].delta == delta);
}

static int open_counts(void **state)
{
    (void)state;
    arena_init(&arena);
    counts_init(&counts);
    return 0;
}

static int close_counts(void **state)
{
    (void)state;
    counts_clear(&counts);
    arena_reset(&arena);
    return 0;
}

static void nothing_added_is_nothing_listed(void **state)
{
    (void)state;
    list();
    assert_int_equal(delta_count, 0);
}

static void the_same_total_is_summed(void **state)
{
    (void)state;
    add("org", "Load", STATUS_RUNNING, 1);
    add("org", "Load", STATUS_RUNNING, 1);
    add("org", "Load", STATUS_RUNNING, -5);
    list();
    assert_int_equal(delta_count, 1);
    assert_delta(0, "org", "Load", STATUS_RUNNING, -3);
}

static void what_sums_to_nothing_is_left_out(void **state)
{
    (void)state;
    add("org", "Load", STATUS_RUNNING, 1);
    add("org", "Load", STATUS_FAILED, 1);
    add("org", "Load", STATUS_RUNNING, -1);
    list();
    assert_int_equal(delta_count, 1);
    assert_delta(0, "org", "Load", STATUS_FAILED, 1);
}

static void they_are_sorted_by_organisation_type_and_status(void **state)
{
    (void)state;
    add("b", "Load", STATUS_ACCEPTED, 1);
    add("a", "Seed", STATUS_ACCEPTED, 2);
    add("a", "Load", STATUS_FAILED, 3);
    add("a", "Load", STATUS_RUNNING, 4);
    add("a", NULL, STATUS_DISMISSED, 5);
    list();
    assert_int_equal(delta_count, 5);
    assert_delta(0, "a", "", STATUS_DISMISSED, 5);
    assert_delta(1, "a", "Load", STATUS_RUNNING, 4);
    assert_delta(2, "a", "Load", STATUS_FAILED, 3);
    assert_delta(3, "a", "Seed", STATUS_ACCEPTED, 2);
    assert_delta(4, "b", "Load", STATUS_ACCEPTED, 1);
}

static void an_absent_type_counts_as_the_empty_one(void **state)
{
    (void)state;
    add("org", NULL, STATUS_RUNNING, 1);
    add("org", "", STATUS_RUNNING, 1);
    list();
    assert_int_equal(delta_count, 1);
    assert_delta(0, "org", "", STATUS_RUNNING, 2);
}

static void organisation_and_type_do_not_run_together(void **state)
{
    (void)state;
    add("a", "bc", STATUS_RUNNING, 1);
    add("ab", "c", STATUS_RUNNING, 1);
    list();
    assert_int_equal(delta_count, 2);
}

static void the_longest_names_fit(void **state)
{
    char organization[ID_MAX_BYTES + 1] = {0}, type[TYPE_MAX_BYTES + 1] = {0};

    (void)state;
    memset(organization, 'o', ID_MAX_BYTES);
    memset(type, 't', TYPE_MAX_BYTES);
    add(organization, type, STATUS_RUNNING, 1);
    list();
    assert_delta(0, organization, type, STATUS_RUNNING, 1);
}

static void many_totals_are_kept_apart(void **state)
{
    static char types[1000][16];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(types[i], sizeof types[i], "t%04d", i);
        add("org", types[i], STATUS_RUNNING, i + 1);
    }
    list();
    assert_int_equal(delta_count, 1000);
    for (int i = 0; i < 1000; i++)
        assert_delta((size_t)i, "org", types[i], STATUS_RUNNING, i + 1);
}

#define COUNTS_TEST(name) cmocka_unit_test_setup_teardown(name, open_counts, close_counts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COUNTS_TEST(nothing_added_is_nothing_listed),
        COUNTS_TEST(the_same_total_is_summed),
        COUNTS_TEST(what_sums_to_nothing_is_left_out),
        COUNTS_TEST(they_are_sorted_by_organisation_type_and_status),
        COUNTS_TEST(an_absent_type_counts_as_the_empty_one),
        COUNTS_TEST(organisation_and_type_do_not_run_together),
        COUNTS_TEST(the_longest_names_fit),
        COUNTS_TEST(many_totals_are_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
