// SPDX-License-Identifier: Apache-2.0
// The queue: entries one behind the other in a run of bytes that is used round and round, in memory
// or in a spool's file. Positions count bytes from the first that ever was. An entry is never cut
// by the end of the run: what is left there is skipped.
//
// One lock of the caller's guards it, except that entries between tail and head do not move:
// whoever sends reads them without.
#pragma once

#include "client/entry.h"
#include "client/spool.h"

struct ring {
    char *memory; // owned, or the spool's
    size_t capacity;
    uint64_t head, tail; // where the next entry goes; the oldest one that is there
    uint64_t count;      // of entries that are no skips
    struct spool *spool; // owned; NULL: memory
};

// In memory. RETRY.
int ring_init(struct ring *ring, size_t capacity, struct err *err);
// In a spool, which it owns from now on; with what that holds. *damaged_bytes: what could not be
// read.
void ring_init_spool(struct ring *ring, struct spool *spool, uint64_t *damaged_bytes);
void ring_close(struct ring *ring);

// Whether an entry of that size fits below most_bytes of the ring being used.
bool ring_has_room(const struct ring *ring, size_t size, size_t most_bytes);
// Appends a copy of an entry whose size is final, with its position and check; there must be room.
// RETRY: the disk refuses (with a spool that syncs each); nothing was appended then.
int ring_append(struct ring *ring, const struct entry *entry, struct err *err);
// The entry at a position that is before end; *position is put behind it. NULL: there is none up to
// end.
struct entry *ring_next(const struct ring *ring, uint64_t *position, uint64_t end);
// What is before that position is free; count: of how many entries. RETRY: the disk refuses; it is
// free all the same, and a machine that fails now may lose what is written there.
int ring_release(struct ring *ring, uint64_t tail, uint64_t count, struct err *err);
