// SPDX-License-Identifier: Apache-2.0
// A frame is a message of the live stream as it goes over the wire: made once, and shared by all
// readers who get it. A queue holds the frames that wait for one reader. Threads may share a frame;
// a queue belongs to whoever holds its subscriber's lock.
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
    size_t bytes;  // that are still to be read, of all frames
    size_t offset; // how many bytes of the first frame have been read
};

void frame_queue_free(struct frame_queue *queue);
// The queue becomes one more owner of the frame. False without memory.
bool frame_queue_add(struct frame_queue *queue, struct frame *frame) MUST_CHECK;
// Reads as many bytes as there are, at most size; how many.
size_t frame_queue_read(struct frame_queue *queue, char *out, size_t size);
// Drops all frames, but keeps the rest of one that was read in part.
void frame_queue_drop(struct frame_queue *queue);
