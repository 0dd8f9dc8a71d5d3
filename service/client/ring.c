// SPDX-License-Identifier: Apache-2.0
// Recovery trusts an entry that says its own position and whose check is right. What lies between
// two such is damaged: it becomes a skip, so that whoever walks later finds entries alone.
#include "client/ring.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/fault.h"

static size_t left_at(const struct ring *ring, uint64_t position)
{
    return ring->capacity - position % ring->capacity;
}

static struct entry *entry_at(const struct ring *ring, uint64_t position)
{
    return (struct entry *)(void *)(ring->memory + position % ring->capacity);
}

static uint32_t check_of(const struct entry *entry)
{
    const size_t from = offsetof(struct entry, position);
    const size_t size = entry->kind == ENTRY_SKIP ? sizeof *entry : entry->size;

    return (uint32_t)crc32(0, (const unsigned char *)entry + from, (uInt)(size - from));
}

int ring_init(struct ring *ring, size_t capacity, struct err *err)
{
    *ring = (struct ring){.memory = malloc(capacity), .capacity = capacity};
    return ring->memory ? DONE : err_no_memory(err);
}

void ring_close(struct ring *ring)
{
    if (ring->spool)
        spool_close(ring->spool);
    else
        free(ring->memory);
    *ring = (struct ring){0};
}

static bool is_whole(const struct ring *ring, uint64_t position)
{
    const struct entry *entry = entry_at(ring, position);
    const size_t left = left_at(ring, position);

    if (left < sizeof *entry || entry->position != position || entry->size > left ||
        entry->size < sizeof *entry || entry->size % ENTRY_ALIGN)
        return false;
    if (entry->kind != ENTRY_SKIP &&
        entry->size != entry_aligned(sizeof *entry + entry->job_id_size + entry->traceparent_size +
                                     (size_t)entry->value_size))
        return false;
    return entry->check == check_of(entry);
}

// Makes skips from a position up to another.
static void skip(struct ring *ring, uint64_t from, uint64_t to)
{
    while (from < to) {
        size_t left = left_at(ring, from);
        size_t size = left < to - from ? left : (size_t)(to - from);
        struct entry *entry = entry_at(ring, from);

        if (size >= sizeof *entry) {
            *entry = (struct entry){.position = from, .size = (uint32_t)size, .kind = ENTRY_SKIP};
            entry->check = check_of(entry);
        }
        from += size;
    }
}

// The first whole entry at or after position; end: there is none.
static uint64_t find_whole(const struct ring *ring, uint64_t position, uint64_t end)
{
    while (position < end && !is_whole(ring, position))
        position += ENTRY_ALIGN;
    return position;
}

void ring_init_spool(struct ring *ring, struct spool *spool, uint64_t *damaged_bytes)
{
    uint64_t found, end;

    *ring = (struct ring){.memory = spool_memory(spool),
                          .capacity = spool_capacity(spool),
                          .tail = spool_tail(spool),
                          .spool = spool};
    ring->head = ring->tail;
    end = ring->tail + ring->capacity;
    *damaged_bytes = 0;
    while ((found = find_whole(ring, ring->head, end)) < end) {
        struct entry *entry = entry_at(ring, found);

        // At the end of the run what is left is passed over without a skip where none fits.
        if (found - ring->head >= sizeof *entry || left_at(ring, ring->head) >= sizeof *entry)
            *damaged_bytes += found - ring->head;
        skip(ring, ring->head, found);
        entry->state = ENTRY_QUEUED;
        ring->count += entry->kind != ENTRY_SKIP;
        ring->head = found + entry->size;
    }
}

// What an entry of that size takes up, with what is left over at the end of the run.
static size_t needed(const struct ring *ring, size_t size)
{
    const size_t left = left_at(ring, ring->head);

    return left < size ? left + size : size;
}

bool ring_has_room(const struct ring *ring, size_t size, size_t most_bytes)
{
    return ring->head - ring->tail + needed(ring, size) <= most_bytes;
}

int ring_append(struct ring *ring, const struct entry *entry, struct err *err)
{
    const uint64_t begin = ring->head + (needed(ring, entry->size) - entry->size);
    struct entry *at = entry_at(ring, begin);
    int rc = DONE;

    skip(ring, ring->head, begin);
    FAULT_POINT("client-skipped");
    memcpy(at, entry, entry->size);
    FAULT_POINT("client-copied");
    at->position = begin;
    at->state = ENTRY_QUEUED;
    if (ring->spool) {
        at->check = check_of(at);
        rc = spool_appended(ring->spool, ring->head, begin + at->size, err);
    }
    FAULT_POINT("client-checked");
    if (rc) {
        at->check = ~at->check;
        return rc;
    }
    ring->head = begin + at->size;
    ring->count++;
    return DONE;
}

struct entry *ring_next(const struct ring *ring, uint64_t *position, uint64_t end)
{
    while (*position < end) {
        const size_t left = left_at(ring, *position);
        struct entry *entry = entry_at(ring, *position);

        if (left < sizeof *entry) {
            *position += left;
            continue;
        }
        *position += entry->size;
        if (entry->kind != ENTRY_SKIP)
            return entry;
    }
    return NULL;
}

int ring_release(struct ring *ring, uint64_t tail, uint64_t count, struct err *err)
{
    int rc = ring->spool ? spool_release(ring->spool, tail, err) : DONE;

    ring->tail = tail;
    ring->count -= count;
    return rc;
}
