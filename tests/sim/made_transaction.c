// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "sim/made_transaction.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fold.h"
#include "core/pack.h"
#include "property/same_columns.h"

enum { OTHER_SHARD = 99 };

void made_fault(struct made_server *server, const char *format, ...)
{
    va_list arguments;

    if (server->fault[0])
        return;
    va_start(arguments, format);
    vsnprintf(server->fault, sizeof server->fault, format, arguments);
    va_end(arguments);
}

static int compare_sources(const struct source *a, const struct source *b)
{
    int order = slice_compare(a->topic, b->topic);

    return order ? order : a->partition - b->partition;
}

static int compare_deltas(const struct count_delta *a, const struct count_delta *b)
{
    int order = slice_compare(a->organization_id, b->organization_id);

    if (!order)
        order = slice_compare(a->type, b->type);
    return order ? order : (int)a->status - (int)b->status;
}

void made_batch_check(struct made_server *server, const struct batch_write *write)
{
    for (size_t i = 1; i < write->move_count; i++) {
        if (compare_sources(&write->moves[i - 1].source, &write->moves[i].source) > 0)
            made_fault(server, "moves are not sorted");
    }
    for (size_t i = 1; i < write->row_count; i++) {
        if (job_key_compare(&write->rows[i - 1].columns.key, &write->rows[i].columns.key) >= 0)
            made_fault(server, "rows are not sorted, or one comes twice");
    }
    for (size_t i = 0; i < write->count_count; i++) {
        if (!write->counts[i].delta || !write->counts[i].type.data)
            made_fault(server, "a total changes by nothing, or has no type");
        if (i > 0 && compare_deltas(&write->counts[i - 1], &write->counts[i]) >= 0)
            made_fault(server, "totals are not sorted, or one comes twice");
    }
}

bool made_row_is_locked(const struct made_server *server, size_t row,
                        const struct made_connection *but)
{
    for (size_t i = 0; i < SIM_MEMBERS; i++) {
        if (server->connections[i] != but && server->connections[i]->locked[row])
            return true;
    }
    return false;
}

bool made_batch_must_wait(const struct made_server *server, const struct batch_write *write,
                          const struct made_connection *connection)
{
    for (size_t i = 0; i < write->row_count; i++) {
        size_t at = made_database_find(&server->now, &write->rows[i].columns.key);

        if (at < server->now.row_count && made_row_is_locked(server, at, connection))
            return true;
    }
    return false;
}

static bool is_refused(const struct batch_write *write)
{
    for (size_t i = 0; i < write->row_count; i++) {
        struct slice history = write->rows[i].columns.history;

        if (memmem(history.data, history.size, MADE_REFUSED_MARK, strlen(MADE_REFUSED_MARK)))
            return true;
    }
    return false;
}

static bool is_fenced(const struct made_server *server, const struct batch_write *write)
{
    for (size_t i = 0; i < write->move_count; i++) {
        const struct position_move *move = &write->moves[i];
        size_t at = made_log_find(server->log, &move->source);

        // Two moves of one source: an UPDATE would see the source once.
        if (i > 0 && !compare_sources(&write->moves[i - 1].source, &move->source))
            return true;
        if (!server->now.is_known[at] ||
            server->now.positions[at].next_offset != move->expected_next_offset)
            return true;
    }
    return false;
}

static bool is_replaced(const struct made_server *server, const struct batch_write *write)
{
    const struct made_database *now = &server->now;

    for (size_t i = 0; i < write->row_count; i++) {
        const struct row_write *row = &write->rows[i];
        size_t at = made_database_find(now, &row->columns.key);

        if (row->is_known != (at < now->row_count) ||
            (row->is_known && now->rows[at]->revision != row->base_revision))
            return true;
    }
    return false;
}

// A position that passes a record which was not brought loses it.
static void check_move(struct made_server *server, const struct position_move *move)
{
    const struct made_partition *partition =
        &server->log->partitions[made_log_find(server->log, &move->source)];
    int64_t last = made_log_last_before(partition, move->to.next_offset);

    if (move->to.next_offset > partition->end)
        made_fault(server, "a position is past the log's end");
    else if (move->to.last_offset != last && move->to.last_offset != -1)
        made_fault(server, "the last record before %" PRId64 " is %" PRId64 ", not %" PRId64,
                   move->to.next_offset, last, move->to.last_offset);
    else if (move->to.last_offset >= 0 &&
             (move->to.last_hash != partition->records[last].hash ||
              move->to.last_timestamp_ms != partition->records[last].timestamp_ms))
        made_fault(server, "a position remembers another record than the one there");
}

// Partitions that the made database does not know yet, as partitions_note.sql notes them: none of
// them was there at the latest moment that is stored for their topic.
static void note_partitions(struct made_server *server, const struct log_end_seen *seen)
{
    struct made_database *now = &server->now;
    int64_t latest_us = TIME_NONE;

    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        const struct source *source = &server->log->partitions[i].source;

        if (slice_equal(source->topic, seen->source.topic) && now->caught_up_at_us[i] > latest_us)
            latest_us = now->caught_up_at_us[i];
    }
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        const struct source *source = &server->log->partitions[i].source;

        if (!slice_equal(source->topic, seen->source.topic) ||
            source->partition >= seen->partitions || now->is_known[i])
            continue;
        now->is_known[i] = true;
        now->caught_up_at_us[i] = latest_us;
    }
}

static void note_log_end(struct made_server *server, const struct log_end_seen *seen)
{
    int64_t *caught_up_at_us =
        &server->now.caught_up_at_us[made_log_find(server->log, &seen->source)];

    note_partitions(server, seen);
    if (seen->caught_up_at_us > *caught_up_at_us)
        *caught_up_at_us = seen->caught_up_at_us;
}

// What a reader would be told now: TIME_NONE, or a moment as of which all is there.
static int64_t as_of(const struct made_server *server)
{
    const struct made_database *now = &server->now;
    int64_t earliest_us = INT64_MAX;
    size_t topics = 0; // of which a row is known: both begin with a partition 0

    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        if (!now->is_known[i])
            continue;
        topics += !server->log->partitions[i].source.partition;
        if (now->caught_up_at_us[i] < earliest_us)
            earliest_us = now->caught_up_at_us[i];
    }
    return topics == 2 ? earliest_us : TIME_NONE;
}

// As of a moment all is there: nothing that was acknowledged by then is still to be read, whether a
// partition is known or not, and whether it can be read or not.
static void check_as_of(struct made_server *server)
{
    int64_t moment_us = as_of(server);

    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        const struct made_partition *partition = &server->log->partitions[i];
        int64_t next = server->now.positions[i].next_offset;

        if (moment_us != TIME_NONE && next < partition->true_end &&
            partition->records[next].acknowledged_at_us <= moment_us)
            made_fault(server, "all is said to be there, but %.*s[%d] stands at %" PRId64,
                       (int)partition->source.topic.size, partition->source.topic.data,
                       partition->source.partition, next);
    }
}

// An event that changes nothing writes nothing.
static void check_row(struct made_server *server, const struct row_write *write)
{
    const struct made_database *now = &server->now;
    const struct job_columns *old, *new = &write->columns;

    if (!write->is_known)
        return;
    old = &now->rows[made_database_find(now, &new->key)]->columns;
    if (same_columns(old, new) && slice_equal(old->state, new->state) &&
        slice_equal(old->history, new->history))
        made_fault(server, "%.*s is written as it was", (int)new->key.job_id.size,
                   new->key.job_id.data);
}

static void commit(struct made_server *server, const struct batch_write *write)
{
    struct made_database *now = &server->now;

    for (size_t i = 0; i < write->move_count; i++) {
        check_move(server, &write->moves[i]);
        now->positions[made_log_find(server->log, &write->moves[i].source)] = write->moves[i].to;
    }
    for (size_t i = 0; i < write->row_count; i++) {
        check_row(server, &write->rows[i]);
        made_database_put(now, &write->rows[i], &server->arena);
    }
    for (size_t i = 0; i < write->count_count; i++)
        made_database_count(now, &write->counts[i], write->count_shard, &server->arena);
    for (size_t i = 0; i < write->dead_letter_count; i++) {
        const struct dead_letter *letter = &write->dead_letters[i];

        now->letters[made_log_find(server->log, &letter->source)][letter->offset] = true;
    }
    for (size_t i = 0; i < write->log_end_count; i++)
        note_log_end(server, &write->log_ends[i]);
    check_as_of(server);
    server->commits++;
}

static bool is_bookkeeping_refused(const struct made_server *server,
                                   const struct batch_write *write)
{
    switch (server->refusal) {
    case REFUSES_DEAD_LETTERS:
        return write->dead_letter_count;
    case REFUSES_ROWS:
        return write->row_count;
    case REFUSES_POSITIONS:
        return write->move_count;
    default:
        return false;
    }
}

int made_batch_apply(struct made_server *server, const struct batch_write *write,
                     const char **reason)
{
    bool fenced = is_fenced(server, write), replaced = is_replaced(server, write);

    if (is_bookkeeping_refused(server, write)) {
        *reason = "SEQUENCE_EXHAUSTED";
        return RETRY;
    }
    if (is_refused(write)) {
        *reason = "SQLSTATE_22021";
        return POISON;
    }
    if (server->alone && (fenced || replaced))
        made_fault(server, "a lone projector fences itself off");
    // Which guard raises first is the server's affair.
    if (fenced && replaced)
        fenced = dice_percent(server->dice, 50);
    if (fenced) {
        *reason = STORE_POSITION_MOVED;
        return FENCED;
    }
    if (replaced) {
        *reason = STORE_ROW_REPLACED;
        return RETRY;
    }
    commit(server, write);
    return DONE;
}

static void must(int rc)
{
    if (rc)
        abort();
}

// The totals as one row's change moves them, by the rule of section 6 and not by core's code.
static void recount(struct made_server *server, const struct job_columns *before,
                    const struct job_columns *after)
{
    const struct job_columns *const both[] = {before, after};

    for (int i = 0; i < 2; i++) {
        struct count_delta delta;

        if (!both[i])
            continue;
        delta = (struct count_delta){
            .organization_id = both[i]->key.organization_id,
            .type = both[i]->type.data ? both[i]->type : SLICE_LITERAL(""),
            .status = both[i]->status,
            .delta = i ? 1 : -1,
        };
        made_database_count(&server->now, &delta, OTHER_SHARD, &server->arena);
    }
}

bool made_server_retry_event(struct made_server *server, const struct event *event,
                             int64_t revision)
{
    struct job_key key = {event->organization_id, event->job_id};
    size_t at = made_database_find(&server->now, &key);
    bool exists = at < server->now.row_count, changed = false;
    struct row_write write = {.revision = revision};
    struct row *row;
    struct err err;

    if (exists && made_row_is_locked(server, at, NULL))
        return false;
    if (exists)
        must(unpack_row(&server->now.rows[at]->columns, &row, &err));
    else if (!(row = row_new(key, &err)))
        abort();
    must(fold_event(row, event, &changed, &err));
    must(pack_row(row, &server->arena, &write.columns, &err));
    if (changed) {
        recount(server, exists ? &server->now.rows[at]->columns : NULL, &write.columns);
        made_database_put(&server->now, &write, &server->arena);
    }
    row_free(row);
    made_server_flush(server);
    return true;
}
