// SPDX-License-Identifier: Apache-2.0
// The rows a worker knows, by key, bounded in bytes. What it holds is worth no more than the
// connection it came over: cache_clear after every failure (docs/design.md, section 6).
#pragma once

#include "base/key_hash.h"
#include "core/row.h"

// What PostgreSQL is believed to hold of a row.
enum base { BASE_UNKNOWN, BASE_ABSENT, BASE_STORED };

struct cached_row {
    struct row *row; // owned
    enum base base;
    int64_t revision;              // BASE_STORED
    enum job_status stored_status; // BASE_STORED: as counted
    bool dirty;                    // holds more than what was last written or read
    bool stays;                    // however old: it has not left where it comes from
    uint32_t news;                 // events that made it so, about
    uint8_t listed;                // bits of the batches that list it; such a row is never evicted
    size_t bytes;                  // as last counted in the cache's total

    struct cached_row *prev, *next; // by use, latest first
    UT_hash_handle hh;
};

struct cache {
    struct cached_row *table;  // by key
    struct cached_row *recent; // by use
    size_t bytes, bytes_max;
    size_t rows;
};

void cache_init(struct cache *cache, size_t bytes_max);
// Drops all rows, whether listed or not.
void cache_clear(struct cache *cache);
// The row of that key, made new and BASE_UNKNOWN where there is none; it becomes the latest used.
// 0, or RETRY without memory.
int cache_get(struct cache *cache, const struct job_key *key, struct cached_row **out,
              struct err *err);
// The row of that key, or NULL; its use does not count.
struct cached_row *cache_peek(struct cache *cache, const struct job_key *key);
// Puts row (which becomes the cache's) in place of the one that cached held. Of the same key.
void cache_replace(struct cache *cache, struct cached_row *cached, struct row *row);
// Puts a row without events in place of the one that cached held. 0, or RETRY without memory.
int cache_empty(struct cache *cache, struct cached_row *cached, struct err *err);
// The row is the next to be evicted: nothing more is expected of it.
void cache_retire(struct cache *cache, struct cached_row *cached);
// Counts the row's memory anew, after it grew.
void cache_recount(struct cache *cache, struct cached_row *cached);
// Evicts the longest unused rows that no batch lists until the bound holds.
void cache_trim(struct cache *cache);
