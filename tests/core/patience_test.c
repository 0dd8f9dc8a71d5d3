// SPDX-License-Identifier: Apache-2.0
// When a record that cannot be understood is held rather than a dead letter.
#include "core/made.h"

#include "core/patience.h"

enum { PATIENCE_US = 1000 };

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

// How many of them were held.
static int refuse(int records, const char *reason, int64_t now_us)
{
    int held = 0;

    for (int i = 0; i < records; i++)
        held += patience_holds(&patience, reason, false, now_us);
    return held;
}

static void one_bad_record_is_a_dead_letter_at_once(void **state)
{
    (void)state;
    assert_int_equal(refuse(1, "BAD", 5), 0);
}

static void a_suspicious_record_is_held_until_patience_ends(void **state)
{
    (void)state;
    assert_true(patience_holds(&patience, "SCHEMA", true, 5));
    assert_true(patience_holds(&patience, "SCHEMA", true, 5 + PATIENCE_US - 1));
    assert_false(patience_holds(&patience, "SCHEMA", true, 5 + PATIENCE_US));
}

static void waited_in_vain_the_next_are_let_go_too(void **state)
{
    (void)state;
    assert_true(patience_holds(&patience, "SCHEMA", true, 0));
    assert_false(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
    assert_false(patience_holds(&patience, "SCHEMA", true, PATIENCE_US + 1));
}

static void a_window_understood_makes_patient_again(void **state)
{
    (void)state;
    assert_true(patience_holds(&patience, "SCHEMA", true, 0));
    assert_false(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
    understand(PATIENCE_WINDOW - 1);
    assert_false(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
    understand(PATIENCE_WINDOW);
    assert_true(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
}

// Two wrong schemas that come in turn must not be waited for in turn for ever.
static void another_reason_does_not_renew_spent_patience(void **state)
{
    (void)state;
    assert_true(patience_holds(&patience, "SCHEMA", true, 0));
    assert_false(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
    assert_false(patience_holds(&patience, "BAD", false, PATIENCE_US));
    assert_false(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
}

static void what_is_understood_while_held_starts_the_wait_anew(void **state)
{
    (void)state;
    assert_true(patience_holds(&patience, "SCHEMA", true, 0));
    understand(1);
    assert_true(patience_holds(&patience, "SCHEMA", true, PATIENCE_US));
    assert_true(patience_holds(&patience, "SCHEMA", true, 2 * PATIENCE_US - 1));
    assert_false(patience_holds(&patience, "SCHEMA", true, 2 * PATIENCE_US));
}

static void more_than_half_of_a_window_refused_is_held(void **state)
{
    (void)state;
    understand(499);
    assert_int_equal(refuse(501, "BAD", 0), 0); // the last of them makes it so
    assert_true(patience_holds(&patience, "BAD", false, 0));
    assert_false(patience_holds(&patience, "BAD", false, PATIENCE_US));
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
        PATIENCE_TEST(waited_in_vain_the_next_are_let_go_too),
        PATIENCE_TEST(a_window_understood_makes_patient_again),
        PATIENCE_TEST(another_reason_does_not_renew_spent_patience),
        PATIENCE_TEST(what_is_understood_while_held_starts_the_wait_anew),
        PATIENCE_TEST(more_than_half_of_a_window_refused_is_held),
        PATIENCE_TEST(half_of_a_window_refused_is_not),
        PATIENCE_TEST(an_old_window_weighs_half),
        PATIENCE_TEST(reasons_are_counted_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
