// SPDX-License-Identifier: Apache-2.0
// The history: three bounded sets, each by its own winning rule, best first.
#include "core/made.h"

#include <stdlib.h>

static bool added(struct history *history, struct event event)
{
    bool changed = false;
    struct err err;

    assert_int_equal(history_add(history, &event, &changed, &err), DONE);
    return changed;
}

static struct event entry(const struct history *history, enum history_set_kind set, int place)
{
    assert_true(place < history->count[set]);
    return history_event(history, set, place);
}

static void each_kind_has_its_set_and_ticks_have_none(void **state)
{
    static const int sets[EVENT_KINDS] = {HISTORY_CREATIONS, HISTORY_STARTS, -1,
                                          HISTORY_ENDS,      HISTORY_ENDS,   HISTORY_ENDS};

    (void)state;
    for (int kind = 0; kind < EVENT_KINDS; kind++) {
        enum history_set_kind set;

        assert_int_equal(history_set_of((enum event_kind)kind, &set), sets[kind] >= 0);
        if (sets[kind] >= 0)
            assert_int_equal((int)set, sets[kind]);
    }
}

static void a_tick_changes_nothing(void **state)
{
    struct history history = {0};

    (void)state;
    assert_false(added(&history, made_tick(1, 0, 1, 5)));
    assert_true(history.bytes == 0);
}

static void the_earliest_creation_is_first_whatever_its_attempt(void **state)
{
    struct history history = {0};
    struct event late = made_creation(5, 1, "ann"), early = made_creation(4, 2, "bob");

    (void)state;
    late.attempt = 9;
    assert_true(added(&history, late));
    assert_true(added(&history, early));
    assert_slice(entry(&history, HISTORY_CREATIONS, 0).creator_id, "bob");
    assert_slice(entry(&history, HISTORY_CREATIONS, 1).creator_id, "ann");
    history_clear(&history);
}

static void the_highest_attempt_comes_first_then_the_earliest(void **state)
{
    struct history history = {0};
    const struct event offered[] = {made(JOB_FAILED, 1, 1, 1), made(JOB_SUCCEEDED, 2, 9, 2),
                                    made(JOB_CANCELLED, 2, 8, 3)};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(added(&history, offered[i]));
    assert_int_equal(entry(&history, HISTORY_ENDS, 0).kind, JOB_CANCELLED);
    assert_int_equal(entry(&history, HISTORY_ENDS, 1).kind, JOB_SUCCEEDED);
    assert_int_equal(entry(&history, HISTORY_ENDS, 2).kind, JOB_FAILED);
    history_clear(&history);
}

static void the_same_event_is_kept_once(void **state)
{
    struct history history = {0};
    size_t bytes;

    (void)state;
    assert_true(added(&history, made_creation(0, 1, "ann")));
    bytes = history.bytes;
    assert_false(added(&history, made_creation(0, 1, "ann")));
    assert_int_equal(history.count[HISTORY_CREATIONS], 1);
    assert_true(history.bytes == bytes);
    history_clear(&history);
}

static void one_id_used_for_two_facts_is_two_entries(void **state)
{
    struct history history = {0};

    (void)state;
    assert_true(added(&history, made_creation(0, 1, "ann")));
    assert_true(added(&history, made_creation(0, 1, "bob")));
    assert_int_equal(history.count[HISTORY_CREATIONS], 2);
    history_clear(&history);
}

static void sixteen_are_kept_and_the_worst_gives_way(void **state)
{
    struct history history = {0};

    (void)state;
    for (unsigned char i = 1; i <= 16; i++)
        assert_true(added(&history, made(JOB_STARTED, 1, i, i)));
    assert_false(added(&history, made(JOB_STARTED, 1, 17, 17)));
    assert_int_equal(history.count[HISTORY_STARTS], 16);
    assert_true(added(&history, made(JOB_STARTED, 1, 0, 18)));
    assert_int_equal(history.count[HISTORY_STARTS], 16);
    assert_true(entry(&history, HISTORY_STARTS, 0).occurred_at_us == AT(0));
    assert_true(entry(&history, HISTORY_STARTS, 15).occurred_at_us == AT(15));
    history_clear(&history);
}

static void a_message_is_cut_to_256_bytes_between_characters(void **state)
{
    struct history history = {0};
    char *text = made_text('x', 300);
    struct event event = made(JOB_STARTED, 1, 0, 1);

    (void)state;
    event.message = (struct slice){text, 256};
    assert_true(added(&history, event));
    assert_int_equal(entry(&history, HISTORY_STARTS, 0).message.size, 256);
    event.message.size = 257;
    assert_false(added(&history, event)); // the same as far as it is kept
    history_clear(&history);

    memcpy(text + 254, "\xe2\x82\xac", 3);
    assert_true(added(&history, event));
    assert_int_equal(entry(&history, HISTORY_STARTS, 0).message.size, 254);
    history_clear(&history);
    free(text);
}

// A cut before the character at byte 254 makes the longer message the lesser one.
static void what_is_kept_of_the_deciding_event_comes_first(void **state)
{
    struct row *row = made_row();
    char *plain = made_text('x', 260), *other = made_text('x', 260);
    struct event a = made_failure(1, 0, 1, NULL, NULL), b = a;

    (void)state;
    memcpy(other + 254, "\xe2\x82\xac", 3);
    a.message = (struct slice){plain, 260};
    b.message = (struct slice){other, 260};
    folded(row, a);
    folded(row, b);
    assert_int_equal(row->history.count[HISTORY_ENDS], 2);
    assert_int_equal(entry(&row->history, HISTORY_ENDS, 0).message.size,
                     slice_equal(text_slice(&row->end.message), b.message) ? 254 : 256);
    row_free(row);
    free(plain);
    free(other);
}

static void absent_and_empty_messages_stay_apart(void **state)
{
    struct history history = {0};

    (void)state;
    assert_true(added(&history, made_saying(JOB_STARTED, 1, 0, 1, NULL)));
    assert_true(added(&history, made_saying(JOB_STARTED, 1, 0, 1, "")));
    assert_null(entry(&history, HISTORY_STARTS, 0).message.data);
    assert_non_null(entry(&history, HISTORY_STARTS, 1).message.data);
    assert_int_equal(entry(&history, HISTORY_STARTS, 1).message.size, 0);
    history_clear(&history);
}

static void an_entry_tells_its_event_again(void **state)
{
    struct history history = {0};
    struct event event = made(JOB_CANCELLED, 3, 7, 9), again;

    (void)state;
    event.has_command = true;
    event.command_id.bytes[5] = 6;
    event.message = SLICE_LITERAL("as you wish");
    assert_true(added(&history, event));
    again = entry(&history, HISTORY_ENDS, 0);
    assert_int_equal(again.kind, JOB_CANCELLED);
    assert_int_equal(again.attempt, 3);
    assert_true(again.occurred_at_us == AT(7));
    assert_int_equal(again.id.bytes[0], 9);
    assert_true(again.has_command);
    assert_int_equal(again.command_id.bytes[5], 6);
    assert_slice(again.message, "as you wish");
    assert_true(again.message.data != event.message.data);
    history_clear(&history);
}

static void joining_gives_what_adding_all_gives(void **state)
{
    struct history left = {0}, right = {0}, all = {0};
    bool changed = false;
    struct err err;

    (void)state;
    for (unsigned char i = 0; i < 24; i++) {
        struct event event = made(JOB_STARTED, 1 + i % 3, i, i);

        added(i % 2 ? &left : &right, event);
        added(&all, event);
    }
    assert_int_equal(history_join(&left, &right, &changed, &err), DONE);
    assert_true(changed);
    assert_int_equal(left.count[HISTORY_STARTS], 16);
    for (int i = 0; i < 16; i++)
        assert_int_equal(entry(&left, HISTORY_STARTS, i).id.bytes[0],
                         entry(&all, HISTORY_STARTS, i).id.bytes[0]);
    assert_true(left.bytes == all.bytes);

    changed = false;
    assert_int_equal(history_join(&left, &right, &changed, &err), DONE);
    assert_false(changed);
    history_clear(&left);
    history_clear(&right);
    history_clear(&all);
    assert_true(left.bytes == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_set_and_ticks_have_none),
        cmocka_unit_test(a_tick_changes_nothing),
        cmocka_unit_test(the_earliest_creation_is_first_whatever_its_attempt),
        cmocka_unit_test(the_highest_attempt_comes_first_then_the_earliest),
        cmocka_unit_test(the_same_event_is_kept_once),
        cmocka_unit_test(one_id_used_for_two_facts_is_two_entries),
        cmocka_unit_test(sixteen_are_kept_and_the_worst_gives_way),
        cmocka_unit_test(a_message_is_cut_to_256_bytes_between_characters),
        cmocka_unit_test(what_is_kept_of_the_deciding_event_comes_first),
        cmocka_unit_test(absent_and_empty_messages_stay_apart),
        cmocka_unit_test(an_entry_tells_its_event_again),
        cmocka_unit_test(joining_gives_what_adding_all_gives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
