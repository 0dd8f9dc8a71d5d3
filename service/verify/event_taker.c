// SPDX-License-Identifier: Apache-2.0
#include "verify/event_taker.h"

#include <poll.h>

#include "base/clock.h"
#include "serve/source/kafka_intake.h"

enum {
    HEADERS_ON_STACK = 16,
    LOOK_EVERY_MS = 250, // at a registry that does not answer
};
#define PATIENCE_US (20 * US_PER_SECOND)

int event_taker_open(struct event_taker *taker, const struct config *config, struct err *err)
{
    struct decoder_options options = {.namespaces = config->event_namespaces,
                                      .ignore_unknown = config->ignore_unknown_events,
                                      .registry = config->registry.kind};
    int rc;

    arena_init(&taker->arena);
    intake_init(&taker->intake, 0); // `serve` has waited already
    rc = schemas_open(config, &taker->schemas, err);
    if (rc)
        return rc;
    options.schemas = schemas_source(taker->schemas);
    taker->decoder = event_decoder_new(&options, err);
    return taker->decoder ? DONE : (int)err->disposition;
}

void event_taker_close(struct event_taker *taker)
{
    record_decoder_free(taker->decoder);
    schemas_close(taker->schemas);
    arena_reset(&taker->arena);
}

// The record at hand, and what the steps made of it.
struct taken_record {
    struct event_taker *taker;
    const struct kafka_message *message;
    size_t source;
    struct record_header room[HEADERS_ON_STACK];
    struct event event;
    int rc; // of what our owner does
    struct err err;
};

static int read_headers(void *self, struct intake_record *record, struct err *err)
{
    struct taken_record *taken = self;

    return kafka_intake_headers(taken->message, taken->room, HEADERS_ON_STACK, &taken->taker->arena,
                                record, err);
}

static enum step_answer decode(void *self, const struct intake_record *record, struct err *err)
{
    struct taken_record *taken = self;
    const struct wire_record wire = kafka_intake_wire(record);
    enum decoded what = DECODED_RECORD;
    int rc = decode_event(taken->taker->decoder, &wire, &taken->event, &what, err);

    return kafka_intake_decoded(rc, what, err);
}

static enum step_answer check(void *self, const struct intake_record *record, struct err *err)
{
    struct taken_record *taken = self;

    return kafka_intake_check_event(&taken->event, record, &taken->taker->arena, err);
}

// Asks whether `serve` put it aside; remembers a failure of asking.
static bool is_put_aside(struct taken_record *taken, int64_t offset, int64_t timestamp_ms)
{
    const struct put_aside record = {offset, timestamp_ms};
    struct event_taker *taker = taken->taker;
    bool is = false;

    taken->rc = taker->is_put_aside(taker->self, taken->source, &record, &is, &taken->err);
    return is;
}

static enum step_answer fold(void *self, const struct intake_record *record, struct err *err)
{
    struct taken_record *taken = self;
    struct event_taker *taker = taken->taker;
    const struct event *event = &taken->event;
    const struct job_key key = {event->organization_id, event->job_id};
    const struct event_ref where = {.offset = record->offset, .source = taken->source};

    (void)err;
    if (!taker->is_wanted(taker->self, &key))
        return STEP_DONE;
    if (is_put_aside(taken, record->offset, record->timestamp_ms)) {
        taker->counts.dead_letters++;
        return STEP_DONE;
    }
    if (taken->rc)
        return STEP_DONE;
    taken->rc = taker->fold(taker->self, event, &where, &taken->err);
    taker->counts.events += !taken->rc;
    return STEP_DONE;
}

// One whose schema nobody has now was either a dead letter then, too, or had a schema.
static int count_letter(void *self, const struct dead_letter *letter, struct err *err)
{
    struct taken_record *taken = self;

    (void)err;
    if (!strcmp(letter->reason, "SCHEMA_UNKNOWN") &&
        !is_put_aside(taken, letter->offset, letter->timestamp_ms))
        taken->taker->counts.undecodable++;
    else
        taken->taker->counts.dead_letters++;
    return DONE;
}

static int64_t now_us(void *self)
{
    (void)self;
    return clock_monotonic_us();
}

static enum intake_result bring(struct taken_record *taken, struct err *err)
{
    static const struct intake_steps steps = {
        .read_headers = read_headers,
        .decode = decode,
        .check = check,
        .store = fold,
        .keep = count_letter,
        .name_awaited = kafka_intake_name_awaited,
        .now_us = now_us,
    };
    struct intake_hold hold = {0};
    struct intake_record record;
    struct kafka_record from;

    kafka_message_record(taken->message, &from);
    record = kafka_intake_record(&from);
    record.headers_wait = framing_names_own_schema(record.value);
    return intake_bring(&taken->taker->intake, &hold, &steps, taken, &record, err);
}

// A registry that does not answer is asked again for a while, and then no more.
static enum intake_result bring_patiently(struct taken_record *taken, struct err *err)
{
    struct event_taker *taker = taken->taker;
    const int64_t until_us = clock_monotonic_us() + PATIENCE_US;
    enum intake_result result;

    while ((result = bring(taken, err)) == INTAKE_HELD && !taker->is_impatient &&
           !taker->is_stopped(taker->self)) {
        poll(NULL, 0, LOOK_EVERY_MS);
        taker->is_impatient = clock_monotonic_us() >= until_us;
    }
    return result;
}

int event_taker_take(struct event_taker *taker, size_t source, const struct kafka_message *message,
                     struct err *err)
{
    struct taken_record taken = {.taker = taker, .message = message, .source = source};
    const enum intake_result result = bring_patiently(&taken, err);

    if (taker->arena.used_bytes)
        arena_reset(&taker->arena);
    if (taken.rc) {
        *err = taken.err;
        return taken.rc;
    }
    taker->counts.records++;
    taker->counts.ignored += result == INTAKE_IGNORED;
    taker->counts.undecodable += result == INTAKE_HELD;
    return result == INTAKE_NO_MEMORY ? RETRY : DONE;
}
