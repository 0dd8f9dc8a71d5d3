// SPDX-License-Identifier: Apache-2.0
#include "store/projection/row_columns.h"

#include "store/connection/arrays.h"
#include "store/connection/values.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_BYTEA,
    COLUMN_STATUS,
    COLUMN_ATTEMPT,
    COLUMN_PROGRESS,
    COLUMN_BOOL,
    COLUMN_TIME,
};

struct column {
    enum column_kind kind;
    size_t offset;  // in struct job_columns
    size_t changed; // in struct row_write: the flag without which an update leaves it; 0: none
};

#define COLUMN(kind, member)                                                                       \
    {                                                                                              \
        kind, offsetof(struct job_columns, member), 0                                              \
    }
#define COLUMN_UNLESS_KEPT(kind, member)                                                           \
    {                                                                                              \
        kind, offsetof(struct job_columns, member), offsetof(struct row_write, member##_changed)   \
    }

static const struct column columns[] = {
    COLUMN(COLUMN_TEXT, key.job_id),
    COLUMN(COLUMN_TEXT, key.organization_id),
    COLUMN(COLUMN_STATUS, status),
    COLUMN(COLUMN_ATTEMPT, attempt),
    COLUMN(COLUMN_PROGRESS, progress),
    COLUMN(COLUMN_TEXT, type),
    COLUMN(COLUMN_TEXT, creator_id),
    COLUMN(COLUMN_TEXT, message),
    COLUMN(COLUMN_TEXT, error_code),
    COLUMN_UNLESS_KEPT(COLUMN_TEXT, error_detail),
    COLUMN(COLUMN_TEXT, result_uri),
    COLUMN(COLUMN_BOOL, creator_disputed),
    COLUMN(COLUMN_BOOL, cancellable),
    COLUMN(COLUMN_TIME, created_at_us),
    COLUMN(COLUMN_TIME, started_at_us),
    COLUMN(COLUMN_TIME, finished_at_us),
    COLUMN(COLUMN_TIME, updated_at_us),
    COLUMN(COLUMN_BYTEA, state),
    COLUMN_UNLESS_KEPT(COLUMN_BYTEA, history),
};
enum { COLUMNS = sizeof columns / sizeof *columns, REVISION = COLUMNS };

static const enum array_element elements[] = {
    [COLUMN_TEXT] = ARRAY_TEXT,        [COLUMN_BYTEA] = ARRAY_BYTEA,   [COLUMN_STATUS] = ARRAY_INT4,
    [COLUMN_ATTEMPT] = ARRAY_INT4,     [COLUMN_PROGRESS] = ARRAY_INT4, [COLUMN_BOOL] = ARRAY_BOOL,
    [COLUMN_TIME] = ARRAY_TIMESTAMPTZ,
};

static const void *member_of(const struct row_write *row, const struct column *column)
{
    return (const char *)&row->columns + column->offset;
}

static bool is_kept(const struct row_write *row, const struct column *column)
{
    return row->is_known && column->changed &&
           !*(const bool *)((const char *)row + column->changed);
}

static void append(struct buffer *out, const struct row_write *row, const struct column *column)
{
    const void *member = member_of(row, column);

    switch (column->kind) {
    case COLUMN_TEXT:
    case COLUMN_BYTEA:
        array_bytes(out, is_kept(row, column) ? SLICE_NULL : *(const struct slice *)member);
        break;
    case COLUMN_STATUS:
        array_int4(out, (int32_t) * (const enum job_status *)member);
        break;
    case COLUMN_ATTEMPT:
        array_int4(out, *(const int32_t *)member);
        break;
    case COLUMN_PROGRESS:
        if (*(const int32_t *)member == PROGRESS_NONE)
            array_null(out);
        else
            array_int4(out, *(const int32_t *)member);
        break;
    case COLUMN_BOOL:
        array_bool(out, *(const bool *)member);
        break;
    case COLUMN_TIME:
        array_time(out, *(const int64_t *)member);
        break;
    }
}

void row_columns_write(struct parameters *parameters, const struct row_write *rows,
                       const uint32_t *indices, size_t count)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        struct buffer *out = parameters_next(parameters);

        array_begin(out, elements[columns[i].kind], count);
        for (size_t j = 0; j < count; j++)
            append(out, &rows[indices[j]], &columns[i]);
    }
}

void row_columns_read(const PGresult *result, int row, struct stored_row *out)
{
    for (int i = 0; i < COLUMNS; i++) {
        void *member = (char *)&out->columns + columns[i].offset;

        switch (columns[i].kind) {
        case COLUMN_TEXT:
        case COLUMN_BYTEA:
            *(struct slice *)member = value_bytes(result, row, i);
            break;
        case COLUMN_STATUS:
            *(enum job_status *)member = (enum job_status)value_int4(result, row, i);
            break;
        case COLUMN_ATTEMPT:
            *(int32_t *)member = value_int4(result, row, i);
            break;
        case COLUMN_PROGRESS:
            *(int32_t *)member =
                PQgetisnull(result, row, i) ? PROGRESS_NONE : value_int4(result, row, i);
            break;
        case COLUMN_BOOL:
            *(bool *)member = value_bool(result, row, i);
            break;
        case COLUMN_TIME:
            *(int64_t *)member = value_time(result, row, i);
            break;
        }
    }
    out->revision = value_int8(result, row, REVISION);
}

bool row_columns_keep_rules(const struct row_write *row)
{
    const struct job_columns *sent = &row->columns;

    return sent->attempt > 0 && sent->status < JOB_STATUSES &&
           (sent->progress == PROGRESS_NONE || (sent->progress >= 0 && sent->progress <= 100)) &&
           sent->key.organization_id.size >= 1 && sent->key.organization_id.size <= ID_MAX_BYTES &&
           sent->key.job_id.size <= ID_MAX_BYTES && sent->creator_id.size <= ID_MAX_BYTES;
}

size_t row_columns_bytes(const struct row_write *row)
{
    size_t bytes = (size_t)12 * (COLUMNS + 4); // a length and a small value each

    for (size_t i = 0; i < COLUMNS; i++)
        if ((columns[i].kind == COLUMN_TEXT || columns[i].kind == COLUMN_BYTEA) &&
            !is_kept(row, &columns[i]))
            bytes += ((const struct slice *)member_of(row, &columns[i]))->size;
    return bytes;
}
