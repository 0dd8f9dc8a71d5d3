// SPDX-License-Identifier: Apache-2.0
// Requests come in their order, those that wait when they are due, and a member's when it is their
// turn.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "serve/http/work_list.h"

enum { LONG_US = 1000 * 1000 * 1000 };

static const struct work_limits wide = {
    .member_busy = 100,
    .beside_others_busy = 100,
    .organization_busy = 100,
    .held = {.member = 100, .organization = 100, .all = 100},
};

static bool add(struct work_list *list, struct work_item *item, const char *organization_id,
                const char *claim)
{
    return work_list_add(list, item, slice_of(organization_id), slice_of(claim));
}

static void work_comes_in_order_and_when_due(void **state)
{
    int64_t now_us = clock_monotonic_us();
    struct work_item items[5];
    struct work_list list;
    bool closed;

    (void)state;
    work_list_init(&list, &wide);
    assert_null(work_list_take(&list, now_us, &closed));
    assert_false(closed);
    assert_true(add(&list, &items[0], "", ""));
    assert_true(add(&list, &items[1], "", ""));
    work_list_add_later(&list, &items[3], now_us + LONG_US);
    work_list_add_later(&list, &items[2], now_us - 1);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[2]);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[0]);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[1]);
    assert_null(work_list_take(&list, now_us, &closed)); // the last is not due
    assert_true(add(&list, &items[0], "", ""));
    work_list_close(&list);
    assert_false(add(&list, &items[4], "", ""));
    // What is there is handed out all the same, due or not.
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[3]);
    assert_ptr_equal(work_list_take(&list, INT64_MAX / 2, &closed), &items[0]);
    assert_false(closed);
    assert_null(work_list_take(&list, INT64_MAX / 2, &closed));
    assert_true(closed);
    work_list_destroy(&list);
}

static enum share_answer queue(struct work_list *list, struct work_item *item,
                               const char *organization_id, const char *member)
{
    return work_list_queue(list, item, slice_of(organization_id), slice_of(member));
}

static struct work_item *take(struct work_list *list)
{
    bool closed;

    return work_list_take(list, 0, &closed);
}

static void organizations_take_turns_and_so_do_their_members(void **state)
{
    struct work_item root[3], ada[2], bob[2], unknown;
    struct work_list list;

    (void)state;
    work_list_init(&list, &wide);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(queue(&list, &root[i], "org-a", "root"), SHARE_TAKEN);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(queue(&list, &ada[i], "org-a", "ada"), SHARE_TAKEN);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(queue(&list, &bob[i], "org-b", "bob"), SHARE_TAKEN);
    assert_true(add(&list, &unknown, "", ""));
    assert_ptr_equal(take(&list), &unknown); // who asks is found out first
    {
        struct work_item *const order[] = {&root[0], &bob[0], &ada[0], &bob[1],
                                           &root[1], &ada[1], &root[2]};

        for (size_t i = 0; i < sizeof order / sizeof *order; i++)
            assert_ptr_equal(take(&list), order[i]);
        assert_null(take(&list));
        for (size_t i = 0; i < sizeof order / sizeof *order; i++)
            work_list_done(&list, order[i]);
    }
    assert_null(list.known.organizations); // who has nothing is forgotten
    work_list_destroy(&list);
}

static void who_is_not_known_leaves_every_other_turn_to_others(void **state)
{
    struct work_item unknown[4], root[2];
    struct work_list list;

    (void)state;
    work_list_init(&list, &wide);
    for (size_t i = 0; i < 4; i++)
        assert_true(add(&list, &unknown[i], "", ""));
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(queue(&list, &root[i], "org-a", "root"), SHARE_TAKEN);
    {
        struct work_item *const order[] = {&unknown[0], &root[0],    &unknown[1],
                                           &root[1],    &unknown[2], &unknown[3]};

        for (size_t i = 0; i < sizeof order / sizeof *order; i++)
            assert_ptr_equal(take(&list), order[i]);
    }
    work_list_done(&list, &root[0]);
    work_list_done(&list, &root[1]);
    work_list_destroy(&list);
}

// However many ask before, as long as they claim to be others.
static void who_is_not_known_waits_behind_those_who_claim_the_same(void **state)
{
    struct work_item root[3], ada[2], bob[2];
    struct work_list list;

    (void)state;
    work_list_init(&list, &wide);
    for (size_t i = 0; i < 3; i++)
        assert_true(add(&list, &root[i], "org-a", "Bearer root"));
    for (size_t i = 0; i < 2; i++)
        assert_true(add(&list, &ada[i], "org-a", "Bearer ada"));
    for (size_t i = 0; i < 2; i++)
        assert_true(add(&list, &bob[i], "org-b", "Bearer bob"));
    {
        struct work_item *const order[] = {&root[0], &bob[0], &ada[0], &bob[1],
                                           &root[1], &ada[1], &root[2]};

        for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
            assert_ptr_equal(take(&list), order[i]);
            assert_null(order[i]->turn); // and costs nobody anything
        }
    }
    assert_null(list.claimed.organizations);
    work_list_destroy(&list);
}

static void nobody_has_all_threads(void **state)
{
    const struct work_limits limits = {
        .member_busy = 2, .beside_others_busy = 3, .organization_busy = 3, .held = wide.held};
    struct work_item root[4], ada[2], bob;
    struct work_list list;
    bool closed;

    (void)state;
    work_list_init(&list, &limits);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(queue(&list, &root[i], "org-a", "root"), SHARE_TAKEN);
    assert_ptr_equal(take(&list), &root[0]);
    assert_ptr_equal(take(&list), &root[1]);
    assert_null(take(&list)); // also where nobody else waits
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(queue(&list, &ada[i], "org-a", "ada"), SHARE_TAKEN);
    assert_ptr_equal(take(&list), &ada[0]);
    assert_null(take(&list));
    assert_int_equal(queue(&list, &bob, "org-b", "bob"), SHARE_TAKEN);
    assert_ptr_equal(take(&list), &bob);
    // One that waits for a moment keeps no thread, and comes back as any other of its member's.
    work_list_add_later(&list, &root[0], 0);
    assert_ptr_equal(take(&list), &root[2]);
    assert_null(take(&list));
    work_list_done(&list, &root[1]);
    assert_ptr_equal(take(&list), &ada[1]);
    work_list_close(&list); // then all is handed out
    assert_ptr_equal(work_list_take(&list, 0, &closed), &root[3]);
    assert_ptr_equal(work_list_take(&list, 0, &closed), &root[0]);
    assert_null(work_list_take(&list, 0, &closed));
    assert_true(closed);
    for (size_t i = 0; i < 4; i++)
        work_list_done(&list, &root[i]);
    work_list_done(&list, &ada[0]);
    work_list_done(&list, &ada[1]);
    work_list_done(&list, &bob);
    assert_null(list.known.organizations);
    work_list_destroy(&list);
}

// Who asks alone has more than who asks beside others, and has it again when they are silent.
static void an_organization_beside_others_has_less(void **state)
{
    const struct work_limits limits = {
        .member_busy = 4, .beside_others_busy = 2, .organization_busy = 3, .held = wide.held};
    struct work_turns turns = {.limits = limits};
    struct work_item root[4], bob;
    enum { BEGAN_US = 5 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(work_turn_hold(&turns, slice_of("org-a"), slice_of("root"), &root[i].turn),
                         SHARE_TAKEN);
        work_turn_append(&turns, &root[i]);
    }
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(work_turn_take(&turns, BEGAN_US, false), &root[i]);
    assert_null(work_turn_take(&turns, BEGAN_US, false));
    assert_int_equal(work_turn_hold(&turns, slice_of("org-b"), slice_of("bob"), &bob.turn),
                     SHARE_TAKEN);
    work_turn_append(&turns, &bob);
    assert_ptr_equal(work_turn_take(&turns, BEGAN_US, false), &bob);
    work_turn_rest(bob.turn);
    work_turn_let_go(&turns, bob.turn);
    work_turn_rest(root[0].turn);
    assert_null(work_turn_take(&turns, BEGAN_US + WORK_RECENT_US - 1, false));
    assert_ptr_equal(work_turn_take(&turns, BEGAN_US + WORK_RECENT_US, false), &root[3]);
    for (size_t i = 1; i < 4; i++)
        work_turn_rest(root[i].turn);
    for (size_t i = 0; i < 4; i++)
        work_turn_let_go(&turns, root[i].turn);
    assert_null(turns.organizations);
}

static void nobody_waits_with_more_than_a_share(void **state)
{
    const struct work_limits limits = {
        .member_busy = 9, .beside_others_busy = 9, .organization_busy = 9, .held = {2, 3, 4}};
    struct work_item items[4], more;
    struct work_list list;

    (void)state;
    work_list_init(&list, &limits);
    assert_int_equal(queue(&list, &items[0], "org-a", "root"), SHARE_TAKEN);
    assert_int_equal(queue(&list, &items[1], "org-a", "root"), SHARE_TAKEN);
    assert_int_equal(queue(&list, &more, "org-a", "root"), SHARE_OF_MEMBER);
    assert_int_equal(queue(&list, &items[2], "org-a", "ada"), SHARE_TAKEN);
    assert_int_equal(queue(&list, &more, "org-a", "eve"), SHARE_OF_ORGANIZATION);
    assert_int_equal(queue(&list, &items[3], "org-b", "bob"), SHARE_TAKEN);
    assert_int_equal(queue(&list, &more, "org-c", "carl"), SHARE_OF_ALL);
    assert_ptr_equal(take(&list), &items[0]);
    assert_int_equal(queue(&list, &more, "org-a", "root"), SHARE_OF_MEMBER); // it is worked on
    work_list_done(&list, &items[0]);
    assert_int_equal(queue(&list, &items[0], "org-a", "root"), SHARE_TAKEN);
    for (size_t i = 0; i < 4; i++)
        work_list_done(&list, take(&list));
    assert_null(list.known.organizations);
    work_list_destroy(&list);
}

static void the_last_thread_is_nobodys_alone(void **state)
{
    (void)state;
    for (size_t threads = 2; threads <= 256; threads++) {
        struct work_limits limits = work_limits_of(threads, 1000);

        assert_true(limits.member_busy && limits.member_busy <= limits.organization_busy);
        assert_true(limits.organization_busy < threads);
        assert_true(limits.beside_others_busy && limits.beside_others_busy <= threads / 2);
        assert_true(limits.held.member < limits.held.organization);
        assert_true(limits.held.organization < limits.held.all);
    }
    assert_int_equal(work_limits_of(1, 1).organization_busy, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_comes_in_order_and_when_due),
        cmocka_unit_test(organizations_take_turns_and_so_do_their_members),
        cmocka_unit_test(who_is_not_known_leaves_every_other_turn_to_others),
        cmocka_unit_test(who_is_not_known_waits_behind_those_who_claim_the_same),
        cmocka_unit_test(nobody_has_all_threads),
        cmocka_unit_test(an_organization_beside_others_has_less),
        cmocka_unit_test(nobody_waits_with_more_than_a_share),
        cmocka_unit_test(the_last_thread_is_nobodys_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
