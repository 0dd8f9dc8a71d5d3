// SPDX-License-Identifier: Apache-2.0
// The latest changes, for readers who resume the stream. Bounded in bytes: the oldest are forgotten
// first. Belongs to one thread.
#pragma once

#include "core/row.h"

struct remembered_change;

struct change_ring {
    struct remembered_change *first, *last; // owned, as they came
    size_t bytes, bytes_max;
    // A reader can resume who was told all that was visible at this moment, or a later one.
    int64_t floor_us;
};

void change_ring_init(struct change_ring *ring, size_t bytes_max);
// Forgets all changes. From now on nobody can resume from before floor_us.
void change_ring_clear(struct change_ring *ring, int64_t floor_us);
// visible_us: a moment, by the database's clock, at which the change was visible: who was told all
// up to then was told of it. Keys are copied. A change that cannot be kept (there is no memory, it
// is larger than the ring, or keys is NULL because it has too many jobs to name) raises floor_us to
// visible_us: nobody from before then can resume.
void change_ring_add(struct change_ring *ring, int64_t visible_us, const struct job_key *keys,
                     size_t count);
// Calls visit for each job of the organisation that was changed after that moment; the same job may
// come more than once.
void change_ring_visit(const struct change_ring *ring, int64_t after_us,
                       struct slice organization_id, void (*visit)(void *self, struct slice job_id),
                       void *self);
