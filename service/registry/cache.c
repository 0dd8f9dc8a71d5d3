// SPDX-License-Identifier: Apache-2.0
#include "registry/cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/key_hash.h"

struct entry {
    UT_hash_handle hh;
    unsigned char key[SCHEMA_NAME_KEY_BYTES];
    enum disposition missing; // DONE: it is there; else RETRY while there is hope, or POISON
    int64_t until_us;         // of a missing one
    size_t bytes;
    char text[]; // the schema, or why it is missing
};

struct schema_cache {
    pthread_mutex_t lock;
    struct entry *table; // uthash, which iterates in order of insertion
    size_t bytes, max_bytes;
};

struct schema_cache *schema_cache_new(size_t max_bytes)
{
    struct schema_cache *cache = calloc(1, sizeof(*cache));

    if (!cache)
        return NULL;
    cache->max_bytes = max_bytes;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void drop(struct schema_cache *cache, struct entry *entry)
{
    HASH_DEL(cache->table, entry);
    cache->bytes -= entry->bytes;
    free(entry);
}

void schema_cache_free(struct schema_cache *cache)
{
    struct entry *each, *next;

    if (!cache)
        return;
    HASH_ITER (hh, cache->table, each, next)
        drop(cache, each);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct entry *find(struct schema_cache *cache,
                          const unsigned char key[SCHEMA_NAME_KEY_BYTES])
{
    struct entry *found = NULL;

    HASH_FIND(hh, cache->table, key, SCHEMA_NAME_KEY_BYTES, found);
    return found;
}

enum cache_answer schema_cache_find(struct schema_cache *cache, const struct schema_name *name,
                                    int64_t now_us, char **json, struct err *missing)
{
    enum cache_answer answer = CACHE_NOTHING;
    unsigned char key[SCHEMA_NAME_KEY_BYTES];
    struct entry *found;

    schema_name_key(name, key);
    pthread_mutex_lock(&cache->lock);
    found = find(cache, key);
    if (found && found->missing == DONE) {
        *json = strdup(found->text);
        answer = *json ? CACHE_SCHEMA : CACHE_NO_MEMORY;
    } else if (found && now_us < found->until_us) {
        err_set(missing, found->missing, "SCHEMA_UNKNOWN", "%s", found->text);
        answer = CACHE_MISSING;
    }
    pthread_mutex_unlock(&cache->lock);
    return answer;
}

static void add(struct schema_cache *cache, const struct schema_name *name, const char *text,
                enum disposition missing, int64_t until_us)
{
    size_t size = strlen(text) + 1;
    struct entry *made = calloc(1, sizeof(*made) + size);
    struct entry *old;

    if (!made)
        return;
    schema_name_key(name, made->key);
    made->missing = missing;
    made->until_us = until_us;
    made->bytes = sizeof(*made) + size;
    memcpy(made->text, text, size);
    pthread_mutex_lock(&cache->lock);
    old = find(cache, made->key);
    if (old)
        drop(cache, old);
    while (cache->table && cache->bytes + made->bytes > cache->max_bytes)
        drop(cache, cache->table); // NOLINT(clang-analyzer-unix.Malloc): lost in the macro
    HASH_ADD(hh, cache->table, key, SCHEMA_NAME_KEY_BYTES, made);
    if (find(cache, made->key) == made)
        cache->bytes += made->bytes;
    else
        free(made);
    pthread_mutex_unlock(&cache->lock);
}

void schema_cache_add(struct schema_cache *cache, const struct schema_name *name, const char *json)
{
    add(cache, name, json, DONE, 0);
}

void schema_cache_add_missing(struct schema_cache *cache, const struct schema_name *name,
                              int64_t until_us, const struct err *missing)
{
    add(cache, name, missing->text, missing->disposition, until_us);
}
