// SPDX-License-Identifier: Apache-2.0
#include "store/projection/row_query.h"

#include "store/connection/arrays.h"
#include "store/projection/row_columns.h"

enum { CHUNK_ROWS = 4096, CHUNK_BYTES = 1024 * 1024 };

struct chunk {
    const struct row_write *rows; // borrowed
    uint32_t indices[CHUNK_ROWS];
    size_t count;
};

// Picks rows from *next on that are (not) known, as many as one statement takes.
static void pick(struct chunk *chunk, size_t *next, size_t count, bool is_known)
{
    size_t bytes = 0;

    chunk->count = 0;
    for (; *next < count && chunk->count < CHUNK_ROWS && bytes < CHUNK_BYTES; ++*next) {
        const struct row_write *row = &chunk->rows[*next];

        if (row->is_known != is_known)
            continue;
        chunk->indices[chunk->count++] = (uint32_t)*next;
        bytes += row_columns_bytes(row);
    }
}

static void add_revisions(const struct chunk *chunk, struct parameters *out, size_t member)
{
    struct buffer *bytes = parameters_next(out);

    array_begin(bytes, ARRAY_INT8, chunk->count);
    for (size_t i = 0; i < chunk->count; i++)
        array_int8(bytes,
                   *(const int64_t *)((const char *)&chunk->rows[chunk->indices[i]] + member));
}

static void add_flags(const struct chunk *chunk, struct parameters *out, size_t member)
{
    struct buffer *bytes = parameters_next(out);

    array_begin(bytes, ARRAY_BOOL, chunk->count);
    for (size_t i = 0; i < chunk->count; i++)
        array_bool(bytes, *(const bool *)((const char *)&chunk->rows[chunk->indices[i]] + member));
}

static bool queue(const struct chunk *chunk, bool is_known, struct exchange *exchange)
{
    struct parameters *out = exchange_add(exchange, is_known ? "rows_update" : "rows_insert");

    if (!out)
        return false;
    row_columns_write(out, chunk->rows, chunk->indices, chunk->count);
    add_revisions(chunk, out, offsetof(struct row_write, revision));
    if (is_known) {
        add_revisions(chunk, out, offsetof(struct row_write, base_revision));
        add_flags(chunk, out, offsetof(struct row_write, error_detail_changed));
        add_flags(chunk, out, offsetof(struct row_write, history_changed));
    }
    return !out->bytes.failed;
}

static bool queue_all(struct chunk *chunk, size_t count, bool is_known, struct exchange *exchange)
{
    size_t next = 0;

    for (;;) {
        pick(chunk, &next, count, is_known);
        if (!chunk->count)
            return true;
        if (!queue(chunk, is_known, exchange))
            return false;
    }
}

bool row_query(const struct row_write *rows, size_t count, struct exchange *exchange)
{
    struct chunk chunk = {.rows = rows};

    for (size_t i = 0; i < count && !exchange->breaks_rules; i++)
        exchange->breaks_rules = !row_columns_keep_rules(&rows[i]);
    return queue_all(&chunk, count, true, exchange) && queue_all(&chunk, count, false, exchange);
}
