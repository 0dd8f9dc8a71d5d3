// SPDX-License-Identifier: Apache-2.0
#include "live/change_ring.h"

#include <stdlib.h>

// In packed, for each job: the sizes of its organisation and its id in a byte each, then both
// texts.
struct remembered_change {
    struct remembered_change *next;
    int64_t visible_us;
    size_t bytes, count;
    unsigned char packed[];
};

void change_ring_init(struct change_ring *ring, size_t bytes_max)
{
    *ring = (struct change_ring){.bytes_max = bytes_max, .floor_us = INT64_MAX};
}

static void forget_first(struct change_ring *ring)
{
    struct remembered_change *first = ring->first;

    ring->first = first->next;
    if (!ring->first)
        ring->last = NULL;
    ring->bytes -= first->bytes;
    if (first->visible_us > ring->floor_us)
        ring->floor_us = first->visible_us;
    free(first);
}

void change_ring_clear(struct change_ring *ring, int64_t floor_us)
{
    while (ring->first)
        forget_first(ring);
    ring->floor_us = floor_us;
}

static struct remembered_change *pack(int64_t visible_us, const struct job_key *keys, size_t count)
{
    struct remembered_change *change;
    size_t bytes = sizeof *change;
    unsigned char *at;

    for (size_t i = 0; i < count; i++) {
        if (keys[i].organization_id.size > ID_MAX_BYTES || keys[i].job_id.size > ID_MAX_BYTES)
            return NULL; // such a job cannot be one of ours
        bytes += 2 + keys[i].organization_id.size + keys[i].job_id.size;
    }
    change = malloc(bytes);
    if (!change)
        return NULL;
    *change = (struct remembered_change){.visible_us = visible_us, .bytes = bytes, .count = count};
    at = change->packed;
    for (size_t i = 0; i < count; i++) {
        struct slice organization = keys[i].organization_id, job = keys[i].job_id;

        *at++ = (unsigned char)organization.size;
        *at++ = (unsigned char)job.size;
        memcpy(at, organization.data, organization.size);
        memcpy(at + organization.size, job.data, job.size);
        at += organization.size + job.size;
    }
    return change;
}

void change_ring_add(struct change_ring *ring, int64_t visible_us, const struct job_key *keys,
                     size_t count)
{
    struct remembered_change *change = keys ? pack(visible_us, keys, count) : NULL;

    if (!change) {
        if (visible_us > ring->floor_us)
            ring->floor_us = visible_us;
        return;
    }
    if (ring->last)
        ring->last->next = change;
    else
        ring->first = change;
    ring->last = change;
    ring->bytes += change->bytes;
    while (ring->bytes > ring->bytes_max)
        forget_first(ring);
}

void change_ring_visit(const struct change_ring *ring, int64_t after_us,
                       struct slice organization_id, void (*visit)(void *self, struct slice job_id),
                       void *self)
{
    for (const struct remembered_change *change = ring->first; change; change = change->next) {
        const unsigned char *at = change->packed;

        for (size_t i = 0; change->visible_us > after_us && i < change->count; i++) {
            struct slice organization = {(const char *)at + 2, at[0]};
            struct slice job = {organization.data + organization.size, at[1]};

            if (slice_equal(organization, organization_id))
                visit(self, job);
            at += 2 + organization.size + job.size;
        }
    }
}
