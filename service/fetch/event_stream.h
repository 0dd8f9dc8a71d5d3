// SPDX-License-Identifier: Apache-2.0
// Server-sent events (the WHATWG's text/event-stream) from bytes as they come. Pure: whoever has
// the connection hands its bytes on. Bounded in bytes: an endless line or message is an error.
// Not thread-safe.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

// Borrowed for the call.
struct event_message {
    struct slice event; // "message" where nothing else was said
    struct slice id;    // the last one said, of this message or of one before; absent: none
    struct slice data;  // its lines, with a newline between them
};

struct event_visitor {
    void *self;
    int (*visit)(void *self, const struct event_message *message, struct err *err);
};

struct event_stream {
    struct buffer line, event, data, id; // owned
    size_t most_bytes;                   // of one message, its id and name included
    int64_t retry_ms;                    // how long to wait before connecting anew; -1: not said
    bool has_data, has_id, after_return, has_begun;
};

void event_stream_init(struct event_stream *stream, size_t most_bytes);
void event_stream_free(struct event_stream *stream);
// A new connection: what was cut is forgotten, the last id and retry_ms stay.
void event_stream_restart(struct event_stream *stream);
// Visits each message that is whole now. RETRY (EVENT_TOO_LARGE, OUT_OF_MEMORY: then the stream
// must be restarted), or what the visitor returned if not 0, at once.
int event_stream_take(struct event_stream *stream, struct slice bytes,
                      const struct event_visitor *visitor, struct err *err);

#define EVENT_TOO_LARGE "EVENT_TOO_LARGE"
