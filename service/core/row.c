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

// Every text of a row, so that moving them cannot forget one.
static const size_t texts[] = {
    offsetof(struct row, end.message),         offsetof(struct row, end.result_uri),
    offsetof(struct row, end.error_code),      offsetof(struct row, end.error_detail),
    offsetof(struct row, statement.type),      offsetof(struct row, statement.creator_id),
    offsetof(struct row, statement.message),   offsetof(struct row, creation.type),
    offsetof(struct row, creation.creator_id), offsetof(struct row, creation.message),
    offsetof(struct row, counted_type),
};
enum { TEXTS = sizeof texts / sizeof *texts };

// Room for what most jobs ever say, and for a little more whenever that was not enough.
enum { FIRST_CAPACITY = 224, SPARE_BYTES = 64, GRAIN = 32 };

static struct text *text_of(struct row *row, size_t which)
{
    return (struct text *)((char *)row + texts[which]);
}

static void put(char **at, struct text *text, struct slice value)
{
    memmove(*at, value.data, value.size);
    *text = (struct text){*at, (uint32_t)value.size, (uint32_t)value.size};
    *at += value.size;
}

// A larger block, with value for one text and what the others are. Value may be of the old one.
static bool grow(struct row *row, struct text *text, struct slice value)
{
    size_t capacity = value.size + SPARE_BYTES;
    char *block, *at;

    for (size_t i = 0; i < TEXTS; i++)
        if (text_of(row, i) != text)
            capacity += text_of(row, i)->size;
    capacity = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : (capacity + GRAIN - 1) / GRAIN * GRAIN;
    block = at = malloc(capacity);
    if (!block)
        return false;
    put(&at, text, value);
    for (size_t i = 0; i < TEXTS; i++) {
        struct text *other = text_of(row, i);

        if (other != text && other->data)
            put(&at, other, text_slice(other));
    }
    free(row->texts);
    row->texts = block;
    row->texts_used = (uint32_t)(at - block);
    row->texts_capacity = (uint32_t)capacity;
    return true;
}

bool text_set(struct row *row, struct text *text, struct slice value)
{
    char *at;

    if (!value.data) {
        *text = (struct text){0};
        return true;
    }
    if (text->data && text->capacity >= value.size) {
        memmove(text->data, value.data, value.size);
        text->size = (uint32_t)value.size;
        return true;
    }
    if (!row->texts || row->texts_capacity - row->texts_used < value.size)
        return grow(row, text, value);
    at = row->texts + row->texts_used;
    row->texts_used += (uint32_t)value.size;
    put(&at, text, value);
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

void row_free(struct row *row)
{
    if (!row)
        return;
    free(row->texts);
    history_clear(&row->history);
    free(row);
}

size_t row_bytes(const struct row *row)
{
    return sizeof *row + job_key_size(&row->key) + row->texts_capacity + row->history.bytes;
}

enum job_status row_status(const struct row *row)
{
    if (!row->end.known)
        return row->ran ? STATUS_RUNNING : STATUS_ACCEPTED;
    return row->end.key.kind == JOB_SUCCEEDED ? STATUS_SUCCESSFUL
           : row->end.key.kind == JOB_FAILED  ? STATUS_FAILED
                                              : STATUS_DISMISSED;
}
