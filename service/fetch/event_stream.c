// SPDX-License-Identifier: Apache-2.0
#include "fetch/event_stream.h"

enum { RETRY_DIGITS_MAX = 9 };

void event_stream_init(struct event_stream *stream, size_t most_bytes)
{
    *stream = (struct event_stream){.most_bytes = most_bytes, .retry_ms = -1};
}

void event_stream_free(struct event_stream *stream)
{
    buffer_free(&stream->line);
    buffer_free(&stream->event);
    buffer_free(&stream->data);
    buffer_free(&stream->id);
}

static void forget_message(struct event_stream *stream)
{
    buffer_clear(&stream->event);
    buffer_clear(&stream->data);
    stream->has_data = false;
}

void event_stream_restart(struct event_stream *stream)
{
    forget_message(stream);
    buffer_clear(&stream->line);
    if (stream->id.failed) {
        buffer_clear(&stream->id);
        stream->has_id = false;
    }
    stream->after_return = stream->has_begun = false;
}

static void read_retry(struct event_stream *stream, struct slice value)
{
    int64_t number = 0;

    if (!value.size || value.size > RETRY_DIGITS_MAX)
        return;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return;
        number = number * 10 + (value.data[i] - '0');
    }
    stream->retry_ms = number;
}

static void read_field(struct event_stream *stream, struct slice name, struct slice value)
{
    if (slice_equal(name, SLICE_LITERAL("data"))) {
        if (stream->has_data)
            buffer_append_text(&stream->data, "\n");
        buffer_append(&stream->data, value.data, value.size);
        stream->has_data = true;
    } else if (slice_equal(name, SLICE_LITERAL("event"))) {
        buffer_clear(&stream->event);
        buffer_append(&stream->event, value.data, value.size);
    } else if (slice_equal(name, SLICE_LITERAL("id")) && !memchr(value.data, '\0', value.size)) {
        buffer_clear(&stream->id);
        buffer_append(&stream->id, value.data, value.size);
        stream->has_id = true;
    } else if (slice_equal(name, SLICE_LITERAL("retry"))) {
        read_retry(stream, value);
    }
}

// A lone "data" is a message too, an empty one; what only has a name or an id is none.
static int end_message(struct event_stream *stream, const struct event_visitor *visitor,
                       struct err *err)
{
    struct event_message message = {.event = SLICE_LITERAL("message")};
    int rc = DONE;

    if (stream->has_data) {
        if (stream->event.size)
            message.event = buffer_slice(&stream->event);
        if (stream->has_id)
            message.id = stream->id.size ? buffer_slice(&stream->id) : SLICE_LITERAL("");
        message.data = stream->data.size ? buffer_slice(&stream->data) : SLICE_LITERAL("");
        rc = visitor->visit(visitor->self, &message, err);
    }
    forget_message(stream);
    return rc;
}

static int end_line(struct event_stream *stream, const struct event_visitor *visitor,
                    struct err *err)
{
    static const char mark[] = "\xef\xbb\xbf"; // may begin the stream
    struct slice line = buffer_slice(&stream->line), value = SLICE_LITERAL("");
    const char *colon;
    int rc = DONE;

    if (!stream->has_begun && line.size >= 3 && !memcmp(line.data, mark, 3))
        line = (struct slice){line.data + 3, line.size - 3};
    stream->has_begun = true;
    if (!line.size) {
        rc = end_message(stream, visitor, err);
    } else {
        colon = memchr(line.data, ':', line.size);
        if (colon) {
            value = (struct slice){colon + 1, line.size - (size_t)(colon - line.data) - 1};
            line.size = (size_t)(colon - line.data);
            if (value.size && *value.data == ' ')
                value = (struct slice){value.data + 1, value.size - 1};
        }
        read_field(stream, line, value);
    }
    buffer_clear(&stream->line);
    if (stream->data.failed || stream->event.failed || stream->id.failed)
        return err_no_memory(err);
    return rc;
}

static int add_to_line(struct event_stream *stream, const char *bytes, size_t size, struct err *err)
{
    size_t held = stream->line.size + stream->event.size + stream->data.size + stream->id.size;

    if (held > stream->most_bytes || size > stream->most_bytes - held)
        return err_set(err, RETRY, EVENT_TOO_LARGE, "a message of more than %zu bytes",
                       stream->most_bytes);
    buffer_append(&stream->line, bytes, size);
    return stream->line.failed ? err_no_memory(err) : DONE;
}

// Lines end with CR, LF or both; the LF of both may come later.
int event_stream_take(struct event_stream *stream, struct slice bytes,
                      const struct event_visitor *visitor, struct err *err)
{
    int rc = DONE;

    for (size_t at = 0; !rc && at < bytes.size;) {
        size_t from = at;

        if (stream->after_return && bytes.data[at] == '\n')
            from = ++at;
        stream->after_return = false;
        while (at < bytes.size && bytes.data[at] != '\n' && bytes.data[at] != '\r')
            at++;
        if (at > from)
            rc = add_to_line(stream, bytes.data + from, at - from, err);
        if (rc || at == bytes.size)
            break;
        stream->after_return = bytes.data[at++] == '\r';
        rc = end_line(stream, visitor, err);
    }
    return rc;
}
