// SPDX-License-Identifier: Apache-2.0
// Nobody has more than their share, and whoever gives back has room again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/failing_malloc.h"
#include "view/share.h"

static struct share *share;

static int begin(void **state)
{
    struct err err;

    (void)state;
    return share_new(&(struct share_limits){.member = 2, .organization = 3, .all = 4}, &share,
                     &err);
}

static int end(void **state)
{
    (void)state;
    share_free(share);
    return 0;
}

static enum share_answer take(const char *organization, const char *member)
{
    return share_take(share, slice_of(organization), slice_of(member), 1);
}

static void give_back(const char *organization, const char *member)
{
    share_give_back(share, slice_of(organization), slice_of(member), 1);
}

static void each_has_their_own(void **state)
{
    (void)state;
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    assert_int_equal(take("acme", "ada"), SHARE_OF_MEMBER);
    assert_int_equal(take("acme", "bob"), SHARE_TAKEN);
    assert_int_equal(take("acme", "bob"), SHARE_OF_ORGANIZATION);
    assert_int_equal(take("acme", "eve"), SHARE_OF_ORGANIZATION);
    // Of the same name, and somebody else.
    assert_int_equal(take("umbrella", "ada"), SHARE_TAKEN);
    assert_int_equal(take("umbrella", "ada"), SHARE_OF_ALL);
}

static void what_is_given_back_is_free(void **state)
{
    (void)state;
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    give_back("acme", "ada");
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    assert_int_equal(take("acme", "ada"), SHARE_OF_MEMBER);
    for (int i = 0; i < 2; i++)
        give_back("acme", "ada");
    for (int i = 0; i < 2; i++)
        assert_int_equal(take("acme", "bob"), SHARE_TAKEN);
    for (int i = 0; i < 2; i++)
        assert_int_equal(take("umbrella", "ada"), SHARE_TAKEN);
}

// What nobody took is nobody's to give back.
static void a_stranger_gives_nothing_back(void **state)
{
    (void)state;
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    give_back("acme", "bob");
    give_back("umbrella", "ada");
    assert_int_equal(take("acme", "ada"), SHARE_OF_MEMBER);
}

static void without_memory_nothing_is_taken(void **state)
{
    int failures = 0;

    (void)state;
    for (int nth = 1;; nth++) {
        enum share_answer answer;

        failing_malloc_after(nth);
        answer = take("acme", "ada");
        if (!failing_malloc_happened())
            break;
        assert_int_equal(answer, SHARE_NO_MEMORY);
        failures++;
    }
    failing_malloc_never();
    assert_true(failures > 2);
    assert_int_equal(take("acme", "ada"), SHARE_TAKEN);
    assert_int_equal(take("acme", "ada"), SHARE_OF_MEMBER);
}

// Whoever has nothing gets it, however much it is; then nothing more.
static void much_at_once(void **state)
{
    const struct slice acme = slice_of("acme"), ada = slice_of("ada"), bob = slice_of("bob");

    (void)state;
    assert_int_equal(share_take(share, acme, ada, SIZE_MAX / 2), SHARE_TAKEN);
    assert_int_equal(share_take(share, acme, ada, 1), SHARE_OF_MEMBER);
    assert_int_equal(share_take(share, acme, bob, SIZE_MAX), SHARE_OF_ORGANIZATION);
    assert_int_equal(share_take(share, slice_of("umbrella"), ada, 1), SHARE_OF_ALL);
    share_give_back(share, acme, ada, SIZE_MAX / 2);
    assert_int_equal(share_take(share, acme, bob, 2), SHARE_TAKEN);
    assert_int_equal(share_take(share, acme, ada, 2), SHARE_OF_ORGANIZATION);
    assert_int_equal(share_take(share, acme, ada, 1), SHARE_TAKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(each_has_their_own),
        TEST(what_is_given_back_is_free),
        TEST(a_stranger_gives_nothing_back),
        TEST(much_at_once),
        TEST(without_memory_nothing_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
