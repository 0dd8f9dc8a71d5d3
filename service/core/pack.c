// SPDX-License-Identifier: Apache-2.0
#include "core/pack.h"

#include "core/pack_history.h"
#include "core/packed_bytes.h"

enum {
    PACK_RAN = 1,
    PACK_END = 2,
    PACK_END_HAS_COMMAND = 4,
    PACK_STATEMENT = 8,
    PACK_STATEMENT_CANCELLABLE = 16,
    PACK_CREATION = 32,
};

enum shown { SHOWN_NONE, SHOWN_END, SHOWN_STATEMENT, SHOWN_CREATION };

// message: the first that is not null of the winning end's, the latest statement's, the earliest
// creation's (docs/design.md, section 5).
static enum shown shown_message(const struct row *row)
{
    if (row->end.message.data)
        return SHOWN_END;
    if (row->statement.message.data)
        return SHOWN_STATEMENT;
    return row->creation.message.data ? SHOWN_CREATION : SHOWN_NONE;
}

static struct slice message_of(const struct row *row, enum shown shown)
{
    const struct text *const messages[] = {
        [SHOWN_END] = &row->end.message,
        [SHOWN_STATEMENT] = &row->statement.message,
        [SHOWN_CREATION] = &row->creation.message,
    };

    return shown == SHOWN_NONE ? SLICE_NULL : text_slice(messages[shown]);
}

static unsigned flags_of(const struct row *row)
{
    return (row->ran ? PACK_RAN : 0u) | (row->end.known ? PACK_END : 0u) |
           (row->end.has_command ? PACK_END_HAS_COMMAND : 0u) |
           (row->statement.known ? PACK_STATEMENT : 0u) |
           (row->statement.cancellable ? PACK_STATEMENT_CANCELLABLE : 0u) |
           (row->creation.known ? PACK_CREATION : 0u);
}

static void put_hidden_message(char **at, const struct row *row, enum shown which)
{
    if (shown_message(row) != which)
        put_text(at, message_of(row, which));
}

static bool pack_state(const struct row *row, struct arena *arena, struct slice *out)
{
    enum { FIXED_BYTES = 128 };
    size_t most = FIXED_BYTES + row->end.message.size + row->statement.message.size +
                  row->statement.type.size + row->statement.creator_id.size +
                  row->creation.message.size;
    char *bytes = arena_alloc(arena, most), *at = bytes;

    if (!bytes)
        return false;
    put_u8(&at, PACK_VERSION);
    put_u8(&at, flags_of(row));
    put_u8(&at, shown_message(row));
    put_u8(&at, (uint8_t)row->tick);
    if (row->end.known) {
        put_uuid(&at, &row->end.key.id);
        if (row->end.has_command)
            put_uuid(&at, &row->end.command_id);
        put_hidden_message(&at, row, SHOWN_END);
    }
    if (row->statement.known) {
        put_i64(&at, row->statement.key.occurred_at_us);
        put_uuid(&at, &row->statement.key.id);
        put_u8(&at, row->statement.key.kind);
        put_u8(&at, (uint8_t)row->statement.progress);
        put_text(&at, text_slice(&row->statement.type));
        put_text(&at, text_slice(&row->statement.creator_id));
        put_hidden_message(&at, row, SHOWN_STATEMENT);
    }
    if (row->creation.known) {
        put_uuid(&at, &row->creation.key.id);
        put_u16(&at, (unsigned)row->creation.attempt);
        put_hidden_message(&at, row, SHOWN_CREATION);
    }
    *out = (struct slice){bytes, (size_t)(at - bytes)};
    return true;
}

int pack_row(const struct row *row, struct arena *arena, struct job_columns *out, struct err *err)
{
    enum job_status status = row_status(row);

    *out = (struct job_columns){
        .key = row->key,
        .status = status,
        .attempt = row->attempt,
        .progress = status == STATUS_SUCCESSFUL ? 100 : row->tick,
        .type = text_slice(&row->creation.type),
        .creator_id = text_slice(&row->creation.creator_id),
        .message = message_of(row, shown_message(row)),
        .error_code = text_slice(&row->end.error_code),
        .error_detail = text_slice(&row->end.error_detail),
        .result_uri = text_slice(&row->end.result_uri),
        .creator_disputed = row->creator_disputed,
        .cancellable = row->creation.cancellable,
        .created_at_us = row->creation.known ? row->creation.key.occurred_at_us : TIME_NONE,
        .started_at_us = row->started_at_us,
        .finished_at_us = row->end.known ? row->end.key.occurred_at_us : TIME_NONE,
        .updated_at_us = row->updated_at_us,
    };
    if (!pack_state(row, arena, &out->state) || !pack_history(&row->history, arena, &out->history))
        return err_no_memory(err);
    return DONE;
}

static struct slice take_message(struct packed_reader *reader, const struct job_columns *columns,
                                 enum shown shown, enum shown which)
{
    return shown == which ? columns->message : take_text(reader);
}

static bool unpack_end(struct packed_reader *reader, const struct job_columns *columns,
                       unsigned flags, enum shown shown, struct row *row)
{
    row->end.known = true;
    row->end.key.kind = columns->status == STATUS_SUCCESSFUL ? JOB_SUCCEEDED
                        : columns->status == STATUS_FAILED   ? JOB_FAILED
                                                             : JOB_CANCELLED;
    row->end.key.occurred_at_us = columns->finished_at_us;
    row->end.key.id = take_uuid(reader);
    row->end.has_command = flags & PACK_END_HAS_COMMAND;
    if (row->end.has_command)
        row->end.command_id = take_uuid(reader);
    return text_set(row, &row->end.message, take_message(reader, columns, shown, SHOWN_END)) &&
           text_set(row, &row->end.result_uri, columns->result_uri) &&
           text_set(row, &row->end.error_code, columns->error_code) &&
           text_set(row, &row->end.error_detail, columns->error_detail);
}

static bool unpack_statement(struct packed_reader *reader, const struct job_columns *columns,
                             unsigned flags, enum shown shown, struct row *row)
{
    row->statement.known = true;
    row->statement.key.occurred_at_us = take_i64(reader);
    row->statement.key.id = take_uuid(reader);
    row->statement.key.kind = (enum event_kind)take_u8(reader);
    reader->failed |= row->statement.key.kind > JOB_PROGRESSED;
    row->statement.progress = (int8_t)take_u8(reader);
    row->statement.cancellable = flags & PACK_STATEMENT_CANCELLABLE;
    return text_set(row, &row->statement.type, take_text(reader)) &&
           text_set(row, &row->statement.creator_id, take_text(reader)) &&
           text_set(row, &row->statement.message,
                    take_message(reader, columns, shown, SHOWN_STATEMENT));
}

static bool unpack_creation(struct packed_reader *reader, const struct job_columns *columns,
                            enum shown shown, struct row *row)
{
    row->creation.known = true;
    row->creation.key.kind = JOB_CREATED;
    row->creation.key.occurred_at_us = columns->created_at_us;
    row->creation.key.id = take_uuid(reader);
    row->creation.attempt = (int32_t)take_u16(reader);
    row->creation.cancellable = columns->cancellable;
    return text_set(row, &row->creation.message,
                    take_message(reader, columns, shown, SHOWN_CREATION)) &&
           text_set(row, &row->creation.type, columns->type) &&
           text_set(row, &row->creation.creator_id, columns->creator_id);
}

// False without memory; a damaged state shows in the reader.
static bool unpack_state(struct packed_reader *reader, const struct job_columns *columns,
                         struct row *row)
{
    unsigned version = take_u8(reader), flags = take_u8(reader);
    enum shown shown = (enum shown)take_u8(reader);

    reader->failed |= version != PACK_VERSION;
    row->attempt = columns->attempt;
    row->ran = flags & PACK_RAN;
    row->started_at_us = columns->started_at_us;
    row->tick = (int8_t)take_u8(reader);
    row->creator_disputed = columns->creator_disputed;
    row->updated_at_us = columns->updated_at_us;
    if ((flags & PACK_END) && !unpack_end(reader, columns, flags, shown, row))
        return false;
    if ((flags & PACK_STATEMENT) && !unpack_statement(reader, columns, flags, shown, row))
        return false;
    if ((flags & PACK_CREATION) && !unpack_creation(reader, columns, shown, row))
        return false;
    reader->failed |= reader->at != reader->end;
    return true;
}

// The limits for which core has room (event_check kept to them), or NULL.
static const char *column_past_limit(const struct job_columns *columns)
{
    return columns->attempt < 0 || columns->attempt > ATTEMPT_MAX ? "attempt"
           : columns->type.size > TYPE_MAX_BYTES                  ? "type"
           : columns->creator_id.size > ID_MAX_BYTES              ? "creator_id"
           : columns->message.size > MESSAGE_MAX_BYTES            ? "message"
           : columns->error_code.size > ERROR_CODE_MAX_BYTES      ? "error_code"
                                                                  : NULL;
}

static int refuse_row(const struct job_columns *columns, const char *column, struct err *err)
{
    return err_set(err, FATAL, "ROW_UNREADABLE",
                   "column %s of job %.*s is damaged or of a version this binary does not know; "
                   "start the newest binary that wrote to this schema",
                   column, (int)columns->key.job_id.size, columns->key.job_id.data);
}

int unpack_row(const struct job_columns *columns, struct row **out, struct err *err)
{
    struct packed_reader reader = {
        .at = (const unsigned char *)columns->state.data,
        .end = (const unsigned char *)columns->state.data + columns->state.size,
    };
    const char *past_limit = column_past_limit(columns);
    struct row *row;
    int rc;

    if (past_limit)
        return refuse_row(columns, past_limit, err);
    row = row_new(columns->key, err);
    if (!row)
        return RETRY;
    if (!unpack_state(&reader, columns, row))
        rc = err_no_memory(err);
    else if (reader.failed)
        rc = refuse_row(columns, "state", err);
    else
        rc = unpack_history(columns->history, &row->history, err);
    if (rc == FATAL && !reader.failed)
        rc = refuse_row(columns, "history", err);
    if (rc) {
        row_free(row);
        return rc;
    }
    *out = row;
    return DONE;
}
