// SPDX-License-Identifier: Apache-2.0
// The parts that the live hub is made of, one at a time: which changes are new, what is remembered
// of them, frames and their queue, and an audience's changed jobs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "live/audience.h"
#include "live/change_ring.h"
#include "live/change_window.h"
#include "live/frame.h"
#include "live/subscriber.h"

enum { SECOND_US = 1000 * 1000 };

static void an_id_is_new_once(void **state)
{
    struct change_window window;

    (void)state;
    change_window_begin(&window, 10);
    assert_false(change_window_see(&window, 10, 0));
    assert_false(change_window_see(&window, 3, 0));
    assert_true(change_window_see(&window, 11, 0));
    assert_true(change_window_see(&window, 14, 0));
    assert_false(change_window_see(&window, 14, 0));
    assert_int_equal(window.missing_count, 2);
    assert_true(change_window_see(&window, 13, 0));
    assert_false(change_window_see(&window, 13, 0));
    assert_int_equal(window.missing_count, 1);
    assert_int_equal(window.missing[0], 12);
}

static void what_stays_away_was_rolled_back(void **state)
{
    struct change_window window;

    (void)state;
    change_window_begin(&window, 0);
    change_window_see(&window, 3, 0);
    change_window_see(&window, 5, 20 * SECOND_US);
    change_window_turn(&window, 30 * SECOND_US - 1);
    assert_int_equal(window.missing_count, 3);
    change_window_turn(&window, 30 * SECOND_US);
    assert_int_equal(window.missing_count, 1);
    assert_int_equal(window.missing[0], 4);
    assert_false(change_window_see(&window, 1, 30 * SECOND_US));
    change_window_turn(&window, 50 * SECOND_US);
    assert_int_equal(window.missing_count, 0);
}

static void so_many_are_missed_at_most(void **state)
{
    struct change_window window;

    (void)state;
    change_window_begin(&window, 0);
    change_window_see(&window, 11, 0);
    change_window_see(&window, INT64_C(5000000000), 0);
    assert_int_equal(window.missing_count, MISSING_MAX);
    assert_int_equal(window.missing[0], INT64_C(5000000000) - MISSING_MAX);
    change_window_see(&window, INT64_C(5000000003), 0);
    assert_int_equal(window.missing_count, MISSING_MAX);
    assert_int_equal(window.missing[MISSING_MAX - 1], INT64_C(5000000002));
    assert_int_equal(window.missing[0], INT64_C(5000000000) - MISSING_MAX + 2);
}

static struct job_key key(const char *organization_id, const char *job_id)
{
    return (struct job_key){slice_of(organization_id), slice_of(job_id)};
}

static void collect(void *self, struct slice job_id)
{
    char *out = self;

    snprintf(out + strlen(out), 256 - strlen(out), "%.*s,", (int)job_id.size, job_id.data);
}

static const char *since(const struct change_ring *ring, int64_t after_us, const char *organization)
{
    static char out[256];

    *out = '\0';
    change_ring_visit(ring, after_us, slice_of(organization), collect, out);
    return out;
}

static void what_changed_is_remembered(void **state)
{
    const struct job_key first[] = {key("a", "1"), key("b", "2"), key("a", "3")};
    const struct job_key second[] = {key("a", "1"), key("a", "")};
    struct change_ring ring;

    (void)state;
    change_ring_init(&ring, 1000);
    assert_int_equal(ring.floor_us, INT64_MAX); // nobody can resume before it has begun
    change_ring_clear(&ring, 5);
    change_ring_add(&ring, 10, first, 3);
    change_ring_add(&ring, 20, second, 2);
    assert_string_equal(since(&ring, 5, "a"), "1,3,1,,");
    assert_string_equal(since(&ring, 9, "b"), "2,");
    assert_string_equal(since(&ring, 10, "a"), "1,,");
    assert_string_equal(since(&ring, 20, "a"), "");
    assert_string_equal(since(&ring, 5, "c"), "");
    change_ring_add(&ring, 30, NULL, 1);
    assert_int_equal(ring.floor_us, 30);
    change_ring_clear(&ring, 40);
    assert_string_equal(since(&ring, 0, "a"), "");
    assert_int_equal(ring.floor_us, 40);
}

static void the_oldest_is_forgotten_first(void **state)
{
    const struct job_key one = key("organization", "a job of it");
    char longer[ID_MAX_BYTES + 2] = {0};
    struct change_ring ring;

    (void)state;
    change_ring_init(&ring, 200);
    change_ring_clear(&ring, 0);
    for (int64_t i = 1; i <= 10; i++)
        change_ring_add(&ring, i, &one, 1);
    assert_true(ring.bytes <= 200);
    assert_true(ring.floor_us > 0 && ring.floor_us < 10);
    assert_string_equal(since(&ring, 9, "organization"), "a job of it,");
    memset(longer, 'x', ID_MAX_BYTES + 1);
    change_ring_add(&ring, 11, &(struct job_key){slice_of("a"), slice_of(longer)}, 1);
    assert_int_equal(ring.floor_us, 11);
    change_ring_clear(&ring, 0);
}

static size_t read_all(struct frame_queue *queue, char *out, size_t at_once)
{
    size_t size = 0, got;

    while ((got = frame_queue_read(queue, out + size, at_once)))
        size += got;
    out[size] = '\0';
    return size;
}

static void frames_come_whole_and_in_order(void **state)
{
    static const char expected[] = "event: job\nid: 7\ndata: {}\n\nevent: end\ndata: x\n\n: hi\n\n";
    struct frame *first = frame_new("job", 7, slice_of("{}"));
    struct frame *second = frame_new("end", FRAME_NO_ID, slice_of("x"));
    struct frame *third = frame_of(": hi\n\n");
    struct frame_queue queue = {0};
    char out[256];

    (void)state;
    for (size_t at_once = 1; at_once < 20; at_once++) {
        assert_true(frame_queue_add(&queue, first));
        assert_true(frame_queue_add(&queue, second));
        assert_true(frame_queue_add(&queue, third));
        assert_int_equal(queue.bytes, strlen(expected));
        read_all(&queue, out, at_once);
        assert_string_equal(out, expected);
        assert_int_equal(queue.bytes, 0);
    }
    frame_free(first);
    frame_free(second);
    frame_free(third);
    frame_queue_free(&queue);
}

// However much waits, others who are served by the same thread get their turn.
static void a_stream_gives_a_turns_bytes_at_once(void **state)
{
    static const struct viewer viewer = {.organization_id = SLICE_LITERAL("a"),
                                         .member = SLICE_LITERAL("ada")};
    static const struct job_filter filter;
    struct subscriber *subscriber =
        subscriber_new(&(struct subscription){.viewer = &viewer, .filter = &filter});
    struct frame *frame =
        frame_of("a hundred bytes or so of what became of a job, as it was written "
                 "for everybody who is told of it");
    char out[4 * SUBSCRIBER_TURN_BYTES];

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        assert_true(subscriber_add(subscriber, frame));
    assert_int_equal(subscriber_read(subscriber, 0, out, sizeof out), SUBSCRIBER_TURN_BYTES);
    assert_int_equal(subscriber_read(subscriber, 0, out, 100), 100);
    frame_free(frame);
    subscriber_free(subscriber);
}

static void a_frame_that_was_begun_is_ended(void **state)
{
    struct frame *first = frame_of("0123456789"), *second = frame_of("abc");
    struct frame_queue queue = {0};
    char out[64];

    (void)state;
    for (int i = 0; i < 50; i++)
        assert_true(frame_queue_add(&queue, first));
    assert_int_equal(frame_queue_read(&queue, out, 23), 23);
    frame_queue_drop(&queue);
    assert_int_equal(queue.bytes, 7);
    assert_true(frame_queue_add(&queue, second));
    read_all(&queue, out, sizeof out - 1);
    assert_string_equal(out, "3456789abc");
    assert_true(frame_queue_add(&queue, first));
    frame_queue_drop(&queue);
    assert_int_equal(queue.bytes, 0);
    assert_int_equal(read_all(&queue, out, 9), 0);
    frame_free(first);
    frame_free(second);
    frame_queue_free(&queue);
}

static void a_changed_job_is_told_once(void **state)
{
    struct subscriber subscriber = {0};
    struct audience *audiences = NULL, *audience = audience_get(&audiences, slice_of("a"));
    struct slice ids[8];
    char id[16];

    (void)state;
    assert_ptr_equal(audience_get(&audiences, slice_of("a")), audience);
    assert_null(audience_find(audiences, slice_of("b")));
    audience->first = &subscriber;
    audience_add(audience, slice_of("1"));
    audience_add(audience, slice_of("1"));
    audience_add(audience, slice_of("2"));
    assert_int_equal(audience_changed(audience, ids, 8), 2);
    audience_told(audience, ids, 1);
    assert_int_equal(audience_changed(audience, ids, 8), 1);
    assert_false(subscriber.is_stale);
    for (int i = 0; i < CHANGED_MAX + 5; i++) {
        snprintf(id, sizeof id, "more-%d", i);
        audience_add(audience, slice_of(id));
    }
    assert_true(subscriber.is_stale);
    audience_drop(&audiences, audience);
    assert_null(audiences);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_new_once),
        cmocka_unit_test(what_stays_away_was_rolled_back),
        cmocka_unit_test(so_many_are_missed_at_most),
        cmocka_unit_test(what_changed_is_remembered),
        cmocka_unit_test(the_oldest_is_forgotten_first),
        cmocka_unit_test(frames_come_whole_and_in_order),
        cmocka_unit_test(a_stream_gives_a_turns_bytes_at_once),
        cmocka_unit_test(a_frame_that_was_begun_is_ended),
        cmocka_unit_test(a_changed_job_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
