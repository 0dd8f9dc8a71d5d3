// SPDX-License-Identifier: Apache-2.0
#include "live/frame.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAD_SIZE = 64, QUEUE_BEGINS_AT = 4 };

static struct frame *make(size_t size)
{
    struct frame *frame = malloc(sizeof *frame + size);

    if (!frame)
        return NULL;
    frame->owners = 1;
    frame->size = size;
    return frame;
}

struct frame *frame_new(const char *event, int64_t id, struct slice data)
{
    static const char begin[] = "data: ", end[] = "\n\n";
    char head[HEAD_SIZE];
    int head_size = id == FRAME_NO_ID ? snprintf(head, sizeof head, "event: %s\n", event)
                                      : snprintf(head, sizeof head, "event: %s\nid: %lld\n", event,
                                                 (long long)id);
    struct frame *frame = make((size_t)head_size + sizeof begin + data.size + sizeof end - 2);
    char *at;

    if (!frame)
        return NULL;
    at = frame->bytes;
    memcpy(at, head, (size_t)head_size);
    at += head_size;
    memcpy(at, begin, sizeof begin - 1);
    at += sizeof begin - 1;
    memcpy(at, data.data, data.size);
    memcpy(at + data.size, end, sizeof end - 1);
    return frame;
}

struct frame *frame_of(const char *text)
{
    struct frame *frame = make(strlen(text));

    if (frame)
        memcpy(frame->bytes, text, frame->size);
    return frame;
}

struct frame *frame_share(struct frame *frame)
{
    atomic_fetch_add(&frame->owners, 1);
    return frame;
}

void frame_free(struct frame *frame)
{
    if (frame && atomic_fetch_sub(&frame->owners, 1) == 1)
        free(frame);
}

static void forget(struct frame_queue *queue, size_t from)
{
    for (size_t i = from; i < queue->count; i++)
        frame_free(queue->frames[queue->first + i]);
    queue->count = from;
}

void frame_queue_free(struct frame_queue *queue)
{
    forget(queue, 0);
    free(queue->frames);
    *queue = (struct frame_queue){0};
}

static bool make_room(struct frame_queue *queue)
{
    size_t capacity = queue->capacity ? queue->capacity * 2 : QUEUE_BEGINS_AT;
    struct frame **larger;

    if (queue->first + queue->count < queue->capacity)
        return true;
    if (queue->first) {
        memmove(queue->frames, queue->frames + queue->first, queue->count * sizeof(struct frame *));
        queue->first = 0;
        return true;
    }
    larger = realloc(queue->frames, capacity * sizeof(struct frame *));
    if (!larger)
        return false;
    queue->frames = larger;
    queue->capacity = capacity;
    return true;
}

bool frame_queue_add(struct frame_queue *queue, struct frame *frame)
{
    if (!make_room(queue))
        return false;
    queue->frames[queue->first + queue->count++] = frame_share(frame);
    queue->bytes += frame->size;
    return true;
}

size_t frame_queue_read(struct frame_queue *queue, char *out, size_t size)
{
    size_t read = 0;

    while (queue->count && read < size) {
        struct frame *frame = queue->frames[queue->first];
        size_t part = frame->size - queue->offset;

        if (part > size - read)
            part = size - read;
        memcpy(out + read, frame->bytes + queue->offset, part);
        read += part;
        queue->offset += part;
        if (queue->offset < frame->size)
            break;
        frame_free(frame);
        queue->offset = 0;
        queue->first++;
        queue->count--;
    }
    queue->bytes -= read;
    return read;
}

void frame_queue_drop(struct frame_queue *queue)
{
    forget(queue, queue->offset ? 1 : 0);
    queue->bytes = queue->count ? queue->frames[queue->first]->size - queue->offset : 0;
}
