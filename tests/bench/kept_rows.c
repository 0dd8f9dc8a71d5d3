// SPDX-License-Identifier: Apache-2.0
#include "bench/kept_rows.h"

#include <stdlib.h>
#include <uthash.h>

// Its hash falls through the cases of a switch without a mark that clang takes.
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"

struct kept_row {
    struct stored_row stored;
    char *texts; // owned: of stored
    UT_hash_handle hh;
    size_t key_size;
    char key[JOB_KEY_MAX_BYTES];
};

static struct kept_row *find(struct kept_rows *rows, const struct job_key *key)
{
    char bytes[JOB_KEY_MAX_BYTES];
    struct kept_row *row;

    job_key_write(key, bytes);
    HASH_FIND(hh, rows->table, bytes, job_key_size(key), row);
    return row;
}

static struct kept_row *add(struct kept_rows *rows, const struct job_key *key)
{
    struct kept_row *row = calloc(1, sizeof *row);

    if (!row)
        return NULL;
    job_key_write(key, row->key);
    row->key_size = job_key_size(key);
    HASH_ADD(hh, rows->table, key, row->key_size, row);
    return row;
}

// All texts in one block; NULL without memory.
static char *copy_texts(struct job_columns *columns)
{
    struct slice *const slices[] = {
        &columns->key.organization_id,
        &columns->key.job_id,
        &columns->type,
        &columns->creator_id,
        &columns->message,
        &columns->error_code,
        &columns->error_detail,
        &columns->result_uri,
        &columns->state,
        &columns->history,
    };
    enum { SLICES = sizeof slices / sizeof *slices };
    size_t size = 1;
    char *block, *at;

    for (size_t i = 0; i < SLICES; i++)
        size += slices[i]->size;
    block = at = malloc(size);
    for (size_t i = 0; block && i < SLICES; i++) {
        if (!slices[i]->data)
            continue;
        memcpy(at, slices[i]->data, slices[i]->size);
        slices[i]->data = at;
        at += slices[i]->size;
    }
    return block;
}

static bool write_row(struct kept_rows *rows, const struct row_write *write)
{
    struct kept_row *row = find(rows, &write->columns.key);

    if (!row)
        row = add(rows, &write->columns.key);
    if (!row)
        return false;
    free(row->texts);
    row->stored = (struct stored_row){write->columns, write->revision};
    row->texts = copy_texts(&row->stored.columns);
    return row->texts;
}

bool kept_rows_write(struct kept_rows *rows, const struct batch_write *batch)
{
    for (size_t i = 0; i < batch->row_count; i++)
        if (!write_row(rows, &batch->rows[i]))
            return false;
    return true;
}

bool kept_rows_read(struct kept_rows *rows, const struct job_key *keys, size_t count)
{
    free(rows->answer);
    rows->answer_count = 0;
    rows->answer = calloc(count + 1, sizeof *rows->answer);
    if (!rows->answer)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct kept_row *row = find(rows, &keys[i]);

        if (row)
            rows->answer[rows->answer_count++] = row->stored;
    }
    return true;
}

void kept_rows_free(struct kept_rows *rows)
{
    struct kept_row *row, *next;

    HASH_ITER (hh, rows->table, row, next) {
        HASH_DELETE(hh, rows->table, row);
        free(row->texts);
        free(row);
    }
    free(rows->answer);
    *rows = (struct kept_rows){0};
}
