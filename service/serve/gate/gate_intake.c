// SPDX-License-Identifier: Apache-2.0
// From a record to a request that may be judged, or to a dead letter. What cannot be told yet (an
// unknown schema, keys that cannot be fetched) holds its partition back and nothing else.
#include "base/clock.h"
#include "base/fault.h"
#include "core/position.h"
#include "serve/gate/gate_private.h"
#include "wire/headers.h"

static int read_headers(struct gate_thread *thread, const struct kafka_message *message,
                        struct wire_record *out, struct err *err)
{
    struct record_header *headers;
    size_t count;

    kafka_message_headers(message, NULL, 0, &count);
    headers = arena_alloc(&thread->batch.arena, (count + 1) * sizeof *headers);
    if (!headers)
        return err_no_memory(err);
    kafka_message_headers(message, headers, count, &count);
    out->headers = headers;
    out->header_count = count;
    return DONE;
}

// When the request came. A sender's own stamp, where the topic lets it through, is believed only as
// far as it makes the request older.
static int64_t received_at_us(const struct kafka_record *record)
{
    int64_t now_us = clock_now_us();
    int64_t stamp_us = record->timestamp_ms < 0 ? now_us : record->timestamp_ms * 1000;

    return record->stamped_by_broker || stamp_us < now_us ? stamp_us : now_us;
}

static struct slice header_value(const struct wire_record *wire, const char *name)
{
    const struct record_header *header = header_find(wire->headers, wire->header_count, name);

    return header ? header->value : SLICE_NULL;
}

static int decode(struct gate_thread *thread, const struct kafka_record *record,
                  const struct wire_record *wire, struct cancel_request *out, struct err *err)
{
    struct cancel_message message = {0};
    enum decoded what;
    int rc = decode_cancel_message(thread->decoder, wire, &message, &what, err);

    if (rc)
        return rc;
    if (message.kind != CANCEL_REQUESTED)
        return err_set(err, POISON, "UNKNOWN_RECORD", "the record is no CancelRequested");
    *out = (struct cancel_request){
        .request_id = message.requested.request_id,
        .organization_id = message.requested.organization_id,
        .job_id = message.requested.job_id,
        .requester_id = message.requested.requester_id,
        .received_at_us = received_at_us(record),
        .may_wait = true,
        .origin = {{record->topic, record->partition}, record->offset},
        .reason = message.requested.reason,
        .traceparent = header_value(wire, HEADER_TRACEPARENT),
    };
    return cancel_request_check(out, &thread->batch.arena, err);
}

// Fills the item. 0, or RETRY: it cannot be told yet what the record is.
static int understand(struct gate_thread *thread, const struct kafka_record *record,
                      struct gate_item *item, struct err *err)
{
    struct wire_record wire = {.value = record->value};
    bool schema_unknown;
    int rc = read_headers(thread, item->message, &wire, err);

    if (rc)
        return rc;
    item->kind = ITEM_REQUEST;
    item->dead_letter = (struct dead_letter){.source = item->reading->source,
                                             .offset = record->offset,
                                             .timestamp_ms = record->timestamp_ms,
                                             .key = record->key,
                                             .value = record->value,
                                             .headers = wire.headers,
                                             .header_count = wire.header_count,
                                             .stage = "decode"};
    rc = decode(thread, record, &wire, &item->request, err);
    schema_unknown = rc == RETRY && !strcmp(err->reason, "SCHEMA_UNKNOWN");
    if (!rc)
        patience_understood(&thread->patience);
    else if ((rc == RETRY && !schema_unknown) ||
             patience_holds(&thread->patience, err->reason, schema_unknown, clock_monotonic_us()))
        return RETRY;
    if (!rc)
        return cancel_credentials_check(thread->credentials, &wire, record, &item->request, err);
    item->kind = ITEM_DEAD_LETTER;
    item->dead_letter.reason = err->reason;
    return DONE;
}

static bool keep_text(struct gate_thread *thread, struct gate_item *item, const struct err *why)
{
    return item->kind != ITEM_DEAD_LETTER ||
           arena_copy(&thread->batch.arena, slice_of(why->text), &item->dead_letter.message);
}

static void hold(struct gate_thread *thread, struct reading *reading, const struct err *err)
{
    if (!thread->held_was_told)
        log_warn("gate", "a cancel request is held until it can be understood", LOG_ERR(err));
    thread->held_was_told = true;
    gate_batch_decide(thread);
    sources_restart(&thread->sources, reading);
}

static void take(struct gate_thread *thread, struct kafka_message *message)
{
    struct gate_item item = {.message = message};
    struct kafka_record record;
    struct err err = {0};

    kafka_message_record(message, &record);
    item.reading =
        readings_find(&thread->readings, &(struct source){record.topic, record.partition});
    if (!sources_want(&thread->sources, item.reading, &record))
        return;
    item.next_offset = record.offset + 1;
    item.last = (struct last_record){
        .offset = record.offset,
        .timestamp_ms = record.timestamp_ms,
        .hash = record_hash(record.timestamp_ms, record.key, record.value),
    };
    if (understand(thread, &record, &item, &err) || !keep_text(thread, &item, &err)) {
        hold(thread, item.reading, &err);
        return;
    }
    thread->held_was_told = false;
    if (!gate_batch_has_room(&thread->batch, &item))
        gate_batch_decide(thread);
    if (item.reading->state == READING_STARTED) // unless that failed
        gate_batch_add(&thread->batch, &item);
}

void gate_intake_end(void *self, struct reading *reading, int64_t next_offset)
{
    struct gate_thread *thread = self;
    const struct gate_item item = {
        .kind = ITEM_END, .reading = reading, .next_offset = next_offset};

    if (!gate_batch_has_room(&thread->batch, &item))
        gate_batch_decide(thread);
    if (reading->state == READING_STARTED) // unless that failed
        gate_batch_add(&thread->batch, &item);
}

void gate_intake(struct gate_thread *thread, struct kafka_message **messages, size_t count)
{
    if (count)
        FAULT_POINT("gate_consumed");
    for (size_t i = 0; i < count; i++)
        take(thread, messages[i]);
    gate_batch_decide(thread);
    sources_tell_ends(&thread->sources);
    gate_batch_decide(thread);
    arena_reset(&thread->batch.arena);
}
