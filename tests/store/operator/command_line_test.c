// SPDX-License-Identifier: Apache-2.0
// What jobtrail positions and jobtrail dead-letters ask for.
#include "store/harness.h"

#include <stdlib.h>
#include <string.h>

#include "store/operator/dead_letters.h"
#include "store/operator/positions.h"

struct seen {
    int count;
    struct source_standing standing; // of the last; its slices are not kept
    char topics[64];
    int64_t ids[8];
    char reason[32];
};

static void see_standing(void *self, const struct source_standing *standing)
{
    struct seen *seen = self;

    seen->count++;
    seen->standing = *standing;
    strncat(seen->topics, standing->source.topic.data, standing->source.topic.size);
    strcat(seen->topics, " ");
}

static struct seen list_positions(struct harness *harness)
{
    struct seen seen = {0};
    struct positions_visitor visitor = {&seen, see_standing};
    struct err err = {0};

    assert_int_equal(positions_list(harness->conninfo, &visitor, &err), 0);
    return seen;
}

static void positions_are_listed_with_their_lag(void **state)
{
    struct harness *harness = *state;
    struct position_move move = harness_move("b", 0, 30);
    struct log_end_seen end = {.source = {slice_of("b"), 0},
                               .log_end = 100,
                               .seen_at_us = INT64_C(1700000000000000),
                               .caught_up_at_us = TIME_NONE};
    struct batch_write batch = {
        .moves = &move, .move_count = 1, .log_ends = &end, .log_end_count = 1};
    struct seen seen;

    assert_int_equal(list_positions(harness).count, 0);
    harness_source(harness, "b");
    assert_int_equal(list_positions(harness).standing.lag, -1);
    harness_written(harness->store, &batch);
    seen = list_positions(harness);
    assert_int_equal(seen.standing.position.next_offset, 30);
    assert_int_equal(seen.standing.position.last_hash, -5);
    assert_int_equal(seen.standing.lag, 70);
    assert_int_equal(seen.standing.log_end_seen_at_us, end.seen_at_us);
    assert_true(seen.standing.caught_up_at_us == TIME_NONE);
    assert_true(seen.standing.updated_at_us > INT64_C(1700000000000000));
    harness_source(harness, "a");
    seen = list_positions(harness);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.topics, "a b ");
}

static void cancel_requests_have_positions_of_their_own(void **state)
{
    struct harness *harness = *state;
    struct source source = {slice_of("requests"), 0};
    int64_t before = 0;
    struct seen seen;
    struct err err;

    harness_source(harness, "events");
    assert_int_equal(
        positions_set(harness->conninfo, POSITIONS_OF_CANCEL_REQUESTS, &source, 7, &before, &err),
        0);
    assert_int_equal(before, -1);
    seen = list_positions(harness);
    assert_string_equal(seen.topics, "events requests ");
    assert_int_equal(seen.standing.position.next_offset, 7);
    assert_int_equal(seen.standing.lag, -1);
    assert_int_equal(harness_number(harness->side, "SELECT count(*) FROM jobtrail.source_position"),
                     1);
}

static void a_position_that_is_set_fences_and_is_accepted(void **state)
{
    struct harness *harness = *state;
    struct source source = {slice_of("events"), 0};
    struct position_move move = harness_move("events", 0, 30);
    struct batch_write batch = {.moves = &move, .move_count = 1};
    struct stored_position stored;
    struct err err = {0};
    int64_t before = 0;

    assert_int_equal(
        positions_set(harness->conninfo, POSITIONS_OF_EVENTS, &source, 5, &before, &err), 0);
    assert_int_equal(before, -1);
    move.expected_next_offset = 5;
    harness_written(harness->store, &batch);
    assert_int_equal(
        positions_set(harness->conninfo, POSITIONS_OF_EVENTS, &source, 12, &before, &err), 0);
    assert_int_equal(before, 30);
    move.expected_next_offset = 30;
    assert_int_equal(harness_write(harness->store, &batch, &err), FENCED);
    stored = harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("events"), 0});
    assert_true(stored.found);
    assert_null(stored.cluster_id.data);
    assert_int_equal(stored.position.next_offset, 12);
    assert_int_equal(stored.position.last_offset, -1);
    assert_int_equal(stored.checkpoint_count, 0);
    assert_int_equal(
        positions_set(harness->conninfo, POSITIONS_OF_EVENTS, &source, -1, &before, &err), POISON);
    assert_int_equal(list_positions(harness).standing.position.next_offset, 12);
}

static void count_forgotten(void *self, const struct source_standing *standing)
{
    assert_int_equal(standing->position.next_offset, 30);
    ++*(int *)self;
}

static void a_topic_that_is_forgotten_begins_anew(void **state)
{
    struct harness *harness = *state;
    struct position_move move = harness_move("events", 0, 30);
    struct batch_write batch = {.moves = &move, .move_count = 1};
    struct err err = {0};
    int forgotten = 0;
    const struct positions_visitor visitor = {&forgotten, count_forgotten};

    harness_source(harness, "events");
    harness_source(harness, "others");
    harness_written(harness->store, &batch);
    assert_int_equal(positions_forget(harness->conninfo, POSITIONS_OF_EVENTS, slice_of("events"),
                                      &visitor, &err),
                     0);
    assert_int_equal(forgotten, 1);
    assert_false(
        harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("events"), 0})
            .found);
    assert_true(
        harness_position(harness, POSITIONS_OF_EVENTS, (struct source){slice_of("others"), 0})
            .found);
    move = harness_move("events", 30, 31);
    assert_int_equal(harness_write(harness->store, &batch, &err), FENCED);
    assert_int_equal(positions_forget(harness->conninfo, POSITIONS_OF_CANCEL_REQUESTS,
                                      slice_of("others"), &visitor, &err),
                     0);
    assert_int_equal(forgotten, 1);
}

static void see_letter(void *self, const struct kept_dead_letter *letter)
{
    struct seen *seen = self;

    seen->ids[seen->count++] = letter->id;
    assert_true(letter->reason.size < sizeof seen->reason);
    memcpy(seen->reason, letter->reason.data, letter->reason.size + 1);
    assert_true(slice_is_null(letter->value));
    assert_int_equal(letter->value_bytes, 2);
}

static void see_whole_letter(void *self, const struct kept_dead_letter *letter)
{
    struct seen *seen = self;

    seen->count++;
    assert_true(slice_equal(letter->source.topic, slice_of("a")));
    assert_int_equal(letter->source.partition, 4);
    assert_int_equal(letter->offset, 9);
    assert_int_equal(letter->timestamp_ms, 1234);
    assert_true(letter->published_at_us == TIME_NONE);
    assert_true(slice_is_null(letter->key));
    assert_true(slice_equal(letter->value, SLICE_LITERAL("\0\xff")));
    assert_int_equal(letter->header_count, 2);
    assert_true(slice_equal(letter->headers[0].name, SLICE_LITERAL("z")));
    assert_true(slice_is_null(letter->headers[0].value));
    assert_true(slice_equal(letter->headers[1].name, SLICE_LITERAL("a\0b")));
    assert_true(slice_equal(letter->headers[1].value, SLICE_LITERAL("")));
}

static struct seen list_letters(struct harness *harness, int limit, const char *topic,
                                const char *reason)
{
    struct seen seen = {0};
    struct dead_letters_visitor visitor = {&seen, see_letter};
    struct err err = {0};

    assert_int_equal(dead_letters_list(harness->conninfo, limit, topic, reason, &visitor, &err), 0);
    return seen;
}

static void dead_letters_are_found_again(void **state)
{
    struct harness *harness = *state;
    struct record_header headers[] = {{SLICE_LITERAL("z"), SLICE_NULL},
                                      {SLICE_LITERAL("a\0b"), SLICE_LITERAL("")}};
    struct dead_letter letters[] = {{.source = {slice_of("a"), 4},
                                     .offset = 9,
                                     .timestamp_ms = 1234,
                                     .headers = headers,
                                     .header_count = 2,
                                     .reason = "FIRST"},
                                    {.source = {slice_of("b"), 0}, .offset = 1, .reason = "OTHER"},
                                    {.source = {slice_of("b"), 0}, .offset = 2, .reason = "FIRST"}};
    struct seen seen = {0};
    struct dead_letters_visitor visitor = {&seen, see_whole_letter};
    struct err err = {0};
    int64_t first;
    bool found;

    for (size_t i = 0; i < 3; i++) {
        letters[i].stage = "decode";
        letters[i].value = SLICE_LITERAL("\0\xff");
    }
    harness_written(harness->store,
                    &(struct batch_write){.dead_letters = letters, .dead_letter_count = 3});
    assert_int_equal(list_letters(harness, 2, NULL, NULL).count, 2);
    assert_string_equal(list_letters(harness, 10, NULL, NULL).reason, "FIRST");
    assert_int_equal(list_letters(harness, 10, "b", NULL).count, 2);
    assert_int_equal(list_letters(harness, 10, NULL, "OTHER").count, 1);
    assert_int_equal(list_letters(harness, 10, "a", "OTHER").count, 0);
    first = list_letters(harness, 10, "a", NULL).ids[0];
    assert_int_equal(dead_letters_show(harness->conninfo, first, &found, &visitor, &err), 0);
    assert_true(found);
    assert_int_equal(seen.count, 1);
    assert_int_equal(dead_letters_show(harness->conninfo, 4711, &found, &visitor, &err), 0);
    assert_false(found);
    assert_int_equal(seen.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(positions_are_listed_with_their_lag),
        TEST(cancel_requests_have_positions_of_their_own),
        TEST(a_position_that_is_set_fences_and_is_accepted),
        TEST(a_topic_that_is_forgotten_begins_anew),
        TEST(dead_letters_are_found_again),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
