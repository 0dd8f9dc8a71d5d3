// SPDX-License-Identifier: Apache-2.0
// From a Kafka record to the projector: the steps of core/intake.h as they are for events.
#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "core/poison.h"
#include "core/position.h"
#include "serve/projection/worker_private.h"
#include "serve/source/kafka_intake.h"

enum { HEADERS_ON_STACK = 16 };

// The record at hand, and what the steps made of it so far.
struct brought_record {
    struct worker *worker;
    const struct kafka_message *message;
    struct record_header room[HEADERS_ON_STACK];
    struct event event;
    bool is_decoded;
    bool changed; // the event was news
};

static int read_headers(void *self, struct intake_record *record, struct err *err)
{
    struct brought_record *brought = self;

    return kafka_intake_headers(brought->message, brought->room, HEADERS_ON_STACK,
                                &brought->worker->arena, record, err);
}

static enum step_answer decode(void *self, const struct intake_record *record, struct err *err)
{
    struct brought_record *brought = self;
    const struct wire_record wire = kafka_intake_wire(record);
    enum decoded what = DECODED_RECORD;
    int rc = decode_event(brought->worker->decoder, &wire, &brought->event, &what, err);

    FAULT_POINT("decoded");
    brought->is_decoded = !rc && what == DECODED_RECORD;
    return kafka_intake_decoded(rc, what, err);
}

static enum step_answer check(void *self, const struct intake_record *record, struct err *err)
{
    struct brought_record *brought = self;

    return kafka_intake_check_event(&brought->event, record, &brought->worker->arena, err);
}

static enum step_answer fold(void *self, const struct intake_record *record, struct err *err)
{
    struct brought_record *brought = self;
    struct worker *worker = brought->worker;
    int rc = projector_event(worker->projector, worker->work->partition->track, record->offset,
                             &brought->event, &brought->changed, err);

    FAULT_POINT("folded");
    return step_answer_of(rc, STEP_NO_MEMORY);
}

static int keep_dead_letter(void *self, const struct dead_letter *letter, struct err *err)
{
    struct worker *worker = ((struct brought_record *)self)->worker;
    int rc = projector_dead_letter(worker->projector, worker->work->partition->track, letter, err);

    if (rc)
        return rc;
    kafka_intake_tell_letter(worker->name, letter);
    metrics_add(worker->process->metrics, METER_DEAD_LETTERS, poison_reason_place(letter->reason),
                0, 1);
    return DONE;
}

static int64_t now_us(void *self)
{
    (void)self;
    return clock_monotonic_us();
}

static void tell_held(void *self, const struct intake_record *record, const struct err *why)
{
    kafka_intake_tell_held(((struct brought_record *)self)->worker->name,
                           "a record is held until it can be understood", record, why);
}

static void count_outcome(void *self, enum intake_result result)
{
    struct brought_record *brought = self;
    size_t kind = brought->is_decoded ? (size_t)brought->event.kind : EVENT_KINDS;
    enum event_outcome outcome = brought->changed ? EVENT_CHANGED : EVENT_UNCHANGED;

    if (result == INTAKE_IGNORED)
        outcome = EVENT_IGNORED;
    else if (result == INTAKE_DEAD_LETTER)
        outcome = EVENT_DEAD_LETTER;
    brought->worker->outcomes[kind][outcome]++;
}

static enum intake_result bring_record(struct worker *worker, const struct kafka_message *message,
                                       struct err *err)
{
    static const struct intake_steps steps = {
        .read_headers = read_headers,
        .decode = decode,
        .check = check,
        .store = fold,
        .keep = keep_dead_letter,
        .name_awaited = kafka_intake_name_awaited,
        .now_us = now_us,
        .held = tell_held,
        .settled = count_outcome,
    };
    struct brought_record brought = {.worker = worker, .message = message};
    struct intake_record record;
    struct kafka_record from;

    kafka_message_record(message, &from);
    record = kafka_intake_record(&from);
    record.headers_wait = framing_names_own_schema(record.value);
    return intake_bring(&worker->intake, &worker->work->partition->hold, &steps, &brought, &record,
                        err);
}

static void tell_outcomes(struct worker *worker)
{
    for (size_t kind = 0; kind <= EVENT_KINDS; kind++)
        for (size_t outcome = 0; outcome < EVENT_OUTCOMES; outcome++)
            if (worker->outcomes[kind][outcome]) {
                metrics_add(worker->process->metrics, METER_EVENTS, kind, outcome,
                            worker->outcomes[kind][outcome]);
                worker->outcomes[kind][outcome] = 0;
            }
}

// The position stands behind the records done with; the last of them is remembered.
static void advance(struct worker *worker, size_t end)
{
    struct work *work = worker->work;
    struct kafka_record record;
    struct read_record last;

    if (end == work->records.next)
        return;
    kafka_message_record(work->records.messages[end - 1], &record);
    last = (struct read_record){
        .offset = record.offset,
        .timestamp_ms = record.timestamp_ms,
        .hash = record_hash(record.timestamp_ms, record.key, record.value),
    };
    track_advance(work->partition->track, record.offset + 1, &last);
    while (work->records.next < end)
        kafka_message_free(work->records.messages[work->records.next++]);
}

int worker_bring_records(struct worker *worker, size_t budget, size_t *brought, struct err *err)
{
    struct work *work = worker->work;
    size_t at = work->records.next, end = work->records.count;
    enum intake_result result = INTAKE_TAKEN;

    if (end - at > budget)
        end = at + budget;
    worker->held_until_us = 0;
    while (at < end && projector_has_room(worker->projector)) {
        result = bring_record(worker, work->records.messages[at], err);
        if (worker->arena.used_bytes)
            arena_reset(&worker->arena);
        if (result == INTAKE_HELD || result == INTAKE_NO_MEMORY)
            break;
        at++;
    }
    if (result == INTAKE_HELD)
        worker->held_until_us = clock_monotonic_us() + backoff_us(2);
    *brought = at - work->records.next;
    advance(worker, at);
    tell_outcomes(worker);
    return result == INTAKE_NO_MEMORY ? RETRY : DONE;
}
