// SPDX-License-Identifier: Apache-2.0
// Takes the records of the partitions that are started into the gate's batch, in order. One that
// cannot be told yet (an unknown schema, keys that cannot be fetched) holds its partition back and
// nothing else.
#include "base/fault.h"
#include "core/position.h"
#include "serve/gate/gate_private.h"

// What was decoded, and only waits for the keys that tell who asks: a failure. To wait for a schema
// is none.
static bool lacks_keys(const struct gate_item *item, const struct err *why)
{
    return item->request.requester_id.size && why->disposition == RETRY;
}

// What was understood before it is committed; the partition is read again from there, after a
// while.
static void hold(struct gate_thread *thread, const struct gate_item *item, const struct err *why)
{
    gate_batch_commit(thread);
    if (lacks_keys(item, why))
        sources_fail(&thread->sources, item->reading, why);
    else
        sources_restart(&thread->sources, item->reading);
}

static void take(struct gate_thread *thread, const struct kafka_message *message)
{
    struct gate_item item = {0};
    enum intake_result result;
    struct kafka_record record;
    struct err err;

    kafka_message_record(message, &record);
    item.reading =
        readings_find(&thread->readings, &(struct source){record.topic, record.partition});
    if (!sources_want(&thread->sources, item.reading, &record))
        return;
    item.next_offset = record.offset + 1;
    item.last = (struct read_record){
        .offset = record.offset,
        .timestamp_ms = record.timestamp_ms,
        .hash = record_hash(record.timestamp_ms, record.key, record.value),
    };
    result = gate_bring_request(thread, message, &record, &item, &err);
    if (result == INTAKE_NO_MEMORY)
        log_warn("gate", "no memory for a cancel request", LOG_ERR(&err));
    if (result == INTAKE_NO_MEMORY || result == INTAKE_HELD) {
        hold(thread, &item, &err);
        return;
    }
    if (!gate_batch_has_room(&thread->batch, &item))
        gate_batch_commit(thread);
    if (item.reading->state == READING_STARTED) // unless that failed
        gate_batch_add(&thread->batch, &item);
}

void gate_intake_end(void *self, struct reading *reading, int64_t next_offset)
{
    struct gate_thread *thread = self;
    const struct gate_item item = {
        .kind = ITEM_END, .reading = reading, .next_offset = next_offset};

    if (!gate_batch_has_room(&thread->batch, &item))
        gate_batch_commit(thread);
    if (reading->state == READING_STARTED) // unless that failed
        gate_batch_add(&thread->batch, &item);
}

void gate_intake(struct gate_thread *thread, struct kafka_message **messages, size_t count)
{
    if (count)
        FAULT_POINT("gate_consumed");
    sources_compare_unheard(&thread->sources);
    for (size_t i = 0; i < count; i++)
        take(thread, messages[i]);
    gate_batch_commit(thread);
    sources_tell_ends(&thread->sources);
    gate_batch_commit(thread);
    arena_reset(&thread->batch.arena);
}
