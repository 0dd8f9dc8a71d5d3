// SPDX-License-Identifier: Apache-2.0
#include "store/projection/batch_query.h"

#include <assert.h>

#include "store/connection/columns.h"
#include "store/projection/row_query.h"
#include "store/source/dead_letter_query.h"
#include "store/source/position_moves_query.h"

static bool add_counts(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided counts = STRIDED(batch->counts, batch->count_count);
    struct parameters *out = counts.count ? exchange_add(exchange, "counts_add") : NULL;

    if (!out)
        return !counts.count;
    static_assert(sizeof(enum job_status) == sizeof(int32_t), "it is sent as one");
    column_texts(out, counts, offsetof(struct count_delta, organization_id));
    column_texts(out, counts, offsetof(struct count_delta, type));
    column_int4s(out, counts, offsetof(struct count_delta, status));
    column_int8s(out, counts, offsetof(struct count_delta, delta));
    parameters_add_int4(out, batch->count_shard);
    return true;
}

static bool add_change(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided rows = STRIDED(batch->rows, batch->row_count);
    struct parameters *out = rows.count ? exchange_add(exchange, "change_add") : NULL;

    if (!out)
        return !rows.count;
    column_texts(out, rows, offsetof(struct row_write, columns.key.job_id));
    column_texts(out, rows, offsetof(struct row_write, columns.key.organization_id));
    return true;
}

static bool add_dead_letters(const struct batch_write *batch, struct exchange *exchange)
{
    for (size_t i = 0; i < batch->dead_letter_count; i++)
        if (!dead_letter_query(&batch->dead_letters[i], exchange))
            return false;
    return true;
}

// Before the moments that follow: a partition that is new was not there at those stored before.
static bool note_partitions(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided ends = STRIDED(batch->log_ends, batch->log_end_count);
    struct parameters *out;
    bool told = false;

    for (size_t i = 0; i < batch->log_end_count; i++)
        told = told || batch->log_ends[i].partitions > 0;
    if (!told)
        return true;
    out = exchange_add(exchange, "partitions_note");
    if (!out)
        return false;
    column_texts(out, ends, offsetof(struct log_end_seen, source.topic));
    column_int4s(out, ends, offsetof(struct log_end_seen, partitions));
    return true;
}

static bool note_log_ends(const struct batch_write *batch, struct exchange *exchange)
{
    struct strided ends = STRIDED(batch->log_ends, batch->log_end_count);
    struct parameters *out = ends.count ? exchange_add(exchange, "log_ends") : NULL;

    if (!out)
        return !ends.count;
    column_texts(out, ends, offsetof(struct log_end_seen, source.topic));
    column_int4s(out, ends, offsetof(struct log_end_seen, source.partition));
    column_int8s(out, ends, offsetof(struct log_end_seen, log_end));
    column_times(out, ends, offsetof(struct log_end_seen, seen_at_us));
    column_times(out, ends, offsetof(struct log_end_seen, caught_up_at_us));
    return true;
}

// Beside the live projection rows are judged by what held when the session began: what leaves the
// live one meanwhile leaves this one, too, once it is that.
static bool guard_rules(const struct batch_write *batch, const struct batch_context *context,
                        struct exchange *exchange)
{
    const bool is_judged = batch->row_count && !context->is_beside;
    struct parameters *out = is_judged ? exchange_add(exchange, "rules_guard") : NULL;

    if (out)
        parameters_add_int8(out, batch->rules_version);
    return out || !is_judged;
}

// Who has a lock on the positions keeps a swap waiting, so what holds now holds to the end.
static bool check_projection(const struct batch_context *context, struct exchange *exchange)
{
    struct parameters *out = context->is_beside ? NULL : exchange_add(exchange, "projection_same");

    if (out)
        parameters_add_int8(out, context->projection_id);
    return out || context->is_beside;
}

// What the live projection has besides rows, totals and positions.
static bool add_live_parts(const struct batch_write *batch, const struct batch_context *context,
                           struct exchange *exchange)
{
    return context->is_beside ||
           (add_dead_letters(batch, exchange) && add_change(batch, exchange) &&
            note_partitions(batch, exchange) && note_log_ends(batch, exchange));
}

static bool check_deadline(int timeout_ms, struct exchange *exchange)
{
    struct parameters *out = exchange_add(exchange, "transaction_deadline");

    if (out)
        parameters_add_int8(out, timeout_ms);
    return out;
}

bool batch_query(const struct batch_write *batch, const struct batch_context *context,
                 struct exchange *exchange)
{
    // Positions first: who was fenced does no work. Totals late: there writers meet.
    return (context->transaction_open || exchange_add(exchange, "begin")) &&
           position_moves_query("positions_move", batch->moves, batch->move_count, context->owner,
                                exchange) &&
           guard_rules(batch, context, exchange) && check_projection(context, exchange) &&
           row_query(batch->rows, batch->row_count, exchange) &&
           add_live_parts(batch, context, exchange) && add_counts(batch, exchange) &&
           check_deadline(context->transaction_timeout_ms, exchange) &&
           exchange_add(exchange, "commit");
}
