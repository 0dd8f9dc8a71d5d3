// SPDX-License-Identifier: Apache-2.0
#include "store/batch_statements.h"

#include <assert.h>

#include "store/arrays.h"
#include "store/dead_letter_statement.h"
#include "store/row_statements.h"

// A column of an array of structs, by the offset of its member.
struct strided {
    const void *first;
    size_t stride, count;
};
#define STRIDED(items, number) ((struct strided){(items), sizeof *(items), (number)})

static const void *at(struct strided items, size_t index, size_t member)
{
    return (const char *)items.first + index * items.stride + member;
}

static void add_texts(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_TEXT, items.count);
    for (size_t i = 0; i < items.count; i++)
        array_bytes(out, *(const struct slice *)at(items, i, member));
}

static void add_int4s(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_INT4, items.count);
    for (size_t i = 0; i < items.count; i++)
        array_int4(out, *(const int32_t *)at(items, i, member));
}

static void add_int8s(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_INT8, items.count);
    for (size_t i = 0; i < items.count; i++)
        array_int8(out, *(const int64_t *)at(items, i, member));
}

static void add_times(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_TIMESTAMPTZ, items.count);
    for (size_t i = 0; i < items.count; i++)
        array_time(out, *(const int64_t *)at(items, i, member));
}

static bool move_positions(const struct batch_write *batch, const char *owner,
                           struct exchange *exchange)
{
    struct strided moves = STRIDED(batch->moves, batch->move_count);
    struct parameters *out = moves.count ? exchange_add(exchange, "positions_move") : NULL;

    if (!out)
        return !moves.count;
    add_texts(out, moves, offsetof(struct position_move, source.topic));
    add_int4s(out, moves, offsetof(struct position_move, source.partition));
    add_int8s(out, moves, offsetof(struct position_move, expected_next_offset));
    add_int8s(out, moves, offsetof(struct position_move, to.next_offset));
    add_int8s(out, moves, offsetof(struct position_move, to.last_offset));
    add_int8s(out, moves, offsetof(struct position_move, to.last_timestamp_ms));
    add_int8s(out, moves, offsetof(struct position_move, to.last_hash));
    parameters_add_bytes(out, slice_of(owner));
    return true;
}

static bool add_counts(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided counts = STRIDED(batch->counts, batch->count_count);
    struct parameters *out = counts.count ? exchange_add(exchange, "counts_add") : NULL;

    if (!out)
        return !counts.count;
    static_assert(sizeof(enum job_status) == sizeof(int32_t), "it is sent as one");
    add_texts(out, counts, offsetof(struct count_delta, organization_id));
    add_texts(out, counts, offsetof(struct count_delta, type));
    add_int4s(out, counts, offsetof(struct count_delta, status));
    add_int8s(out, counts, offsetof(struct count_delta, delta));
    parameters_add_int4(out, batch->count_shard);
    return true;
}

static bool add_change(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided rows = STRIDED(batch->rows, batch->row_count);
    struct parameters *out = rows.count ? exchange_add(exchange, "change_add") : NULL;

    if (!out)
        return !rows.count;
    add_texts(out, rows, offsetof(struct row_write, columns.key.job_id));
    add_texts(out, rows, offsetof(struct row_write, columns.key.organization_id));
    return true;
}

static bool add_dead_letters(const struct batch_write *batch, struct exchange *exchange)
{
    for (size_t i = 0; i < batch->dead_letter_count; i++)
        if (!dead_letter_statement(&batch->dead_letters[i], exchange))
            return false;
    return true;
}

static bool note_log_ends(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided ends = STRIDED(batch->log_ends, batch->log_end_count);
    struct parameters *out = ends.count ? exchange_add(exchange, "log_ends") : NULL;

    if (!out)
        return !ends.count;
    add_texts(out, ends, offsetof(struct log_end_seen, source.topic));
    add_int4s(out, ends, offsetof(struct log_end_seen, source.partition));
    add_int8s(out, ends, offsetof(struct log_end_seen, log_end));
    add_times(out, ends, offsetof(struct log_end_seen, seen_at_us));
    add_times(out, ends, offsetof(struct log_end_seen, caught_up_at_us));
    return true;
}

static bool check_deadline(int timeout_ms, struct exchange *exchange)
{
    struct parameters *out = exchange_add(exchange, "transaction_deadline");

    if (out)
        parameters_add_int8(out, timeout_ms);
    return out;
}

bool batch_statements(const struct batch_write *batch, const struct batch_context *context,
                      struct exchange *exchange)
{
    // Positions first: who was fenced does no work. Totals late: there writers meet.
    return (context->transaction_open || exchange_add(exchange, "begin")) &&
           move_positions(batch, context->owner, exchange) &&
           row_statements(batch->rows, batch->row_count, exchange) &&
           add_dead_letters(batch, exchange) && add_change(batch, exchange) &&
           note_log_ends(batch, exchange) && add_counts(batch, exchange) &&
           check_deadline(context->transaction_timeout_ms, exchange) &&
           exchange_add(exchange, "commit");
}
