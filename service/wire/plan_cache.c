// SPDX-License-Identifier: Apache-2.0
// A hash table with open addressing, never more than half full. Nothing is dropped singly: a
// deployment has tens of schemas, and whoever makes more than fit only costs a compilation each.
#include "wire/plan_cache.h"

#include <stdlib.h>

#include "wire/schemas.h"

enum { SLOTS = 2 * PLAN_CACHE_MAX_SCHEMAS };

struct plan_cache {
    struct plan_cache_options options;
    struct arena arena;              // of our own schemas
    struct schema *readers;          // owned, by layout
    struct plan_entry *slots[SLOTS]; // owned
    size_t count;
    size_t memory_bytes; // of those that do not stay
};

static size_t slot_of(const struct schema_name *name)
{
    uint64_t parts[2] = {0};

    if (schema_name_is_number(name))
        parts[0] = name->id;
    else if (name->kind == SCHEMA_BY_FINGERPRINT)
        parts[0] = name->fingerprint;
    else
        memcpy(parts, name->guid, sizeof parts);
    parts[0] ^= parts[1] + (uint64_t)name->kind;
    return (size_t)(parts[0] * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS;
}

static bool same_name(const struct schema_name *a, const struct schema_name *b)
{
    if (a->kind != b->kind)
        return false;
    if (schema_name_is_number(a))
        return a->id == b->id;
    if (a->kind == SCHEMA_BY_FINGERPRINT)
        return a->fingerprint == b->fingerprint;
    return !memcmp(a->guid, b->guid, sizeof a->guid);
}

// Its slot, or the empty one where it would go.
static struct plan_entry **find_slot(struct plan_cache *cache, const struct schema_name *name)
{
    size_t slot = slot_of(name);

    while (cache->slots[slot] && !same_name(&cache->slots[slot]->name, name))
        slot = (slot + 1) % SLOTS;
    return &cache->slots[slot];
}

static void entry_free(struct plan_entry *entry)
{
    if (!entry)
        return;
    for (size_t i = 0; i < entry->branch_count; i++)
        plan_free(entry->branches[i].plan);
    free(entry->branches);
    free(entry);
}

// Whether full_name is that record's, in our namespace or one that was added.
static bool is_ours(const struct plan_cache *cache, const char *full_name, const char *record)
{
    const char *const *space = cache->options.namespaces;
    const char *dot = strrchr(full_name, '.');
    size_t length = dot ? (size_t)(dot - full_name) : 0;

    if (strcmp(schema_short_name(full_name), record))
        return false;
    if (length == strlen(OWN_NAMESPACE) && !memcmp(full_name, OWN_NAMESPACE, length))
        return true;
    for (; space && *space; space++)
        if (strlen(*space) == length && !memcmp(full_name, *space, length))
            return true;
    return false;
}

// Which of our records a writer's record is, by name or by either side's aliases; -1: none.
static int find_layout(const struct plan_cache *cache, const struct schema_node *writer)
{
    for (size_t i = 0; i < cache->options.layout_count; i++)
        if (is_ours(cache, writer->full_name, cache->options.layouts[i].record))
            return (int)i;
    for (size_t i = 0; i < cache->options.layout_count; i++) {
        if (schema_names_have(&cache->readers[i].root->aliases, writer->full_name))
            return (int)i;
        for (size_t j = 0; j < writer->aliases.count; j++)
            if (is_ours(cache, writer->aliases.names[j], cache->options.layouts[i].record))
                return (int)i;
    }
    return -1;
}

// One of ours by its short name alone is most often ours, from a generator that gave it its
// program's namespace, or none.
static void refuse_record(const struct plan_cache *cache, const struct schema_node *node,
                          struct err *verdict)
{
    const char *name = node->full_name ? node->full_name : schema_type_name(node->type);
    const char *dot = strrchr(name, '.');
    bool is_ours_but_for_its_namespace = false;

    for (size_t i = 0; i < cache->options.layout_count && node->type == SCHEMA_RECORD; i++)
        is_ours_but_for_its_namespace |=
            !strcmp(schema_short_name(name), cache->options.layouts[i].record);
    if (!is_ours_but_for_its_namespace)
        err_set(verdict, POISON, "UNKNOWN_RECORD", "'%.80s' is none of our records", name);
    else if (dot)
        err_set(verdict, POISON, "UNKNOWN_RECORD",
                "'%.80s' is none of our records; if it is meant to be, add '%.*s' to "
                "events.namespaces, or have it written in the namespace " OWN_NAMESPACE,
                name, (int)(dot - name < 80 ? dot - name : 80), name);
    else
        err_set(verdict, POISON, "UNKNOWN_RECORD",
                "'%.80s' has no namespace, and so is none of our records; if it is meant to be, "
                "have it written as " OWN_NAMESPACE ".%.80s",
                name, name);
}

// 0 also when the branch is refused for good (then with its verdict); RETRY without memory.
static int compile_branch(struct plan_cache *cache, const struct schema *writer,
                          const struct schema_node *node, struct plan_branch *branch)
{
    int layout = node->type == SCHEMA_RECORD ? find_layout(cache, node) : -1;
    int rc;

    branch->is_foreign = layout < 0;
    if (branch->is_foreign) {
        refuse_record(cache, node, &branch->verdict);
        return 0;
    }
    rc = plan_compile(node, writer->parts, &cache->readers[layout], &cache->options.layouts[layout],
                      &branch->plan, &branch->verdict);
    return rc == POISON ? 0 : rc;
}

static int compile_branches(struct plan_cache *cache, const struct schema *writer,
                            struct plan_entry *entry, struct err *err)
{
    struct schema_node *root = writer->root;
    struct schema_node *const *nodes = &root;
    size_t count = 1;

    entry->is_union = root->type == SCHEMA_UNION;
    if (entry->is_union) {
        nodes = root->children;
        count = root->child_count;
    }
    entry->branches = calloc(count + 1, sizeof *entry->branches);
    if (!entry->branches)
        return err_no_memory(err);
    for (; entry->branch_count < count; entry->branch_count++) {
        struct plan_branch *branch = &entry->branches[entry->branch_count];

        if (compile_branch(cache, writer, nodes[entry->branch_count], branch))
            return err_no_memory(err);
        entry->memory_bytes +=
            sizeof *branch + (branch->plan ? plan_memory_bytes(branch->plan) : 0);
    }
    return DONE;
}

static struct plan_entry *entry_new(const struct schema_name *name)
{
    struct plan_entry *entry = calloc(1, sizeof *entry);

    if (entry) {
        entry->name = *name;
        entry->memory_bytes = sizeof *entry;
    }
    return entry;
}

static int read_own_schema(struct plan_cache *cache, size_t layout, struct err *err)
{
    const struct own_schema *own = own_schema_find(cache->options.layouts[layout].record);
    struct schema_name name = {.kind = SCHEMA_BY_FINGERPRINT,
                               .fingerprint = own->fingerprints[FORM_SPECIFIED]};
    struct plan_entry *entry;
    int rc = schema_parse(own->json, &cache->arena, &cache->readers[layout], err);

    if (rc)
        return rc;
    entry = entry_new(&name);
    rc = entry ? compile_branches(cache, &cache->readers[layout], entry, err) : err_no_memory(err);
    if (rc) {
        entry_free(entry);
        return rc;
    }
    *find_slot(cache, &name) = entry;
    cache->count++;
    return DONE;
}

struct plan_cache *plan_cache_new(const struct plan_cache_options *options, struct err *err)
{
    struct plan_cache *cache = calloc(1, sizeof *cache);
    int rc = 0;

    if (!cache) {
        err_no_memory(err);
        return NULL;
    }
    arena_init(&cache->arena);
    cache->options = *options;
    cache->readers = calloc(options->layout_count, sizeof *cache->readers);
    if (!cache->readers)
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < options->layout_count; i++)
        rc = read_own_schema(cache, i, err);
    if (rc) {
        plan_cache_free(cache);
        return NULL;
    }
    return cache;
}

void plan_cache_free(struct plan_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        entry_free(cache->slots[i]);
    for (size_t i = 0; cache->readers && i < cache->options.layout_count; i++)
        schema_close(&cache->readers[i]);
    free(cache->readers);
    arena_reset(&cache->arena);
    free(cache);
}

// Our own schemas are those whose plan's writer is the reader: they were there first.
static bool is_own(const struct plan_cache *cache, const struct plan_entry *entry)
{
    for (size_t i = 0; i < cache->options.layout_count; i++)
        if (entry->name.kind == SCHEMA_BY_FINGERPRINT &&
            entry->name.fingerprint ==
                own_schema_find(cache->options.layouts[i].record)->fingerprints[FORM_SPECIFIED])
            return true;
    return false;
}

static void drop_others(struct plan_cache *cache)
{
    struct plan_entry *own[OWN_SCHEMAS];
    size_t own_count = 0;

    for (size_t i = 0; i < SLOTS; i++) {
        struct plan_entry *entry = cache->slots[i];

        cache->slots[i] = NULL;
        if (entry && is_own(cache, entry))
            own[own_count++] = entry;
        else
            entry_free(entry);
    }
    for (size_t i = 0; i < own_count; i++)
        *find_slot(cache, &own[i]->name) = own[i];
    cache->count = own_count;
    cache->memory_bytes = 0;
}

static int fetch(struct plan_cache *cache, const struct schema_name *name, char **json,
                 struct err *err)
{
    const struct schema_source *source = cache->options.schemas;
    // Also one by another form, or one for which this cache has no layout: no reason to wait.
    const struct own_schema *own =
        name->kind == SCHEMA_BY_FINGERPRINT ? own_schema_by_fingerprint(name->fingerprint) : NULL;

    *json = own ? strndup(own->json.data, own->json.size) : NULL;
    if (own)
        return *json ? 0 : err_no_memory(err);
    if (!source) {
        char text[SCHEMA_NAME_TEXT_SIZE];

        schema_name_text(name, text);
        return schema_no_hope(err,
                              "the schema (%s) is not one of ours, and no registry or folder is "
                              "configured",
                              text);
    }
    return source->fetch(source->self, name, json, err);
}

// Parses and compiles what was fetched. The verdict on it is part of the entry.
static int load(struct plan_cache *cache, const char *json, struct plan_entry *entry,
                struct err *err)
{
    struct schema writer;
    struct arena arena;
    int rc;

    arena_init(&arena);
    rc = schema_parse(slice_of(json), &arena, &writer, &entry->verdict);
    if (!rc)
        rc = compile_branches(cache, &writer, entry, err);
    else
        rc = rc == POISON ? 0 : err_no_memory(err);
    schema_close(&writer);
    arena_reset(&arena);
    return rc;
}

int plan_cache_find(struct plan_cache *cache, const struct schema_name *name,
                    const struct plan_entry **out, struct err *err)
{
    struct plan_entry **slot = find_slot(cache, name);
    struct plan_entry *entry = *slot;
    char *json;
    int rc;

    if (entry) {
        *out = entry;
        return DONE;
    }
    rc = fetch(cache, name, &json, err);
    if (rc)
        return rc;
    entry = entry_new(name);
    rc = entry ? load(cache, json, entry, err) : err_no_memory(err);
    free(json);
    if (rc) {
        entry_free(entry);
        return rc;
    }
    if (cache->count >= PLAN_CACHE_MAX_SCHEMAS ||
        cache->memory_bytes + entry->memory_bytes > PLAN_CACHE_MAX_BYTES) {
        drop_others(cache);
        slot = find_slot(cache, name);
    }
    *slot = entry;
    cache->count++;
    cache->memory_bytes += entry->memory_bytes;
    *out = entry;
    return DONE;
}
