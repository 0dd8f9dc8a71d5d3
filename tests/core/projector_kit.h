// SPDX-License-Identifier: Apache-2.0
// A projector over a memory_store, with one partition, and what a worker does with it.
#pragma once

#include "core/made.h"
#include "core/memory_store.h"

struct projector_kit {
    struct memory_store store;
    struct store_port port;
    uint64_t drawn;
    struct horizons horizons;
    struct projector *projector;
    struct source source;
    struct track *track;
    int64_t offset; // the next record's
    int released;   // how often the callback came
    struct batch_done done;
    struct err err;
};

// Small batches: records_max records each; rows that nothing waits for are dropped at once if
// cache_bytes_max is 0.
void kit_open(struct projector_kit *kit, size_t records_max, size_t cache_bytes_max);
void kit_close(struct projector_kit *kit);
// Takes the partition from where the store says it stands.
void kit_take(struct projector_kit *kit);
// Brings a record and advances; a POISON becomes a dead letter. What projector_event said.
int kit_bring(struct projector_kit *kit, struct event event);
int kit_step(struct projector_kit *kit, bool *committed);
// Steps until idle; asserts that every step works.
void kit_settle(struct projector_kit *kit);
struct source_position kit_position(const struct projector_kit *kit);
