// SPDX-License-Identifier: Apache-2.0
// From a Kafka record to a request that may be judged, or to a dead letter: the steps of
// core/intake.h as they are for cancel requests.
#include "base/clock.h"
#include "serve/gate/gate_private.h"
#include "serve/source/kafka_intake.h"
#include "wire/headers.h"

struct brought_request {
    struct gate_thread *thread;
    const struct kafka_message *message;
    const struct kafka_record *from;
    struct gate_item *item; // what becomes of it
};

static int read_headers(void *self, struct intake_record *record, struct err *err)
{
    struct brought_request *brought = self;

    return kafka_intake_headers(brought->message, NULL, 0, &brought->thread->batch.arena, record,
                                err);
}

// When the request came. A sender's own stamp, where the topic lets it through, is believed only as
// far as it makes the request older.
static int64_t received_at_us(const struct kafka_record *record)
{
    int64_t now_us = clock_now_us();
    int64_t stamp_us = record->timestamp_ms < 0 ? now_us : record->timestamp_ms * 1000;

    return record->stamped_by_broker || stamp_us < now_us ? stamp_us : now_us;
}

static struct slice header_value(const struct intake_record *record, const char *name)
{
    const struct record_header *header = header_find(record->headers, record->header_count, name);

    return header ? header->value : SLICE_NULL;
}

static enum step_answer decode(void *self, const struct intake_record *record, struct err *err)
{
    struct brought_request *brought = self;
    const struct wire_record wire = kafka_intake_wire(record);
    struct cancel_message message = {0};
    enum decoded what = DECODED_RECORD;
    int rc = decode_cancel_message(brought->thread->decoder, &wire, &message, &what, err);

    if (!rc && message.kind != CANCEL_REQUESTED)
        rc = err_set(err, POISON, "UNKNOWN_RECORD", "the record is no CancelRequested");
    if (rc)
        return kafka_intake_decoded(rc, what, err);
    brought->item->request = (struct cancel_request){
        .request_id = message.requested.request_id,
        .organization_id = message.requested.organization_id,
        .job_id = message.requested.job_id,
        .requester_id = message.requested.requester_id,
        .received_at_us = received_at_us(brought->from),
        .may_wait = true,
        .origin = {record->source, record->offset},
        .reason = message.requested.reason,
        .traceparent = header_value(record, HEADER_TRACEPARENT),
    };
    return STEP_DONE;
}

// The next record's decoding may overwrite what was inflated for this one (record_decode), and a
// batch has many.
static int own_texts(struct cancel_request *request, struct arena *arena, struct err *err)
{
    const bool is_owned = arena_copy(arena, request->organization_id, &request->organization_id) &&
                          arena_copy(arena, request->job_id, &request->job_id) &&
                          arena_copy(arena, request->requester_id, &request->requester_id) &&
                          arena_copy(arena, request->reason, &request->reason);

    return is_owned ? DONE : err_no_memory(err);
}

static enum step_answer check(void *self, const struct intake_record *record, struct err *err)
{
    struct brought_request *brought = self;
    struct cancel_request *request = &brought->item->request;
    struct arena *arena = &brought->thread->batch.arena;
    int rc = cancel_request_check(request, arena, err);

    (void)record;
    if (!rc)
        rc = own_texts(request, arena, err);
    return step_answer_of(rc, STEP_NO_MEMORY);
}

// Keys that cannot be fetched leave it open whether the requester is proven.
static enum step_answer take_request(void *self, const struct intake_record *record,
                                     struct err *err)
{
    struct brought_request *brought = self;
    const struct wire_record wire = kafka_intake_wire(record);

    brought->item->kind = ITEM_REQUEST;
    return step_answer_of(cancel_credentials_check(brought->thread->credentials, &wire,
                                                   brought->from, &brought->item->request, err),
                          STEP_NOT_YET);
}

static int keep_dead_letter(void *self, const struct dead_letter *letter, struct err *err)
{
    struct brought_request *brought = self;
    struct gate_item *item = brought->item;

    item->kind = ITEM_DEAD_LETTER;
    item->dead_letter = *letter;
    if (!arena_copy(&brought->thread->batch.arena, letter->message, &item->dead_letter.message))
        return err_no_memory(err);
    kafka_intake_tell_letter("gate", letter);
    return DONE;
}

static int64_t now_us(void *self)
{
    (void)self;
    return clock_monotonic_us();
}

static void tell_held(void *self, const struct intake_record *record, const struct err *why)
{
    (void)self;
    kafka_intake_tell_held("gate", "a cancel request is held until it can be understood", record,
                           why);
}

enum intake_result gate_bring_request(struct gate_thread *thread,
                                      const struct kafka_message *message,
                                      const struct kafka_record *from, struct gate_item *item,
                                      struct err *err)
{
    static const struct intake_steps steps = {
        .read_headers = read_headers,
        .decode = decode,
        .check = check,
        .store = take_request,
        .keep = keep_dead_letter,
        .name_awaited = kafka_intake_name_awaited,
        .now_us = now_us,
        .held = tell_held,
    };
    struct brought_request brought = {thread, message, from, item};

    item->record = kafka_intake_record(from);
    return intake_bring(&thread->intake, &gate_partition(item->reading)->hold, &steps, &brought,
                        &item->record, err);
}
