// SPDX-License-Identifier: Apache-2.0
// Ids of events: random ones, or such as are made of what the event is, alike in every language's
// client (clients/).
#pragma once

#include "base/uuid.h"
#include "core/event.h"

enum { RANDOM_IDS = 64 };

// Random bytes in store, so that few events ask the kernel. One emitter's; guarded by its lock.
struct random_ids {
    unsigned char bytes[RANDOM_IDS][UUID_BYTES];
    size_t left;
};

struct uuid random_ids_next(struct random_ids *ids);

// Of source, the event's job and attempt, its kind and the number it has among its job's events.
// False without memory.
bool derived_id(struct slice source, const struct event *event, uint64_t number,
                struct uuid *out) MUST_CHECK;
