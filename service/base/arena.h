// SPDX-License-Identifier: Apache-2.0
// Memory that is given back all at once: for a batch or a request. Not thread-safe.
#pragma once

#include "base/attributes.h"
#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; // owned, newest first
    size_t used_bytes;          // handed out since the last reset
};

void arena_init(struct arena *arena);
// Gives everything back; the arena may be used again.
void arena_reset(struct arena *arena);
// Aligned for any type, not cleared. NULL when there is no memory.
void *arena_alloc(struct arena *arena, size_t size);
// A copy that ends with a NUL byte outside its size. Absent stays absent; no memory: returns
// false and leaves *out alone.
bool arena_copy(struct arena *arena, struct slice from, struct slice *out) MUST_CHECK;
