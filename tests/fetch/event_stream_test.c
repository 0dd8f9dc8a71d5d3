// SPDX-License-Identifier: Apache-2.0
// Server-sent events: each rule of the format, however the bytes are cut; its bounds; and no
// memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fetch/event_stream.h"
#include "support/failing_malloc.h"

enum { MOST = 64 };

// Messages as text, "event|id|data;" each.
struct seen {
    char text[1024];
    size_t size;
    int count, stop_after;
};

static void add(struct seen *seen, struct slice slice, char end)
{
    assert_true(seen->size + slice.size + 2 < sizeof seen->text);
    if (slice.size)
        memcpy(seen->text + seen->size, slice.data, slice.size);
    seen->size += slice.size;
    seen->text[seen->size++] = end;
    seen->text[seen->size] = '\0';
}

static int visit(void *self, const struct event_message *message, struct err *err)
{
    struct seen *seen = self;

    add(seen, message->event, '|');
    add(seen, slice_is_null(message->id) ? SLICE_LITERAL("-") : message->id, '|');
    add(seen, message->data, ';');
    if (++seen->count == seen->stop_after)
        return err_set(err, FENCED, "STOP", "enough");
    return DONE;
}

static int take(struct event_stream *stream, struct slice bytes, struct seen *seen, struct err *err)
{
    struct event_visitor visitor = {seen, visit};

    return event_stream_take(stream, bytes, &visitor, err);
}

// Whole, a byte at a time, and in two parts cut anywhere.
static void reads(struct slice bytes, const char *expected)
{
    struct event_stream stream;
    struct err err;

    for (size_t first = 0; first <= bytes.size + 1; first++) {
        struct seen seen = {0};

        event_stream_init(&stream, MOST);
        for (size_t at = 0; first > bytes.size && at < bytes.size; at++)
            assert_int_equal(take(&stream, (struct slice){bytes.data + at, 1}, &seen, &err), DONE);
        if (first <= bytes.size) {
            struct slice rest = {bytes.data + first, bytes.size - first};

            assert_int_equal(take(&stream, (struct slice){bytes.data, first}, &seen, &err), DONE);
            assert_int_equal(take(&stream, rest, &seen, &err), DONE);
        }
        assert_string_equal(seen.text, expected);
        event_stream_free(&stream);
    }
}

static void messages_are_read_as_the_format_says(void **state)
{
    (void)state;
    reads(SLICE_LITERAL("data: a\n\n"), "message|-|a;");
    reads(SLICE_LITERAL("event: job\nid: 7\ndata: a\n\ndata: b\n\n"), "job|7|a;message|7|b;");
    reads(SLICE_LITERAL("data: a\r\rdata: b\r\n\r\ndata:c\n\n"),
          "message|-|a;message|-|b;message|-|c;");
    reads(SLICE_LITERAL("data: a\ndata\ndata:  b\n\n"), "message|-|a\n\n b;");
    reads(SLICE_LITERAL("data\n\n"), "message|-|;");
    reads(SLICE_LITERAL("\xef\xbb\xbf"
                        "data: a\n\n"),
          "message|-|a;");
    reads(SLICE_LITERAL(":\n: a comment\n\n\ndata: a\n\n"), "message|-|a;");
    reads(SLICE_LITERAL("event: x\nid: 1\n\ndata: a\n\n"), "message|1|a;"); // no data, no message
    reads(SLICE_LITERAL("id: 1\0"
                        "2\ndata: a\n\n"),
          "message|-|a;");
    reads(SLICE_LITERAL("id: 1\nid\ndata: a\n\n"), "message||a;");
    reads(SLICE_LITERAL("unknown: 1\n data: 2\ndata: a\n\n"), "message|-|a;");
    reads(SLICE_LITERAL("data: cut"), "");
    reads(SLICE_LITERAL("data: cut\n"), "");
}

static void how_long_to_wait_is_kept(void **state)
{
    struct event_stream stream;
    struct seen seen = {0};
    struct err err;

    (void)state;
    event_stream_init(&stream, MOST);
    assert_int_equal(stream.retry_ms, -1);
    assert_int_equal(take(&stream, SLICE_LITERAL("retry: 1500\n\n"), &seen, &err), DONE);
    assert_int_equal(stream.retry_ms, 1500);
    assert_int_equal(
        take(&stream, SLICE_LITERAL("retry: -1\nretry: 9999999999\nretry:\n"), &seen, &err), DONE);
    assert_int_equal(stream.retry_ms, 1500);
    event_stream_free(&stream);
}

static void a_new_connection_forgets_what_was_cut(void **state)
{
    struct event_stream stream;
    struct seen seen = {0};
    struct err err;

    (void)state;
    event_stream_init(&stream, MOST);
    assert_int_equal(
        take(&stream, SLICE_LITERAL("id: 5\ndata: a\n\nevent: x\ndata: b\ndata: c"), &seen, &err),
        DONE);
    event_stream_restart(&stream);
    assert_int_equal(take(&stream, SLICE_LITERAL("\ndata: d\n\n"), &seen, &err), DONE);
    assert_string_equal(seen.text, "message|5|a;message|5|d;");
    event_stream_free(&stream);
}

static void what_is_too_long_is_an_error(void **state)
{
    struct event_stream stream;
    struct seen seen = {0};
    struct err err;
    int rc = DONE;

    (void)state;
    event_stream_init(&stream, MOST);
    for (int i = 0; !rc && i < MOST; i++)
        rc = take(&stream, SLICE_LITERAL("data: 12345\n"), &seen, &err);
    assert_int_equal(rc, RETRY);
    assert_string_equal(err.reason, EVENT_TOO_LARGE);
    assert_true(stream.data.size + stream.line.size <= MOST);
    event_stream_restart(&stream);
    for (rc = DONE; !rc;)
        rc = take(&stream, SLICE_LITERAL("x"), &seen, &err);
    assert_string_equal(err.reason, EVENT_TOO_LARGE);
    assert_int_equal(seen.count, 0);
    event_stream_free(&stream);
}

static void the_visitor_may_end_it(void **state)
{
    struct event_stream stream;
    struct seen seen = {.stop_after = 1};
    struct err err;

    (void)state;
    event_stream_init(&stream, MOST);
    assert_int_equal(take(&stream, SLICE_LITERAL("data: a\n\ndata: b\n\n"), &seen, &err), FENCED);
    assert_string_equal(seen.text, "message|-|a;");
    event_stream_free(&stream);
}

static void no_memory_is_an_error(void **state)
{
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        struct event_stream stream;
        struct seen seen = {0};
        struct err err;
        int rc;

        event_stream_init(&stream, MOST);
        failing_malloc_after(nth);
        rc = take(&stream, SLICE_LITERAL("event: e\nid: 1\ndata: a\n\n"), &seen, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, failed ? RETRY : DONE);
        if (failed)
            assert_string_equal(err.reason, "OUT_OF_MEMORY");
        event_stream_restart(&stream);
        seen = (struct seen){0};
        assert_int_equal(take(&stream, SLICE_LITERAL("id: 2\ndata: b\n\n"), &seen, &err), DONE);
        assert_string_equal(seen.text, "message|2|b;");
        event_stream_free(&stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_read_as_the_format_says),
        cmocka_unit_test(how_long_to_wait_is_kept),
        cmocka_unit_test(a_new_connection_forgets_what_was_cut),
        cmocka_unit_test(what_is_too_long_is_an_error),
        cmocka_unit_test(the_visitor_may_end_it),
        cmocka_unit_test(no_memory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
