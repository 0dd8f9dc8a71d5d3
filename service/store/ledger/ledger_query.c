// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/ledger_query.h"

#include "store/connection/arrays.h"
#include "store/connection/columns.h"
#include "store/connection/values.h"
#include "store/ledger/ledger_rules.h"
#include "store/source/dead_letter_query.h"
#include "store/source/position_moves_query.h"

bool ledger_query_read(const struct cancel_request *requests, size_t count,
                       struct exchange *exchange)
{
    struct strided items = STRIDED(requests, count);
    struct parameters *out;

    if (!exchange_add(exchange, "begin") || !exchange_add(exchange, "ledger_durable") ||
        !exchange_add(exchange, "ledger_is_compared"))
        return false;
    out = exchange_add(exchange, "ledger_facts");
    if (!out)
        return false;
    column_uuids(out, items, offsetof(struct cancel_request, request_id));
    column_texts(out, items, offsetof(struct cancel_request, requester_id));
    column_texts(out, items, offsetof(struct cancel_request, organization_id));
    column_texts(out, items, offsetof(struct cancel_request, job_id));
    return true;
}

// As ledger_facts.sql has them.
enum facts_column {
    LEDGER_ID,
    LEDGER_JOB_ID,
    DECIDED_AT,
    DECISION,
    REASON_CODE,
    COMMAND_ID,
    JOB_KNOWN,
    CREATED_AT,
    TYPE,
    CREATOR_ID,
    CREATOR_DISPUTED,
    CANCELLABLE,
    ATTEMPT,
    STATUS,
    REVISION,
    ANSWER_BY,
    WAS_TOLD,
};

static int read_earlier(const PGresult *answer, int row, struct gate_facts *out, struct err *err)
{
    out->earlier.known = !PQgetisnull(answer, row, LEDGER_ID);
    if (!out->earlier.known)
        return DONE;
    out->earlier.ledger_id = value_int8(answer, row, LEDGER_ID);
    out->earlier.job_id = value_bytes(answer, row, LEDGER_JOB_ID);
    out->earlier.decided_at_us = value_time(answer, row, DECIDED_AT);
    out->earlier.decided = out->earlier.decided_at_us != TIME_NONE;
    out->earlier.command_id = value_uuid(answer, row, COMMAND_ID);
    out->earlier.was_told = value_bool(answer, row, WAS_TOLD);
    if (out->earlier.decided &&
        (!cancel_decision_of(value_bytes(answer, row, DECISION), &out->earlier.decision) ||
         !cancel_reason_of(value_bytes(answer, row, REASON_CODE), &out->earlier.reason_code)))
        return err_set(err, POISON, "LEDGER_DAMAGED",
                       "the ledger's row %lld has a decision that this version does not know",
                       (long long)out->earlier.ledger_id);
    return DONE;
}

int ledger_facts_read(const PGresult *answer, int row, struct gate_facts *out, struct err *err)
{
    *out = (struct gate_facts){0};
    out->job.known = value_bool(answer, row, JOB_KNOWN);
    out->job.creation_known = value_time(answer, row, CREATED_AT) != TIME_NONE;
    out->job.type = value_bytes(answer, row, TYPE);
    out->job.creator_id = value_bytes(answer, row, CREATOR_ID);
    out->job.creator_disputed = value_bool(answer, row, CREATOR_DISPUTED);
    out->job.cancellable = value_bool(answer, row, CANCELLABLE);
    out->job.attempt = value_int4(answer, row, ATTEMPT);
    out->job.status = (enum job_status)value_int4(answer, row, STATUS);
    out->job.revision = value_int8(answer, row, REVISION);
    out->command.answer_by_us = value_time(answer, row, ANSWER_BY);
    out->command.known = out->command.answer_by_us != TIME_NONE;
    return read_earlier(answer, row, out, err);
}

static bool add_commands(const struct ledger_rows *rows, int64_t now_us, struct exchange *exchange)
{
    struct strided items = STRIDED(rows->issued, rows->issued_count);
    struct parameters *out = items.count ? exchange_add(exchange, "cancel_commands_add") : NULL;

    if (!out)
        return !items.count;
    column_uuids(out, items, offsetof(struct ledger_command_row, command_id));
    column_uuids(out, items, offsetof(struct ledger_command_row, request_id));
    column_texts(out, items, offsetof(struct ledger_command_row, organization_id));
    column_texts(out, items, offsetof(struct ledger_command_row, job_id));
    column_int4s(out, items, offsetof(struct ledger_command_row, attempt));
    column_texts(out, items, offsetof(struct ledger_command_row, type));
    column_texts(out, items, offsetof(struct ledger_command_row, creator_id));
    column_texts(out, items, offsetof(struct ledger_command_row, requester_id));
    column_texts(out, items, offsetof(struct ledger_command_row, reason));
    column_texts(out, items, offsetof(struct ledger_command_row, traceparent));
    column_times(out, items, offsetof(struct ledger_command_row, answer_by_us));
    parameters_add_int8(out, time_to_postgres(now_us));
    return true;
}

static bool renew_commands(const struct ledger_rows *rows, struct exchange *exchange)
{
    struct strided items = STRIDED(rows->renewed, rows->renewed_count);
    struct parameters *out = items.count ? exchange_add(exchange, "cancel_commands_renew") : NULL;

    if (!out)
        return !items.count;
    column_uuids(out, items, offsetof(struct ledger_command_row, command_id));
    column_times(out, items, offsetof(struct ledger_command_row, answer_by_us));
    return true;
}

static bool publish_commands(const struct ledger_command_row *commands, size_t count,
                             struct exchange *exchange)
{
    struct parameters *out = count ? exchange_add(exchange, "outbox_add_commands") : NULL;

    if (!out)
        return !count;
    column_uuids(out, STRIDED(commands, count), offsetof(struct ledger_command_row, command_id));
    return true;
}

// The columns that say what was decided and on what ground, in the order of both queries.
static void add_request_columns(struct parameters *out, struct strided items)
{
    column_times(out, items, offsetof(struct ledger_request_row, decided_at_us));
    column_texts(out, items, offsetof(struct ledger_request_row, decision));
    column_texts(out, items, offsetof(struct ledger_request_row, reason_code));
    column_int8s_if(out, items, offsetof(struct ledger_request_row, job_revision),
                    offsetof(struct ledger_request_row, has_job));
    column_int4s_if(out, items, offsetof(struct ledger_request_row, job_attempt),
                    offsetof(struct ledger_request_row, has_job));
    column_texts(out, items, offsetof(struct ledger_request_row, creator_id));
    column_uuids_or_null(out, items, offsetof(struct ledger_request_row, command_id));
}

static bool add_requests(const struct ledger_rows *rows, int64_t now_us, struct exchange *exchange)
{
    struct strided items = STRIDED(rows->added, rows->added_count);
    struct parameters *out = items.count ? exchange_add(exchange, "cancel_requests_add") : NULL;

    if (!out)
        return !items.count;
    column_uuids(out, items, offsetof(struct ledger_request_row, request_id));
    column_texts(out, items, offsetof(struct ledger_request_row, organization_id));
    column_texts(out, items, offsetof(struct ledger_request_row, job_id));
    column_texts(out, items, offsetof(struct ledger_request_row, requester_id));
    column_bools(out, items, offsetof(struct ledger_request_row, identified));
    column_texts(out, items, offsetof(struct ledger_request_row, channel));
    column_texts(out, items, offsetof(struct ledger_request_row, topic));
    column_int4s_if(out, items, offsetof(struct ledger_request_row, partition),
                    offsetof(struct ledger_request_row, has_position));
    column_int8s_if(out, items, offsetof(struct ledger_request_row, record_offset),
                    offsetof(struct ledger_request_row, has_position));
    column_times(out, items, offsetof(struct ledger_request_row, received_at_us));
    column_times(out, items, offsetof(struct ledger_request_row, waits_until_us));
    add_request_columns(out, items);
    column_texts(out, items, offsetof(struct ledger_request_row, reason));
    column_texts(out, items, offsetof(struct ledger_request_row, traceparent));
    parameters_add_int8(out, time_to_postgres(now_us));
    return true;
}

static bool decide_requests(const struct ledger_rows *rows, struct exchange *exchange)
{
    struct strided items = STRIDED(rows->decided, rows->decided_count);
    struct parameters *out = items.count ? exchange_add(exchange, "cancel_requests_decide") : NULL;

    if (!out)
        return !items.count;
    column_int8s(out, items, offsetof(struct ledger_request_row, ledger_id));
    add_request_columns(out, items);
    return true;
}

static bool repeat_decisions(const struct ledger_rows *rows, struct exchange *exchange)
{
    struct parameters *out =
        rows->repeated_count ? exchange_add(exchange, "outbox_add_decisions") : NULL;

    if (!out)
        return !rows->repeated_count;
    column_int8s(out, STRIDED(rows->repeated, rows->repeated_count), 0);
    return true;
}

static bool add_change(const struct ledger_rows *rows, struct exchange *exchange)
{
    struct strided items = STRIDED(rows->changed, rows->changed_count);
    struct parameters *out = items.count ? exchange_add(exchange, "change_add") : NULL;

    if (!out)
        return !items.count;
    column_texts(out, items, offsetof(struct job_key, job_id));
    column_texts(out, items, offsetof(struct job_key, organization_id));
    return true;
}

static bool add_dead_letters(const struct ledger_write *write, struct exchange *exchange)
{
    for (size_t i = 0; i < write->dead_letter_count; i++)
        if (!dead_letter_query(&write->dead_letters[i], exchange))
            return false;
    return true;
}

static bool end(int transaction_timeout_ms, struct exchange *exchange)
{
    struct parameters *out = exchange_add(exchange, "transaction_deadline");

    if (!out)
        return false;
    parameters_add_int8(out, transaction_timeout_ms);
    return exchange_add(exchange, "outbox_notify") && exchange_add(exchange, "commit");
}

bool ledger_query_write(const struct ledger_write *write, const char *owner,
                        int transaction_timeout_ms, struct ledger_rows *rows,
                        struct exchange *exchange)
{
    ledger_rows_fill(rows, write);
    exchange->breaks_rules = !ledger_rules_are_kept(rows);
    // Positions first: who was fenced does no work. Commands before the requests that name them.
    return position_moves_query("cancel_positions_move", write->moves, write->move_count, owner,
                                exchange) &&
           add_commands(rows, write->now_us, exchange) && renew_commands(rows, exchange) &&
           publish_commands(rows->issued, rows->issued_count, exchange) &&
           publish_commands(rows->renewed, rows->renewed_count, exchange) &&
           add_requests(rows, write->now_us, exchange) && decide_requests(rows, exchange) &&
           repeat_decisions(rows, exchange) && add_dead_letters(write, exchange) &&
           add_change(rows, exchange) && end(transaction_timeout_ms, exchange);
}
