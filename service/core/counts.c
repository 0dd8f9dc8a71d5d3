// SPDX-License-Identifier: Apache-2.0
#include "core/counts.h"

#include <stdlib.h>

#include "base/key_hash.h"

enum { KEY_MAX_BYTES = ID_MAX_BYTES + TYPE_MAX_BYTES + 2 };

struct count_entry {
    struct count_delta delta;
    UT_hash_handle hh;
    char key[];
};

void counts_init(struct counts *counts)
{
    counts->table = NULL;
}

void counts_clear(struct counts *counts)
{
    struct count_entry *entry, *next;

    HASH_ITER (hh, counts->table, entry, next) {
        // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): lost in the macro
        HASH_DELETE(hh, counts->table, entry);
        free(entry);
    }
}

// status, organization_id, NUL, type: none has a NUL within.
static size_t write_key(char *key, struct slice organization_id, struct slice type,
                        enum job_status status)
{
    key[0] = (char)status;
    memcpy(key + 1, organization_id.data, organization_id.size);
    key[1 + organization_id.size] = '\0';
    memcpy(key + 2 + organization_id.size, type.data, type.size);
    return 2 + organization_id.size + type.size;
}

static struct count_entry *entry_new(const char *key, size_t key_size, size_t organization_size)
{
    struct count_entry *entry = malloc(sizeof *entry + key_size);

    if (!entry)
        return NULL;
    *entry = (struct count_entry){0};
    memcpy(entry->key, key, key_size);
    entry->delta.status = (enum job_status)key[0];
    entry->delta.organization_id = (struct slice){entry->key + 1, organization_size};
    entry->delta.type =
        (struct slice){entry->key + 2 + organization_size, key_size - 2 - organization_size};
    return entry;
}

int counts_add(struct counts *counts, struct slice organization_id, struct slice type,
               enum job_status status, int64_t delta, struct err *err)
{
    struct count_entry *entry;
    char key[KEY_MAX_BYTES];
    size_t key_size;

    if (!type.data)
        type = SLICE_LITERAL("");
    key_size = write_key(key, organization_id, type, status);
    HASH_FIND(hh, counts->table, key, key_size, entry);
    if (!entry) {
        entry = entry_new(key, key_size, organization_id.size);
        if (!entry)
            return err_no_memory(err);
        HASH_ADD_KEYPTR(hh, counts->table, entry->key, key_size, entry);
        if (!entry->hh.tbl) {
            free(entry);
            return err_no_memory(err);
        }
    }
    entry->delta.delta += delta;
    return DONE;
}

static int compare_deltas(const void *left, const void *right)
{
    const struct count_delta *a = left, *b = right;
    int order = slice_compare(a->organization_id, b->organization_id);

    if (!order)
        order = slice_compare(a->type, b->type);
    return order ? order : (int)a->status - (int)b->status;
}

int counts_list(struct counts *counts, struct arena *arena, const struct count_delta **out,
                size_t *count, struct err *err)
{
    struct count_delta *list = arena_alloc(arena, (HASH_COUNT(counts->table) + 1) * sizeof *list);
    struct count_entry *entry, *next;
    size_t listed = 0;

    if (!list)
        return err_no_memory(err);
    HASH_ITER (hh, counts->table, entry, next) {
        if (!entry->delta.delta)
            continue;
        list[listed] = entry->delta;
        if (!arena_copy(arena, entry->delta.organization_id, &list[listed].organization_id) ||
            !arena_copy(arena, entry->delta.type, &list[listed].type))
            return err_no_memory(err);
        listed++;
    }
    qsort(list, listed, sizeof *list, compare_deltas);
    *out = list;
    *count = listed;
    return DONE;
}
