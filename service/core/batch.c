// SPDX-License-Identifier: Apache-2.0
#include "core/batch.h"

#include <stdlib.h>

#include "base/big_endian.h"
#include "core/secret_header.h"

void batch_init(struct batch *batch, uint8_t bit)
{
    *batch = (struct batch){.bit = bit};
    arena_init(&batch->arena);
}

void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++)
        batch->rows[i]->listed &= (uint8_t)~batch->bit;
    batch->row_count = batch->dead_letter_count = batch->records = batch->bytes = 0;
    arena_reset(&batch->arena);
}

void batch_free(struct batch *batch)
{
    free(batch->rows);
    free(batch->dead_letters);
    arena_reset(&batch->arena);
    batch_init(batch, batch->bit);
}

void batch_count(struct batch *batch, const struct source *source, int64_t offset, size_t bytes)
{
    batch->records++;
    batch->bytes += bytes;
    batch->only_source = *source;
    batch->only_offset = offset;
}

// Room for one more element; NULL without memory (the array is as before).
static void *grow(void *array, size_t count, size_t *capacity, size_t element_size)
{
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown;

    if (count < *capacity)
        return array;
    grown = realloc(array, wanted * element_size);
    if (grown)
        *capacity = wanted;
    return grown;
}

int batch_list(struct batch *batch, struct cached_row *cached, struct err *err)
{
    struct cached_row **rows;

    if (cached->listed & batch->bit)
        return DONE;
    rows = grow(batch->rows, batch->row_count, &batch->row_capacity, sizeof(*rows));
    if (!rows)
        return err_no_memory(err);
    batch->rows = rows;
    rows[batch->row_count++] = cached;
    cached->listed |= batch->bit;
    return DONE;
}

static bool copy_headers(struct batch *batch, const struct dead_letter *from,
                         struct dead_letter *copy)
{
    struct record_header *headers =
        arena_alloc(&batch->arena, (from->header_count + 1) * sizeof *headers);
    size_t kept = 0;

    if (!headers)
        return false;
    for (size_t i = 0; i < from->header_count; i++) {
        if (header_goes_no_further(from->headers[i].name, from->headers[i].value))
            continue;
        if (!arena_copy(&batch->arena, from->headers[i].name, &headers[kept].name) ||
            !arena_copy(&batch->arena, from->headers[i].value, &headers[kept].value))
            return false;
        kept++;
    }
    copy->headers = headers;
    copy->header_count = kept;
    return true;
}

int batch_refuse(struct batch *batch, const struct dead_letter *letter, struct err *err)
{
    struct dead_letter *dead_letters = grow(batch->dead_letters, batch->dead_letter_count,
                                            &batch->dead_letter_capacity, sizeof *dead_letters);
    struct dead_letter copy = *letter;

    if (!dead_letters)
        return err_no_memory(err);
    batch->dead_letters = dead_letters;
    if (!arena_copy(&batch->arena, letter->source.topic, &copy.source.topic) ||
        !arena_copy(&batch->arena, letter->key, &copy.key) ||
        !arena_copy(&batch->arena, letter->value, &copy.value) ||
        !arena_copy(&batch->arena, letter->message, &copy.message) ||
        !copy_headers(batch, letter, &copy))
        return err_no_memory(err);
    dead_letters[batch->dead_letter_count++] = copy;
    return DONE;
}

// A row with the beginning of its key, which mostly tells it from others without looking at them.
struct sorted_row {
    uint64_t begin;
    struct cached_row *cached;
};

static uint64_t key_begin(const struct cached_row *cached)
{
    struct slice id = cached->row->key.job_id;
    unsigned char bytes[8] = {0};

    memcpy(bytes, id.data, id.size < sizeof bytes ? id.size : sizeof bytes);
    return big_endian_u64(bytes);
}

static int compare_rows(const void *left, const void *right)
{
    const struct sorted_row *a = left, *b = right;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return job_key_compare(&a->cached->row->key, &b->cached->row->key);
}

int batch_sort(struct batch *batch, struct err *err)
{
    struct sorted_row *rows = malloc((batch->row_count + 1) * sizeof *rows);

    if (!rows)
        return err_no_memory(err);
    for (size_t i = 0; i < batch->row_count; i++)
        rows[i] = (struct sorted_row){key_begin(batch->rows[i]), batch->rows[i]};
    qsort(rows, batch->row_count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < batch->row_count; i++)
        batch->rows[i] = rows[i].cached;
    free(rows);
    return DONE;
}
