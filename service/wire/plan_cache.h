// SPDX-License-Identifier: Apache-2.0
// From the name of a writer's schema to the plans that read it, for a given set of our records.
// Plans are compiled at the first meeting and kept, bounded in number and bytes; so is the verdict
// on a schema that cannot be used. Belongs to one thread.
#pragma once

#include "wire/plan.h"
#include "wire/schema_source.h"

struct plan_cache;

enum {
    PLAN_CACHE_MAX_SCHEMAS = 1024,
    PLAN_CACHE_MAX_BYTES = 16 * 1024 * 1024, // of plans; past either, all but our own are dropped
};

struct plan_cache_options {
    const struct schema_source *schemas; // borrowed; NULL: only our own schemas, by fingerprint
    const char *const *namespaces;       // besides "jobtrail.v1"; NULL-terminated or NULL; borrowed
    const struct layout *layouts;        // of our records; each has its schema in own_schemas
    size_t layout_count;
};

// What a writer's record is to us.
struct plan_branch {
    struct plan *plan;  // NULL: refused, and why is in verdict
    struct err verdict; // POISON: UNKNOWN_RECORD or SCHEMA_INCOMPATIBLE
    bool is_foreign;    // refused for being none of our records: UNKNOWN_RECORD
};

// What is known of a writer's schema.
struct plan_entry {
    struct schema_name name;
    struct plan_branch *branches; // owned; one, or one for each of the root union's
    size_t branch_count;          // 0: the schema itself is refused
    bool is_union;
    struct err verdict; // POISON: SCHEMA_INVALID
    size_t memory_bytes;
};

// NULL with err filled: RETRY without memory.
struct plan_cache *plan_cache_new(const struct plan_cache_options *options, struct err *err);
void plan_cache_free(struct plan_cache *cache);

// 0 and the entry, valid until the next call; RETRY or POISON as schema_source.h has it, or RETRY
// without memory.
int plan_cache_find(struct plan_cache *cache, const struct schema_name *name,
                    const struct plan_entry **out, struct err *err);
