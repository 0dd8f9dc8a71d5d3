// SPDX-License-Identifier: Apache-2.0
// One transaction: requests, dead letters and positions. What PostgreSQL refuses is tried one by
// one, so that what is refused alone becomes a dead letter and the rest is decided.
#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "core/poison.h"
#include "serve/gate/gate_private.h"

bool gate_batch_has_room(const struct gate_batch *batch, const struct gate_item *item)
{
    if (batch->count == GATE_BATCH_MAX)
        return false;
    return item->kind != ITEM_REQUEST ||
           gate_may_join(batch->requests, batch->request_count, &item->request);
}

void gate_batch_add(struct gate_batch *batch, const struct gate_item *item)
{
    batch->items[batch->count++] = *item;
    if (item->kind == ITEM_REQUEST)
        batch->requests[batch->request_count++] = item->request;
}

// What some items make of a transaction.
struct parts {
    struct cancel_request requests[GATE_BATCH_MAX];
    struct dead_letter dead_letters[GATE_BATCH_MAX];
    struct position_move moves[GATE_BATCH_MAX];
    struct reading *readings[GATE_BATCH_MAX]; // of the moves
    size_t request_count, dead_letter_count, move_count;
};

static struct position_move *move_of(struct parts *parts, struct reading *reading)
{
    struct position_move *move;

    for (size_t i = 0; i < parts->move_count; i++)
        if (parts->readings[i] == reading)
            return &parts->moves[i];
    move = &parts->moves[parts->move_count];
    *move = (struct position_move){
        .source = reading->source,
        .expected_next_offset = reading->next_offset,
        .to = {.last_offset = reading->last.offset,
               .last_timestamp_ms = reading->last.timestamp_ms,
               .last_hash = reading->last.hash},
        .first = {.offset = -1},
    };
    parts->readings[parts->move_count++] = reading;
    return move;
}

static void add_part(struct parts *parts, const struct gate_item *item)
{
    struct position_move *move = move_of(parts, item->reading);

    move->to.next_offset = item->next_offset;
    if (item->kind != ITEM_END) {
        if (move->first.offset < 0)
            move->first = item->last;
        move->to.last_offset = item->last.offset;
        move->to.last_timestamp_ms = item->last.timestamp_ms;
        move->to.last_hash = item->last.hash;
    }
    if (item->kind == ITEM_REQUEST)
        parts->requests[parts->request_count++] = item->request;
    if (item->kind == ITEM_DEAD_LETTER)
        parts->dead_letters[parts->dead_letter_count++] = item->dead_letter;
}

static void moved(const struct parts *parts)
{
    for (size_t i = 0; i < parts->move_count; i++) {
        const struct source_position *to = &parts->moves[i].to;

        parts->readings[i]->next_offset = to->next_offset;
        parts->readings[i]->last =
            (struct read_record){to->last_offset, to->last_timestamp_ms, to->last_hash};
        sources_committed(parts->readings[i], to->next_offset);
    }
}

static int commit_items(struct gate_thread *thread, const struct gate_item *items, size_t count,
                        struct err *err)
{
    struct gate_verdict verdicts[GATE_BATCH_MAX];
    struct parts parts;
    struct gate_delivery delivery;
    int rc;

    parts.request_count = parts.dead_letter_count = parts.move_count = 0;
    for (size_t i = 0; i < count; i++)
        add_part(&parts, &items[i]);
    delivery = (struct gate_delivery){parts.moves, parts.move_count, parts.dead_letters,
                                      parts.dead_letter_count};
    rc = gate_transact(&thread->gate, parts.requests, parts.request_count, &delivery,
                       clock_now_us(), verdicts, NULL, err);
    if (rc)
        return rc;
    FAULT_POINT("gate_committed");
    moved(&parts);
    for (size_t i = 0; i < parts.dead_letter_count; i++)
        metrics_add(thread->process->metrics, METER_DEAD_LETTERS,
                    poison_reason_place(parts.dead_letters[i].reason), 0, 1);
    return DONE;
}

static int commit_alone(struct gate_thread *thread, struct gate_item *item, struct err *err)
{
    int rc = commit_items(thread, item, 1, err);
    struct err why;

    if (rc != POISON || item->kind != ITEM_REQUEST)
        return rc;
    why = *err;
    log_error("gate", "PostgreSQL refused a cancel request: it is a dead letter", LOG_ERR(&why));
    item->kind = ITEM_DEAD_LETTER;
    item->dead_letter = intake_dead_letter(&item->record, INTAKE_STORE, &why);
    return commit_items(thread, item, 1, err);
}

void gate_failed(struct gate_thread *thread, int rc, const struct err *err)
{
    if (rc == FATAL)
        process_fail(thread->process, err);
    if (rc == FENCED && rivalry_fenced(&thread->rivalry, clock_monotonic_us(),
                                       readings_given_at_us(&thread->readings)))
        log_error("gate",
                  "somebody else moves our positions: two deployments share a schema, or a group "
                  "id differs",
                  LOG_ERR(err));
    else if (rc == FENCED)
        log_warn("gate", "somebody else moved our positions: read again from where they stand",
                 LOG_ERR(err));
    else
        log_warn("gate", "nothing was decided: it is tried again", LOG_ERR(err));
    trouble_tell(&thread->trouble, err->reason, clock_monotonic_us());
    thread->connect_at_us = clock_monotonic_us() + backoff_us(thread->failures++);
    if (!ledger_is_connected(thread->ledger))
        postgres_state_missing(&thread->postgres_state, err);
}

void gate_worked(struct gate_thread *thread)
{
    thread->failures = 0;
    trouble_end(&thread->trouble);
}

static int commit_one_by_one(struct gate_thread *thread, struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; !rc && i < thread->batch.count; i++)
        rc = commit_alone(thread, &thread->batch.items[i], err);
    return rc;
}

void gate_batch_commit(struct gate_thread *thread)
{
    struct gate_batch *batch = &thread->batch;
    struct err err;
    int rc;

    if (!batch->count)
        return;
    rc = commit_items(thread, batch->items, batch->count, &err);
    if (rc == POISON)
        rc = commit_one_by_one(thread, &err);
    if (rc) {
        gate_failed(thread, rc, &err);
        for (size_t i = 0; i < batch->count; i++)
            sources_fail(&thread->sources, batch->items[i].reading, &err);
        sources_restart_all(&thread->sources);
    } else {
        gate_worked(thread);
    }
    batch->count = batch->request_count = 0;
}
