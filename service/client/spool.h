// SPDX-License-Identifier: Apache-2.0
// A file that a ring lies in, mapped into memory: what is written there is the kernel's at once,
// and outlives the process without a call. All of its room is taken when it is opened, so that a
// disk that fills up later does no harm.
//
//   0      magic, version, capacity, their check
//   512    where the oldest entry is (a mark)
//   1024   another mark: the two are written by turns, so that one is whole whatever happens
//   4096   the ring
//
// Guarded as the ring is.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct spool;

// In the order of the setting's choices.
enum spool_sync { SPOOL_SYNC_NONE, SPOOL_SYNC_INTERVAL, SPOOL_SYNC_EACH };

// Opens or makes the file; one that is there keeps its capacity. FATAL SPOOL_IN_USE,
// SPOOL_FOREIGN (no spool, or one of another version), SPOOL_DAMAGED (where it begins cannot be
// read), SPOOL_UNUSABLE (what the system said); RETRY without memory.
int spool_open(const char *path, size_t capacity, enum spool_sync sync, struct spool **out,
               struct err *err);
void spool_close(struct spool *spool);

char *spool_memory(const struct spool *spool);
size_t spool_capacity(const struct spool *spool);
uint64_t spool_tail(const struct spool *spool);

// The bytes between two positions were written, and nobody was told yet. RETRY SPOOL_SYNC.
int spool_appended(struct spool *spool, uint64_t from, uint64_t to, struct err *err);
// Moves the mark, in any case. RETRY SPOOL_SYNC: the disk does not know it.
int spool_release(struct spool *spool, uint64_t tail, struct err *err);
// Brings what was appended so far to the disk; to be called without the lock by one thread, head
// being where the ring's was. RETRY SPOOL_SYNC.
int spool_sync_to(struct spool *spool, uint64_t head, struct err *err);
