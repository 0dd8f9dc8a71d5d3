// SPDX-License-Identifier: Apache-2.0
// Erased members: whose events are known, and that a rewritten row is what the fold of the
// rewritten events gives, in any order.
#include "core/erasure.h"

#include "core/made.h"

#define SALT SLICE_LITERAL("salt")

static struct err err;

static struct erasure made_erasure(const char *member, int64_t at_s)
{
    struct erasure erasure = {.erased_at_us = AT(at_s), .salt = SALT};

    assert_int_equal(
        erasure_digest(SALT, SLICE_LITERAL("org"), slice_of(member), erasure.digest, &err), DONE);
    return erasure;
}

static void assert_creator(struct event event, const struct erasures *erasures, const char *creator)
{
    assert_int_equal(erasures_apply(erasures, &event, &err), DONE);
    assert_slice(event.creator_id, creator);
}

static void only_what_they_did_before_is_hidden(void **state)
{
    const struct erasure items[] = {made_erasure("ann", 10), made_erasure("zoe", 10)};
    const struct erasures erasures = {items, 2}, none = {0};
    struct event elsewhere = made_creation(1, 1, "ann"), started = made(JOB_STARTED, 1, 1, 1);

    (void)state;
    elsewhere.organization_id = SLICE_LITERAL("or");
    assert_creator(made_creation(1, 1, "ann"), &erasures, "(erased)");
    assert_creator(made_creation(10, 1, "zoe"), &erasures, "(erased)");
    assert_creator(made_creation(11, 1, "ann"), &erasures, "ann");
    assert_creator(made_creation(1, 1, "ben"), &erasures, "ben");
    assert_creator(made_creation(1, 1, NULL), &erasures, NULL);
    assert_creator(made_creation(1, 1, "ann"), &none, "ann");
    assert_creator(elsewhere, &erasures, "ann");
    assert_creator(started, &erasures, NULL);
}

static void an_erased_creator_is_disputed(void **state)
{
    struct row *row = made_row();

    (void)state;
    folded(row, made_creation(1, 1, "(erased)"));
    assert_true(row->creator_disputed);
    assert_true(row_is_erased(row));
    row_free(row);
}

enum { EVENTS = 5 };

static struct row *fold_in_order(const struct event *events, const size_t *order)
{
    struct row *row = made_row();

    for (size_t i = 0; i < EVENTS; i++)
        folded(row, events[order[i]]);
    return row;
}

static void assert_rewritten(const struct event *events, const struct event *erased,
                             const size_t *order, const char *member)
{
    struct row *rewritten = fold_in_order(events, order), *expected = fold_in_order(erased, order);
    bool changed = false;

    assert_int_equal(row_erase(rewritten, slice_of(member), &changed, &err), DONE);
    assert_true(changed);
    assert_same_row(rewritten, expected);
    changed = false;
    assert_int_equal(row_erase(rewritten, slice_of(member), &changed, &err), DONE);
    assert_false(changed);
    row_free(rewritten);
    row_free(expected);
}

static void rewritten_rows_are_folds_of_rewritten_events(void **state)
{
    struct event events[EVENTS] = {made_creation(2, 1, "ann"), made_creation(1, 2, "ben"),
                                   made_creation(3, 3, "ann"), made(JOB_STARTED, 1, 4, 4),
                                   made(JOB_CANCELLED, 1, 5, 5)};
    const char *const members[] = {"ann", "ben"};

    (void)state;
    events[2].message = SLICE_LITERAL("the statement that is shown is a creation's");
    for (size_t m = 0; m < 2; m++)
        for (size_t first = 0; first < EVENTS; first++) {
            const struct erasure item = made_erasure(members[m], 100);
            const struct erasures erasures = {&item, 1};
            struct event erased[EVENTS];
            size_t order[EVENTS];

            for (size_t i = 0; i < EVENTS; i++) {
                order[i] = (first + i * 2) % EVENTS;
                erased[i] = events[i];
                assert_int_equal(erasures_apply(&erasures, &erased[i], &err), DONE);
            }
            assert_rewritten(events, erased, order, members[m]);
        }
}

static void who_is_not_named_changes_nothing(void **state)
{
    struct row *row = made_row();
    bool changed = false;

    (void)state;
    folded(row, made_creation(1, 1, "ann"));
    assert_int_equal(row_erase(row, SLICE_LITERAL("an"), &changed, &err), DONE);
    assert_false(changed);
    assert_false(row->creator_disputed);
    assert_int_equal(row_erase(row, SLICE_NULL, &changed, &err), DONE); // everybody
    assert_true(changed && row->creator_disputed);
    row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_they_did_before_is_hidden),
        cmocka_unit_test(an_erased_creator_is_disputed),
        cmocka_unit_test(rewritten_rows_are_folds_of_rewritten_events),
        cmocka_unit_test(who_is_not_named_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
