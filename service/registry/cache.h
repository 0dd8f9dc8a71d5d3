// SPDX-License-Identifier: Apache-2.0
// Schemas once fetched, for ever, and those known to be missing, for a while. Bounded in bytes:
// past SCHEMA_CACHE_MAX_BYTES the oldest go. Thread-safe.
#pragma once

#include "wire/schema_source.h"

struct schema_cache;

enum { SCHEMA_CACHE_MAX_BYTES = 64 << 20 };

// NULL without memory.
struct schema_cache *schema_cache_new(size_t max_bytes);
void schema_cache_free(struct schema_cache *cache);

enum cache_answer { CACHE_NOTHING, CACHE_SCHEMA, CACHE_MISSING, CACHE_NO_MEMORY };

// CACHE_SCHEMA: *json is a malloc'ed copy. CACHE_MISSING: known not to be there until a time that
// is still to come, for the reason copied to *missing.
enum cache_answer schema_cache_find(struct schema_cache *cache, const struct schema_name *name,
                                    int64_t now_us, char **json, struct err *missing);
// Without memory nothing is kept, which is no error.
void schema_cache_add(struct schema_cache *cache, const struct schema_name *name, const char *json);
void schema_cache_add_missing(struct schema_cache *cache, const struct schema_name *name,
                              int64_t until_us, const struct err *missing);
