// SPDX-License-Identifier: Apache-2.0
// From a Kafka record to the projector: decode, check, fold, or keep as a dead letter.
#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "core/position.h"
#include "serve/projection/worker_private.h"
#include "wire/framing.h"

enum { HEADERS_ON_STACK = 16 };

struct brought_record {
    const struct kafka_message *message;
    struct kafka_record record;
    const struct record_header *headers;
    size_t header_count;
};

static int read_headers(struct worker *worker, struct brought_record *brought,
                        struct record_header *room, struct err *err)
{
    struct record_header *headers = room;
    size_t count;

    kafka_message_headers(brought->message, room, HEADERS_ON_STACK, &count);
    if (count > HEADERS_ON_STACK) {
        headers = arena_alloc(&worker->arena, count * sizeof *headers);
        if (!headers)
            return err_no_memory(err);
        kafka_message_headers(brought->message, headers, count, &count);
    }
    brought->headers = headers;
    brought->header_count = count;
    return DONE;
}

static void hold(struct worker *worker, const struct err *err)
{
    if (!worker->held_was_told)
        log_warn(worker->name, "a record is held until it can be understood", LOG_ERR(err));
    worker->held_was_told = true;
    worker->held_until_us = clock_monotonic_us() + backoff_us(2);
}

// Whether a record that failed is tried again later; if not, it is a dead letter.
static bool is_held(struct worker *worker, int rc, const struct err *err)
{
    bool schema_unknown = rc == RETRY && !strcmp(err->reason, "SCHEMA_UNKNOWN");

    if (rc == RETRY && !schema_unknown)
        return true;
    return patience_holds(&worker->patience, err->reason, schema_unknown, clock_monotonic_us());
}

static int keep_dead_letter(struct worker *worker, const struct brought_record *brought,
                            const char *stage, const struct err *why, struct err *err)
{
    struct partition *partition = worker->work->partition;
    const struct dead_letter letter = {
        .source = partition->source,
        .offset = brought->record.offset,
        .timestamp_ms = brought->record.timestamp_ms,
        .key = brought->record.key,
        .value = brought->record.value,
        .headers = brought->headers,
        .header_count = brought->header_count,
        .stage = stage,
        .reason = why->reason,
        .message = slice_of(why->text),
    };

    log_warn(worker->name, "dead letter", LOG_SLICE("topic", partition->source.topic),
             LOG_INT("partition", partition->source.partition), LOG_INT("offset", letter.offset),
             LOG_TEXT("stage", stage), LOG_TEXT("reason", why->reason),
             LOG_TEXT("error", why->text));
    metrics_add(worker->service->metrics, METER_DEAD_LETTERS, meter_reason(why->reason), 0, 1);
    return projector_dead_letter(worker->projector, partition->track, &letter, err);
}

static int fold(struct worker *worker, const struct brought_record *brought, struct event *event,
                const char **stage, struct err *err)
{
    int64_t timestamp_ms = brought->record.timestamp_ms;
    int64_t broker_time_us = timestamp_ms < 0 ? TIME_NONE : timestamp_ms * 1000;
    bool changed = false;
    int rc;

    *stage = "check";
    rc = event_check(event, broker_time_us, &worker->arena, err);
    if (rc)
        return rc;
    *stage = "store";
    rc = projector_event(worker->projector, worker->work->partition->track, brought->record.offset,
                         event, &changed, err);
    FAULT_POINT("folded");
    if (!rc)
        worker->outcomes[event->kind][changed ? EVENT_CHANGED : EVENT_UNCHANGED]++;
    return rc;
}

// 0: the record is done with. RETRY: it is held, or (without held_until_us) memory ran out.
static int bring_record(struct worker *worker, const struct kafka_message *message, struct err *err)
{
    struct record_header room[HEADERS_ON_STACK];
    struct brought_record brought = {.message = message};
    struct event event = {0};
    enum decoded what = DECODED_EVENT;
    const char *stage = "decode";
    bool headers_wait;
    struct err why;
    int rc;

    kafka_message_record(message, &brought.record);
    headers_wait =
        framing_names_own_schema(brought.record.value); // reading them costs an allocation
    rc = headers_wait ? DONE : read_headers(worker, &brought, room, err);
    if (rc)
        return rc;
    rc = decoder_decode(worker->decoder,
                        &(struct wire_record){.value = brought.record.value,
                                              .headers = brought.headers,
                                              .header_count = brought.header_count},
                        &event, &what, &why);
    FAULT_POINT("decoded");
    if (!rc && what == DECODED_IGNORED) {
        worker->outcomes[EVENT_KINDS][EVENT_IGNORED]++;
    } else if (!rc) {
        rc = fold(worker, &brought, &event, &stage, &why);
        if (rc == RETRY) {
            *err = why;
            return rc;
        }
    }
    if (!rc || !strcmp(stage, "store")) {
        patience_understood(&worker->patience);
    } else if (is_held(worker, rc, &why)) {
        hold(worker, &why);
        *err = why;
        return RETRY;
    }
    worker->held_was_told = false;
    if (!rc)
        return DONE;
    rc = headers_wait ? read_headers(worker, &brought, room, err) : DONE;
    return rc ? rc : keep_dead_letter(worker, &brought, stage, &why, err);
}

static void tell_outcomes(struct worker *worker)
{
    for (size_t kind = 0; kind <= EVENT_KINDS; kind++)
        for (size_t outcome = 0; outcome < EVENT_OUTCOMES; outcome++)
            if (worker->outcomes[kind][outcome]) {
                metrics_add(worker->service->metrics, METER_EVENTS, kind, outcome,
                            worker->outcomes[kind][outcome]);
                worker->outcomes[kind][outcome] = 0;
            }
}

// The position stands behind the records done with; the last of them is remembered.
static void advance(struct worker *worker, size_t end)
{
    struct work *work = worker->work;
    struct kafka_record record;
    struct last_record last;

    if (end == work->records.next)
        return;
    kafka_message_record(work->records.messages[end - 1], &record);
    last = (struct last_record){
        .offset = record.offset,
        .timestamp_ms = record.timestamp_ms,
        .hash = record_hash(record.timestamp_ms, record.key, record.value),
    };
    projector_advance(worker->projector, work->partition->track, record.offset + 1, &last);
    while (work->records.next < end)
        kafka_message_free(work->records.messages[work->records.next++]);
}

int worker_bring_records(struct worker *worker, size_t budget, size_t *brought, struct err *err)
{
    struct work *work = worker->work;
    size_t at = work->records.next, end = work->records.count;
    int rc = DONE;

    if (end - at > budget)
        end = at + budget;
    worker->held_until_us = 0;
    while (at < end && projector_has_room(worker->projector)) {
        rc = bring_record(worker, work->records.messages[at], err);
        if (worker->arena.used_bytes)
            arena_reset(&worker->arena);
        if (rc)
            break;
        at++;
    }
    *brought = at - work->records.next;
    advance(worker, at);
    tell_outcomes(worker);
    return rc && worker->held_until_us ? DONE : rc;
}
