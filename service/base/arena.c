// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
    arena->used_bytes = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (!block || block->size - block->used < size) {
        size_t capacity = size > BLOCK_BYTES ? size : BLOCK_BYTES;

        block = malloc(sizeof *block + capacity);
        if (!block)
            return NULL;
        *block = (struct arena_block){.next = arena->blocks, .size = capacity};
        arena->blocks = block;
    }
    block->used += size;
    arena->used_bytes += size;
    return block->bytes + block->used - size;
}

bool arena_copy(struct arena *arena, struct slice from, struct slice *out)
{
    char *copy;

    if (!from.data) {
        *out = from;
        return true;
    }
    copy = arena_alloc(arena, from.size + 1);
    if (!copy)
        return false;
    memcpy(copy, from.data, from.size);
    copy[from.size] = '\0';
    *out = (struct slice){copy, from.size};
    return true;
}
