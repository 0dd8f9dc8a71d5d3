// SPDX-License-Identifier: Apache-2.0
// Any bytes as server-sent events: the first says where they are cut in two. Cut or whole, the same
// messages come of them, and nothing grows past its bound.
#include "fetch/event_stream.h"
#include "fuzz/fuzz_target.h"

enum { MOST = 256 };

static int visit(void *self, const struct event_message *message, struct err *err)
{
    struct buffer *seen = self;

    (void)err;
    MUST(message->event.size &&
         message->event.size + message->data.size + message->id.size <= MOST + 7);
    buffer_append(seen, message->event.data, message->event.size);
    buffer_append_text(seen, slice_is_null(message->id) ? "|-|" : "||");
    buffer_append(seen, message->id.data ? message->id.data : "", message->id.size);
    buffer_append_text(seen, "|");
    buffer_append(seen, message->data.data, message->data.size);
    return DONE;
}

static int take(struct slice bytes, size_t first, struct buffer *seen)
{
    struct event_visitor visitor = {seen, visit};
    struct event_stream stream;
    struct err err = {0};
    int rc;

    event_stream_init(&stream, MOST);
    rc = event_stream_take(&stream, (struct slice){bytes.data, first}, &visitor, &err);
    if (!rc)
        rc = event_stream_take(&stream, (struct slice){bytes.data + first, bytes.size - first},
                               &visitor, &err);
    MUST(rc == DONE || rc == RETRY);
    event_stream_free(&stream);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer whole = {0}, cut = {0};
    struct slice bytes;
    int rc;

    if (!size)
        return -1;
    bytes = (struct slice){(const char *)data + 1, size - 1};
    rc = take(bytes, bytes.size, &whole);
    MUST(take(bytes, bytes.size ? data[0] % (bytes.size + 1) : 0, &cut) == rc);
    MUST(slice_equal(buffer_slice(&whole), buffer_slice(&cut)));
    buffer_free(&whole);
    buffer_free(&cut);
    return 0;
}
