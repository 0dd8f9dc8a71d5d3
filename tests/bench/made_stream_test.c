// SPDX-License-Identifier: Apache-2.0
// The benchmark measures what it claims only if its stream is what it claims: valid events, six a
// job in order, so many open, the same for the same seed.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench/made_stream.h"
#include "support/between.h"
#include "wire/event_messages.h"

enum { EVENTS = 20000, OPEN = 500 };

static struct made_stream *stream_of(uint64_t seed, size_t events)
{
    struct made_stream *stream = made_stream_new(
        &(struct made_stream_options){.seed = seed, .events = events, .open_jobs = OPEN});

    assert_non_null(stream);
    return stream;
}

static struct buffer encode(uint64_t seed, size_t events, struct made_totals *totals)
{
    struct made_stream *stream = stream_of(seed, events);
    struct event event;
    struct buffer out;
    struct err err;

    buffer_init(&out);
    while (made_stream_next(stream, &event))
        assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &out, &err), 0);
    assert_false(out.failed);
    *totals = *made_stream_totals(stream);
    made_stream_free(stream);
    return out;
}

static void same_seed_same_bytes(void **state)
{
    struct made_totals totals;
    struct buffer one = encode(1, EVENTS, &totals), same = encode(1, EVENTS, &totals);
    struct buffer other = encode(2, EVENTS, &totals);

    (void)state;
    assert_true(slice_equal(buffer_slice(&one), buffer_slice(&same)));
    assert_false(slice_equal(buffer_slice(&one), buffer_slice(&other)));
    // "About 200 bytes", key and value together without the key.
    assert_between(one.size / EVENTS, 170, 230);
    buffer_free(&one);
    buffer_free(&same);
    buffer_free(&other);
}

static void every_event_is_valid(void **state)
{
    struct made_stream *stream = stream_of(3, EVENTS);
    struct decoder_options options = {0};
    struct event event, read;
    enum decoded what;
    struct arena arena;
    struct buffer value;
    struct err err;
    struct record_decoder *decoder = event_decoder_new(&options, &err);
    size_t count = 0;

    (void)state;
    assert_non_null(decoder);
    buffer_init(&value);
    arena_init(&arena);
    for (; made_stream_next(stream, &event); count++) {
        buffer_clear(&value);
        assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &value, &err), 0);
        assert_int_equal(decode_event(decoder, &(struct wire_record){buffer_slice(&value), NULL, 0},
                                      &read, &what, &err),
                         0);
        assert_int_equal(what, DECODED_RECORD);
        assert_int_equal(read.kind, event.kind);
        assert_int_equal(event_check(&read, TIME_NONE, &arena, &err), 0);
    }
    assert_int_equal(count, EVENTS);
    arena_reset(&arena);
    buffer_free(&value);
    record_decoder_free(decoder);
    made_stream_free(stream);
}

// A job as the test knows it, by the first bytes of its id.
struct seen {
    unsigned long id;
    size_t events;
};

static struct seen *find(struct seen *seen, size_t *count, const struct event *event)
{
    unsigned long id = strtoul(event->job_id.data, NULL, 16);

    // Only open jobs are kept, so a walk through them is short.
    for (size_t i = 0; i < *count; i++)
        if (seen[i].id == id)
            return &seen[i];
    assert_between(*count, 0, OPEN - 1);
    assert_int_equal(event->kind, JOB_CREATED);
    seen[*count] = (struct seen){.id = id};
    return &seen[(*count)++];
}

static void jobs_are_interleaved_and_each_is_in_order(void **state)
{
    struct made_stream *stream = stream_of(4, EVENTS);
    struct seen seen[OPEN];
    size_t open = 0, widest = 0;
    struct event event;

    (void)state;
    while (made_stream_next(stream, &event)) {
        struct seen *job = find(seen, &open, &event);

        job->events++;
        assert_int_equal(event_kind_is_end(event.kind), job->events == MADE_EVENTS_A_JOB);
        widest = open > widest ? open : widest;
        if (job->events == MADE_EVENTS_A_JOB)
            *job = seen[--open];
    }
    // A job is drawn from before its first event is told.
    assert_between(widest, OPEN * 9 / 10, OPEN);
    // 20,000 is no multiple of six: one job is left with two events.
    assert_int_equal(open, 1);
    assert_int_equal(seen[0].events, EVENTS % MADE_EVENTS_A_JOB);
    made_stream_free(stream);
}

static void totals_tell_what_must_be_stored(void **state)
{
    struct made_totals totals;
    struct buffer bytes = encode(5, EVENTS, &totals);

    (void)state;
    assert_int_equal(totals.jobs, EVENTS / MADE_EVENTS_A_JOB + 1);
    assert_int_equal(totals.accepted, 0);
    assert_int_equal(totals.running, 1);
    assert_int_equal(totals.successful + totals.failed + totals.dismissed, totals.jobs - 1);
    assert_true(totals.failed > 0 && totals.dismissed > 0 && totals.successful > totals.failed);
    buffer_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(every_event_is_valid),
        cmocka_unit_test(jobs_are_interleaved_and_each_is_in_order),
        cmocka_unit_test(totals_tell_what_must_be_stored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
