// SPDX-License-Identifier: Apache-2.0
// Messages of the live stream as they go over the wire, made once and shared by all they go to, and
// the queue of those that wait for one reader. A frame may be shared by threads; a queue belongs to
// whoever holds its lock.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/slice.h"

struct frame {
    atomic_uint owners;
    size_t size;
    char bytes[];
};

enum { FRAME_NO_ID = -1 };

// A server-sent event. data: one line; id: FRAME_NO_ID for none. NULL without memory. One owner.
struct frame *frame_new(const char *event, int64_t id, struct slice data);
// Bytes as they are.
struct frame *frame_of(const char *text);
struct frame *frame_share(struct frame *frame); // one owner more
void frame_free(struct frame *frame);           // one fewer. Accepts NULL.

struct frame_queue {
    struct frame **frames; // owned
    size_t first, count, capacity;
    size_t bytes;  // of those that wait, less what was read
    size_t offset; // read of the first one
};

void frame_queue_free(struct frame_queue *queue);
// Shares it. False without memory.
bool frame_queue_add(struct frame_queue *queue, struct frame *frame) MUST_CHECK;
// As many bytes as there are, at most size.
size_t frame_queue_read(struct frame_queue *queue, char *out, size_t size);
// Drops what waits, but the rest of a frame that was begun.
void frame_queue_drop(struct frame_queue *queue);
