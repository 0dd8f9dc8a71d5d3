// SPDX-License-Identifier: Apache-2.0
#include "core/row.h"

#include <stdlib.h>

const char *job_status_name(enum job_status status)
{
    static const char *const names[JOB_STATUSES] = {
        [STATUS_ACCEPTED] = "accepted",     [STATUS_RUNNING] = "running",
        [STATUS_SUCCESSFUL] = "successful", [STATUS_FAILED] = "failed",
        [STATUS_DISMISSED] = "dismissed",
    };

    return names[status];
}

int job_key_compare(const struct job_key *a, const struct job_key *b)
{
    int order = slice_compare(a->job_id, b->job_id);

    return order ? order : slice_compare(a->organization_id, b->organization_id);
}

size_t job_key_size(const struct job_key *key)
{
    return key->job_id.size + 1 + key->organization_id.size;
}

void job_key_write(const struct job_key *key, char *out)
{
    memcpy(out, key->job_id.data, key->job_id.size);
    out[key->job_id.size] = '\0';
    memcpy(out + key->job_id.size + 1, key->organization_id.data, key->organization_id.size);
}

bool text_set(struct text *text, struct slice value)
{
    if (!value.data) {
        free(text->data);
        *text = (struct text){0};
        return true;
    }
    if (!text->data || text->capacity < value.size) {
        uint32_t capacity = ((uint32_t)value.size + 16) & ~15u;
        char *data = malloc(capacity);

        if (!data)
            return false;
        free(text->data);
        *text = (struct text){.data = data, .capacity = capacity};
    }
    if (value.size)
        memmove(text->data, value.data, value.size);
    text->size = (uint32_t)value.size;
    return true;
}

struct row *row_new(struct job_key key, struct err *err)
{
    struct row *row = malloc(sizeof *row + job_key_size(&key));
    char *room;

    if (!row) {
        err_no_memory(err);
        return NULL;
    }
    room = (char *)(row + 1);
    job_key_write(&key, room);
    *row = (struct row){
        .key = {.job_id = {room, key.job_id.size},
                .organization_id = {room + key.job_id.size + 1, key.organization_id.size}},
        .started_at_us = TIME_NONE,
        .tick = PROGRESS_NONE,
        .updated_at_us = TIME_NONE,
    };
    return row;
}

// Every text of a row, so that freeing and counting cannot forget one.
enum { ROW_TEXTS = 10 };

static void list_texts(struct row *row, struct text *texts[ROW_TEXTS])
{
    struct text *const all[ROW_TEXTS] = {
        &row->end.message,       &row->end.result_uri, &row->end.error_code,
        &row->end.error_detail,  &row->statement.type, &row->statement.creator_id,
        &row->statement.message, &row->creation.type,  &row->creation.creator_id,
        &row->creation.message,
    };

    memcpy(texts, all, sizeof all);
}

void row_free(struct row *row)
{
    struct text *texts[ROW_TEXTS];

    if (!row)
        return;
    list_texts(row, texts);
    for (int i = 0; i < ROW_TEXTS; i++)
        free(texts[i]->data);
    history_clear(&row->history);
    free(row);
}

size_t row_bytes(const struct row *row)
{
    struct text *texts[ROW_TEXTS];
    size_t bytes =
        sizeof *row + row->key.organization_id.size + row->key.job_id.size + row->history.bytes;

    list_texts((struct row *)(uintptr_t)row, texts); // only read
    for (int i = 0; i < ROW_TEXTS; i++)
        bytes += texts[i]->capacity;
    return bytes;
}

enum job_status row_status(const struct row *row)
{
    if (!row->end.known)
        return row->ran ? STATUS_RUNNING : STATUS_ACCEPTED;
    return row->end.key.kind == JOB_SUCCEEDED ? STATUS_SUCCESSFUL
           : row->end.key.kind == JOB_FAILED  ? STATUS_FAILED
                                              : STATUS_DISMISSED;
}
