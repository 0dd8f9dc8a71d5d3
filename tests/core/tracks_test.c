// SPDX-License-Identifier: Apache-2.0
// How far a partition is, and what that proves of its log's end.
#include "core/made.h"

#include "core/tracks.h"

static struct track *track;

static int open_track(void **state)
{
    const struct source_position at_10 = {
        .next_offset = 10, .last_offset = 9, .last_timestamp_ms = 5, .last_hash = 6};
    char topic[] = "events";
    const struct source source = {{topic, 6}, 3};

    (void)state;
    track = track_new(&source, &at_10);
    topic[0] = 'x';
    return !track;
}

static int close_track(void **state)
{
    (void)state;
    track_free(track);
    return 0;
}

static void a_track_owns_its_topic_and_begins_where_it_was_taken(void **state)
{
    (void)state;
    assert_slice(track->source.topic, "events");
    assert_int_equal(track->source.partition, 3);
    assert_int_equal(track->position.next_offset, 10);
    assert_int_equal(track->sent_next_offset, 10);
    assert_int_equal(track->committed_next_offset, 10);
    assert_false(track_is_ahead(track));
}

static void it_follows_the_position_and_remembers_the_last_record(void **state)
{
    const struct read_record last = {.offset = 14, .timestamp_ms = 100, .hash = 200};

    (void)state;
    track_advance(track, 15, &last);
    assert_true(track_is_ahead(track));
    assert_int_equal(track->position.next_offset, 15);
    assert_int_equal(track->position.last_offset, 14);
    assert_int_equal(track->position.last_timestamp_ms, 100);
    assert_int_equal(track->position.last_hash, 200);
}

static void past_control_records_it_moves_without_a_record(void **state)
{
    (void)state;
    track_advance(track, 12, NULL);
    assert_int_equal(track->position.next_offset, 12);
    assert_int_equal(track->position.last_offset, 9);
    assert_int_equal(track->position.last_hash, 6);
}

static void it_never_moves_back(void **state)
{
    (void)state;
    track_advance(track, 8, NULL);
    assert_int_equal(track->position.next_offset, 10);
    assert_false(track_is_ahead(track));
}

static void a_log_end_alone_is_news(void **state)
{
    struct log_end_seen seen;

    (void)state;
    track_log_end(track, 10, 1000, 4);
    assert_true(track_is_ahead(track));
    seen = track_take_log_end(track);
    assert_false(track_is_ahead(track));
    assert_int_equal(seen.log_end, 10);
    assert_int_equal(seen.seen_at_us, 1000);
    assert_slice(seen.source.topic, "events");
    assert_int_equal(seen.source.partition, 3);
    assert_int_equal(seen.partitions, 4);
}

// PostgreSQL must know of all partitions before anything is proved of a moment at which they were
// asked for; once it does, they need not be told again.
static void how_many_partitions_there_are_is_told_once_with_each_end_seen(void **state)
{
    (void)state;
    track_log_end(track, 20, 1000, 4);
    track_log_end(track, 30, 2000, 6);
    assert_int_equal(track_take_log_end(track).partitions, 6);
    track_advance(track, 30, NULL);
    assert_int_equal(track_take_log_end(track).partitions, 0);
    track_log_end(track, 30, 3000, 6);
    assert_int_equal(track_take_log_end(track).partitions, 6);
}

static void nothing_is_proved_before_the_position_reaches_an_end_seen(void **state)
{
    (void)state;
    track_log_end(track, 20, 1000, 4);
    assert_true(track_take_log_end(track).caught_up_at_us == TIME_NONE);
    track_advance(track, 19, NULL);
    assert_true(track_take_log_end(track).caught_up_at_us == TIME_NONE);
}

static void reaching_an_end_proves_the_moment_it_was_seen(void **state)
{
    (void)state;
    track_log_end(track, 20, 1000, 4);
    track_advance(track, 20, NULL);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 1000);
}

static void the_newest_end_reached_proves_the_newest_moment(void **state)
{
    (void)state;
    track_log_end(track, 20, 1000, 4);
    track_log_end(track, 20, 2000, 4);
    track_log_end(track, 22, 3000, 4);
    track_advance(track, 22, NULL);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 3000);
}

// While the log grows faster than it is read, each end waited for still proves its own moment.
static void an_older_end_reached_proves_its_moment_while_a_newer_one_is_awaited(void **state)
{
    (void)state;
    track_log_end(track, 20, 1000, 4);
    track_log_end(track, 30, 2000, 4);
    track_advance(track, 25, NULL);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 1000);
    track_log_end(track, 40, 3000, 4);
    track_advance(track, 29, NULL);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 1000);
    track_advance(track, 30, NULL);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 2000);
    track_advance(track, 40, NULL);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 3000);
}

static void a_proof_stays_while_nothing_new_is_proved(void **state)
{
    (void)state;
    track_log_end(track, 10, 1000, 4);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 1000);
    track_log_end(track, 11, 2000, 4);
    assert_int_equal(track_take_log_end(track).caught_up_at_us, 1000);
    assert_int_equal(track_take_log_end(track).seen_at_us, 2000);
}

#define TRACK_TEST(name) cmocka_unit_test_setup_teardown(name, open_track, close_track)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACK_TEST(a_track_owns_its_topic_and_begins_where_it_was_taken),
        TRACK_TEST(it_follows_the_position_and_remembers_the_last_record),
        TRACK_TEST(past_control_records_it_moves_without_a_record),
        TRACK_TEST(it_never_moves_back),
        TRACK_TEST(a_log_end_alone_is_news),
        TRACK_TEST(how_many_partitions_there_are_is_told_once_with_each_end_seen),
        TRACK_TEST(nothing_is_proved_before_the_position_reaches_an_end_seen),
        TRACK_TEST(reaching_an_end_proves_the_moment_it_was_seen),
        TRACK_TEST(the_newest_end_reached_proves_the_newest_moment),
        TRACK_TEST(an_older_end_reached_proves_its_moment_while_a_newer_one_is_awaited),
        TRACK_TEST(a_proof_stays_while_nothing_new_is_proved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
