// SPDX-License-Identifier: Apache-2.0
// Rows survive being packed, whatever they hold and whichever message is shown.
#include "core/made.h"

#include "core/pack.h"

// Unpacks what the row packs to and wants all of it back: nothing that the fold needs was lost.
static void assert_survives(const struct row *row)
{
    struct job_columns columns;
    struct row *again;
    struct arena arena;
    struct err err;

    arena_init(&arena);
    assert_int_equal(pack_row(row, &arena, &columns, &err), DONE);
    assert_int_equal(unpack_row(&columns, &again, &err), DONE);
    arena_reset(&arena);
    assert_same_row(row, again);
    assert_false(again->history_changed);
    assert_false(again->error_detail_changed);
    assert_int_equal(again->attempt, row->attempt);
    assert_int_equal(again->ran, row->ran);
    assert_int_equal(again->tick, row->tick);
    row_free(again);
}

static void a_row_without_events_survives(void **state)
{
    struct row *row = made_row();

    (void)state;
    assert_survives(row);
    row_free(row);
}

enum parts { CREATION = 1, START = 2, TICK = 4, END = 8, MESSAGES = 16, EXTRAS = 32, ALL = 64 };

static void fold_parts(struct row *row, unsigned parts, enum event_kind end_kind)
{
    struct event creation = made_creation(0, 1, parts & EXTRAS ? "ann" : NULL);
    struct event start = made(JOB_STARTED, 1, 1, 2), tick = made_tick(1, 2, 3, 100);
    struct event end = made(end_kind, 1, 3, 4);

    creation.cancellable = parts & EXTRAS;
    if (parts & MESSAGES) {
        creation.message = SLICE_LITERAL("created");
        start.message = SLICE_LITERAL("");
        end.message = SLICE_LITERAL("ended");
    }
    if ((parts & EXTRAS) && end_kind == JOB_CANCELLED) {
        end.has_command = true;
        end.command_id.bytes[3] = 7;
    }
    if ((parts & EXTRAS) && end_kind == JOB_FAILED) {
        end.error_code = SLICE_LITERAL("");
        end.error_detail = SLICE_LITERAL("all of it");
    }
    if ((parts & EXTRAS) && end_kind == JOB_SUCCEEDED)
        end.result_uri = SLICE_LITERAL("https://x");
    if (parts & CREATION)
        folded(row, creation);
    if (parts & START)
        folded(row, start);
    if (parts & TICK)
        folded(row, tick);
    if (parts & END)
        folded(row, end);
}

static void every_combination_of_parts_survives(void **state)
{
    (void)state;
    for (unsigned parts = 0; parts < ALL; parts++)
        for (enum event_kind end = JOB_SUCCEEDED; end <= JOB_CANCELLED; end++) {
            struct row *row = made_row();

            fold_parts(row, parts, end);
            assert_survives(row);
            row_free(row);
        }
}

static void each_message_that_can_be_shown_survives(void **state)
{
    static const char *const said[] = {NULL, "", "text"};

    (void)state;
    for (int of_end = 0; of_end < 3; of_end++)
        for (int of_statement = 0; of_statement < 3; of_statement++)
            for (int of_creation = 0; of_creation < 3; of_creation++) {
                struct row *row = made_row();
                struct event creation = made_creation(0, 1, "ann");

                creation.attempt = 3;
                creation.message = slice_of(said[of_creation]);
                folded(row, creation);
                folded(row, made_saying(JOB_STARTED, 4, 1, 2, said[of_statement]));
                folded(row, made_saying(JOB_FAILED, 4, 2, 3, said[of_end]));
                assert_survives(row);
                row_free(row);
            }
}

// A JobCreated's statement keeps the type and creator that rank it.
static void a_creation_that_states_the_latest_message_survives(void **state)
{
    struct row *row = made_row();
    struct event creation = made_creation(5, 1, "ann");

    (void)state;
    creation.message = SLICE_LITERAL("said at creation");
    folded(row, creation);
    folded(row, made_creation(0, 2, "bob"));
    assert_text(row->statement.creator_id, "ann");
    assert_text(row->creation.creator_id, "bob");
    assert_survives(row);
    row_free(row);
}

static void the_extremes_of_numbers_survive(void **state)
{
    struct row *row = made_row();
    struct event event = made(JOB_STARTED, ATTEMPT_MAX, 0, 255);

    (void)state;
    memset(event.id.bytes, 0xff, sizeof event.id.bytes);
    event.occurred_at_us = INT64_MAX;
    event.message = SLICE_LITERAL("at the end of time");
    folded(row, event);
    assert_survives(row);
    row_free(row);
}

static void a_full_history_survives(void **state)
{
    struct row *row = made_row();

    (void)state;
    for (unsigned char i = 0; i < 20; i++) {
        folded(row, made_creation(i, i, i % 2 ? "ann" : "bob"));
        folded(row, made_saying(JOB_STARTED, 1, i, i, "started"));
        folded(row, made_failure(1, i, i, "E1", "why"));
    }
    for (int set = 0; set < HISTORY_SETS; set++)
        assert_int_equal(row->history.count[set], HISTORY_SET_MAX);
    assert_survives(row);
    row_free(row);
}

// The layout is kept in databases: version 1 stays as it is, byte for byte.
static void version_1_is_laid_out_as_its_header_says(void **state)
{
    static const char want_state[] = "\x01\x03\x01\x28"
                                     "\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    static const char want_history[] = "\x01\x00\x00\x01"
                                       "\x00\x05\x9b\x08\xc1\xfa\x40\x00"
                                       "\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                       "\x00\x01\x05\x00\x00\x02"
                                       "by\xff\xff\xff\xff\xff\xff";
    struct row *row = made_row();
    struct job_columns columns;
    struct arena arena;
    struct err err;

    (void)state;
    folded(row, made_tick(1, 0, 3, 40));
    folded(row, made_saying(JOB_CANCELLED, 1, 0, 4, "by"));
    arena_init(&arena);
    assert_int_equal(pack_row(row, &arena, &columns, &err), DONE);
    assert_int_equal(columns.state.size, sizeof want_state - 1);
    assert_memory_equal(columns.state.data, want_state, columns.state.size);
    assert_int_equal(columns.history.size, sizeof want_history - 1);
    assert_memory_equal(columns.history.data, want_history, columns.history.size);
    arena_reset(&arena);
    row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_without_events_survives),
        cmocka_unit_test(every_combination_of_parts_survives),
        cmocka_unit_test(each_message_that_can_be_shown_survives),
        cmocka_unit_test(a_creation_that_states_the_latest_message_survives),
        cmocka_unit_test(the_extremes_of_numbers_survive),
        cmocka_unit_test(a_full_history_survives),
        cmocka_unit_test(version_1_is_laid_out_as_its_header_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
