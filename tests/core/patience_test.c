// SPDX-License-Identifier: Apache-2.0
// When a record that cannot be understood is held rather than a dead letter.
#include "core/made.h"

#include "core/patience.h"

enum { PATIENCE_US = 1000 };

enum { ANOTHER_HOUR = 3600 * 1000 * 1000L };

static struct patience patience;

static int open_patience(void **state)
{
    (void)state;
    patience_init(&patience, PATIENCE_US);
    return 0;
}

static void understand(int records)
{
    for (int i = 0; i < records; i++)
        patience_understood(&patience);
}

// Whether a record of that schema is held.
static bool holds(unsigned char schema, int64_t now_us)
{
    const struct awaited awaited = {.reason = "SCHEMA", .name = {schema, 1}};

    return patience_holds(&patience, &awaited, true, now_us);
}

static bool holds_bad(const char *reason, int64_t now_us)
{
    const struct awaited awaited = {.reason = reason};

    return patience_holds(&patience, &awaited, false, now_us);
}

// How many of them were held.
static int refuse(int records, const char *reason, int64_t now_us)
{
    int held = 0;

    for (int i = 0; i < records; i++)
        held += holds_bad(reason, now_us);
    return held;
}

static void wait_in_vain(unsigned char schema, int64_t now_us)
{
    assert_true(holds(schema, now_us));
    assert_false(holds(schema, now_us + PATIENCE_US));
}

static void one_bad_record_is_a_dead_letter_at_once(void **state)
{
    (void)state;
    assert_int_equal(refuse(1, "BAD", 5), 0);
}

static void a_suspicious_record_is_held_until_patience_ends(void **state)
{
    (void)state;
    assert_true(holds(1, 5));
    assert_true(holds(1, 5 + PATIENCE_US - 1));
    assert_false(holds(1, 5 + PATIENCE_US));
}

static void waited_in_vain_it_is_not_waited_for_again_for_an_hour(void **state)
{
    (void)state;
    wait_in_vain(1, 0);
    for (int64_t at = PATIENCE_US; at < PATIENCE_US + ANOTHER_HOUR; at += ANOTHER_HOUR / 8) {
        understand(2 * PATIENCE_WINDOW); // whatever is understood meanwhile
        assert_false(holds(1, at));
    }
    wait_in_vain(1, PATIENCE_US + ANOTHER_HOUR);
}

// One emitter with a wrong schema costs the others nothing of their patience.
static void each_schema_has_a_wait_of_its_own(void **state)
{
    (void)state;
    wait_in_vain(1, 0);
    wait_in_vain(2, PATIENCE_US);
    assert_false(holds(1, 2 * PATIENCE_US));
    assert_false(holds(2, 2 * PATIENCE_US));
    assert_true(holds(3, 2 * PATIENCE_US));
}

static void the_records_of_a_schema_share_one_wait(void **state)
{
    (void)state;
    assert_true(holds(1, 0));               // of one partition
    assert_true(holds(1, PATIENCE_US - 1)); // and of another
    assert_false(holds(1, PATIENCE_US));
    assert_false(holds(1, PATIENCE_US));
}

// The gate held a partition for ever because another one had traffic.
static void nothing_but_the_clock_moves_a_wait(void **state)
{
    (void)state;
    assert_true(holds(1, 0));
    understand(2 * PATIENCE_WINDOW);
    assert_int_equal(refuse(10, "BAD", PATIENCE_US / 2), 0);
    assert_true(holds(2, PATIENCE_US - 1));
    understand(1);
    assert_false(holds(1, PATIENCE_US));
    assert_true(holds(2, PATIENCE_US));
}

// Its partition went to somebody else: who comes later waits for as long as anybody.
static void a_wait_that_nobody_asks_about_is_over(void **state)
{
    (void)state;
    assert_true(holds(1, 0));
    assert_true(holds(1, PATIENCE_ABANDONED_US));
    assert_false(holds(1, PATIENCE_ABANDONED_US + PATIENCE_US));
}

static void who_makes_schemas_up_is_waited_for_a_few_times_an_hour(void **state)
{
    unsigned char made_up = 0;
    int64_t now_us = 0;

    (void)state;
    for (; made_up < PATIENCE_IN_VAIN; now_us += PATIENCE_US)
        wait_in_vain(made_up++, now_us);
    assert_false(holds(made_up++, now_us));
    assert_false(holds(made_up++, ANOTHER_HOUR));
    assert_true(holds(made_up++, PATIENCE_US + ANOTHER_HOUR)); // the first is forgotten
}

static void waits_under_way_are_bounded_and_all_end(void **state)
{
    (void)state;
    for (int i = 0; i < PATIENCE_WAITS; i++)
        assert_true(holds((unsigned char)i, 0));
    assert_false(holds(PATIENCE_WAITS, 0));
    for (int i = 0; i < PATIENCE_WAITS; i++)
        assert_true(holds((unsigned char)i, PATIENCE_US - 1));
    for (int i = 0; i < PATIENCE_WAITS; i++)
        assert_false(holds((unsigned char)i, PATIENCE_US));
}

static void without_patience_nothing_is_held(void **state)
{
    (void)state;
    patience_init(&patience, 0);
    assert_false(holds(1, 0));
    understand(PATIENCE_WINDOW / 2);
    assert_int_equal(refuse(2 * PATIENCE_WINDOW, "BAD", 0), 0);
}

static void more_than_half_of_a_window_refused_is_held(void **state)
{
    (void)state;
    understand(499);
    assert_int_equal(refuse(501, "BAD", 0), 0); // the last of them makes it so
    assert_true(holds_bad("BAD", 0));
    understand(PATIENCE_WINDOW); // in another partition: it is waited for all the same
    assert_true(holds_bad("BAD", PATIENCE_US - 1));
    assert_false(holds_bad("BAD", PATIENCE_US));
    assert_int_equal(refuse(2 * PATIENCE_WINDOW, "BAD", PATIENCE_US), 0);
}

static void half_of_a_window_refused_is_not(void **state)
{
    (void)state;
    understand(500);
    assert_int_equal(refuse(501, "BAD", 0), 0);
}

static void an_old_window_weighs_half(void **state)
{
    (void)state;
    understand(PATIENCE_WINDOW);
    // 500 of the understood still count; then more than half is more than 500 refused.
    assert_int_equal(refuse(500, "BAD", 0), 0);
    assert_int_equal(refuse(1, "BAD", 0), 0);
    assert_int_equal(patience.window, 501);
    assert_int_equal(patience.refused, 251);
}

static void reasons_are_counted_apart(void **state)
{
    (void)state;
    assert_int_equal(refuse(400, "BAD", 0), 0);
    assert_int_equal(refuse(400, "WORSE", 0), 0);
    assert_int_equal(refuse(400, "BAD", 0), 0);
}

#define PATIENCE_TEST(name) cmocka_unit_test_setup(name, open_patience)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENCE_TEST(one_bad_record_is_a_dead_letter_at_once),
        PATIENCE_TEST(a_suspicious_record_is_held_until_patience_ends),
        PATIENCE_TEST(waited_in_vain_it_is_not_waited_for_again_for_an_hour),
        PATIENCE_TEST(each_schema_has_a_wait_of_its_own),
        PATIENCE_TEST(the_records_of_a_schema_share_one_wait),
        PATIENCE_TEST(nothing_but_the_clock_moves_a_wait),
        PATIENCE_TEST(a_wait_that_nobody_asks_about_is_over),
        PATIENCE_TEST(who_makes_schemas_up_is_waited_for_a_few_times_an_hour),
        PATIENCE_TEST(waits_under_way_are_bounded_and_all_end),
        PATIENCE_TEST(without_patience_nothing_is_held),
        PATIENCE_TEST(more_than_half_of_a_window_refused_is_held),
        PATIENCE_TEST(half_of_a_window_refused_is_not),
        PATIENCE_TEST(an_old_window_weighs_half),
        PATIENCE_TEST(reasons_are_counted_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
