// SPDX-License-Identifier: Apache-2.0
#include "core/cache.h"

#include <stdlib.h>
#include <utlist.h>

void cache_init(struct cache *cache, size_t bytes_max)
{
    *cache = (struct cache){.bytes_max = bytes_max};
}

static void free_cached(struct cached_row *cached)
{
    row_free(cached->row);
    free(cached);
}

void cache_clear(struct cache *cache)
{
    struct cached_row *cached, *next;

    HASH_CLEAR(hh, cache->table);
    for (cached = cache->recent; cached; cached = next) {
        next = cached->next;
        free_cached(cached);
    }
    cache_init(cache, cache->bytes_max);
}

struct cached_row *cache_peek(struct cache *cache, const struct job_key *key)
{
    char bytes[JOB_KEY_MAX_BYTES];
    struct cached_row *cached;

    job_key_write(key, bytes);
    HASH_FIND(hh, cache->table, bytes, job_key_size(key), cached);
    return cached;
}

static struct cached_row *add(struct cache *cache, const struct job_key *key, struct err *err)
{
    struct cached_row *cached = calloc(1, sizeof *cached);

    if (cached)
        cached->row = row_new(*key, err);
    if (!cached || !cached->row) {
        free(cached);
        err_no_memory(err);
        return NULL;
    }
    HASH_ADD_KEYPTR(hh, cache->table, cached->row->key.job_id.data, job_key_size(key), cached);
    if (!cached->hh.tbl) {
        free_cached(cached);
        err_no_memory(err);
        return NULL;
    }
    DL_PREPEND(cache->recent, cached);
    cache->rows++;
    cache_recount(cache, cached);
    return cached;
}

int cache_get(struct cache *cache, const struct job_key *key, struct cached_row **out,
              struct err *err)
{
    struct cached_row *cached = cache_peek(cache, key);

    if (!cached) {
        cached = add(cache, key, err);
        if (!cached)
            return RETRY;
    } else if (cached != cache->recent) {
        DL_DELETE(cache->recent, cached);
        DL_PREPEND(cache->recent, cached);
    }
    *out = cached;
    return DONE;
}

void cache_replace(struct cache *cache, struct cached_row *cached, struct row *row)
{
    struct row *old = cached->row;

    // The table keeps a pointer to the key, which lives in the row.
    cached->hh.key = row->key.job_id.data;
    cached->row = row;
    row_free(old);
    cache_recount(cache, cached);
}

int cache_empty(struct cache *cache, struct cached_row *cached, struct err *err)
{
    struct row *row = row_new(cached->row->key, err);

    if (!row)
        return RETRY;
    cache_replace(cache, cached, row);
    return DONE;
}

void cache_recount(struct cache *cache, struct cached_row *cached)
{
    size_t bytes = sizeof *cached + row_bytes(cached->row);

    cache->bytes += bytes - cached->bytes;
    cached->bytes = bytes;
}

void cache_retire(struct cache *cache, struct cached_row *cached)
{
    DL_DELETE(cache->recent, cached);
    DL_APPEND(cache->recent, cached);
}

void cache_trim(struct cache *cache)
{
    struct cached_row *cached, *previous;

    if (!cache->recent)
        return;
    // NOLINTBEGIN(clang-analyzer-core.NullDereference): lost in the macros of list and hash
    // The list's head knows its tail.
    for (cached = cache->recent->prev; cache->bytes > cache->bytes_max; cached = previous) {
        bool was_last = cached == cache->recent;

        previous = cached->prev;
        if (!cached->listed) {
            HASH_DELETE(hh, cache->table, cached);
            DL_DELETE(cache->recent, cached);
            cache->bytes -= cached->bytes;
            cache->rows--;
            free_cached(cached);
        }
        if (was_last)
            break;
    }
    // NOLINTEND(clang-analyzer-core.NullDereference)
}
