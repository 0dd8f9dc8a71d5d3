// SPDX-License-Identifier: Apache-2.0
#include "serve/letters/letter_decode.h"

#include <poll.h>
#include <stdlib.h>

#include "serve/process/schemas.h"
#include "wire/cancel_messages.h"
#include "wire/event_messages.h"

enum { LOOKS = 10, LOOK_EVERY_MS = 500 }; // at a registry that is slow

struct letter_decoder {
    struct schemas *schemas;
    struct record_decoder *events, *requests;
    bool (*is_stopped)(void);
};

int letter_decoder_new(const struct config *config, bool (*is_stopped)(void),
                       struct letter_decoder **out, struct err *err)
{
    struct decoder_options options = {.namespaces = config->event_namespaces,
                                      .ignore_unknown = config->ignore_unknown_events,
                                      .registry = config->registry.kind};
    struct letter_decoder *decoder = calloc(1, sizeof *decoder);
    int rc = decoder ? schemas_open(config, &decoder->schemas, err) : err_no_memory(err);

    if (!rc) {
        decoder->is_stopped = is_stopped;
        options.schemas = schemas_source(decoder->schemas);
        decoder->events = event_decoder_new(&options, err);
        rc = decoder->events ? DONE : (int)err->disposition;
    }
    if (!rc) {
        decoder->requests = cancel_decoder_new(&options, err);
        rc = decoder->requests ? DONE : (int)err->disposition;
    }
    if (rc)
        letter_decoder_free(decoder);
    else
        *out = decoder;
    return rc;
}

void letter_decoder_free(struct letter_decoder *decoder)
{
    if (!decoder)
        return;
    record_decoder_free(decoder->events);
    record_decoder_free(decoder->requests);
    schemas_close(decoder->schemas);
    free(decoder);
}

static struct wire_record record_of(const struct kept_dead_letter *letter)
{
    return (struct wire_record){letter->value, letter->headers, letter->header_count};
}

// Whether to ask once more, a moment later.
static bool is_slow(const struct letter_decoder *decoder, int rc, const struct err *err, int look)
{
    if (rc != RETRY || strcmp(err->reason, "SCHEMA_UNREACHABLE") != 0 || look == LOOKS ||
        (decoder->is_stopped && decoder->is_stopped()))
        return false;
    poll(NULL, 0, LOOK_EVERY_MS);
    return true;
}

static int refuse_ignored(int rc, enum decoded what, struct err *err)
{
    if (rc || what != DECODED_IGNORED)
        return rc;
    return err_set(err, FATAL, "IGNORED",
                   "it is none of ours, and events.unknown=ignore: discard it");
}

int letter_decode_event(struct letter_decoder *decoder, const struct kept_dead_letter *letter,
                        struct event *event, struct err *err)
{
    const struct wire_record record = record_of(letter);
    enum decoded what = DECODED_RECORD;
    int rc, look = 0;

    do
        rc = decode_event(decoder->events, &record, event, &what, err);
    while (is_slow(decoder, rc, err, look++));
    return refuse_ignored(rc, what, err);
}

static void set_text(json_t *object, const char *name, struct slice text)
{
    if (!slice_is_null(text))
        json_object_set_new(object, name, json_stringn(text.data, text.size));
}

static void set_uuid(json_t *object, const char *name, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];

    uuid_format(uuid, text);
    json_object_set_new(object, name, json_string(text));
}

static void set_time(json_t *object, const char *name, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];

    time_format_us(time_us, text);
    json_object_set_new(object, name, json_string(text));
}

// As its record in schemas/avro names them; what is null is left out.
static json_t *event_json(const struct event *event)
{
    json_t *object = json_object();

    json_object_set_new(object, "record", json_string(event_kind_name(event->kind)));
    set_uuid(object, "event_id", &event->id);
    set_text(object, "organization_id", event->organization_id);
    set_text(object, "job_id", event->job_id);
    json_object_set_new(object, "attempt", json_integer(event->attempt));
    set_time(object, "occurred_at", event->occurred_at_us);
    set_text(object, "message", event->message);
    if (event->kind == JOB_CREATED) {
        set_text(object, "type", event->type);
        set_text(object, "creator_id", event->creator_id);
        json_object_set_new(object, "cancellable", json_boolean(event->cancellable));
    }
    if (event->kind == JOB_PROGRESSED)
        json_object_set_new(object, "progress", json_integer(event->progress));
    set_text(object, "result_uri", event->result_uri);
    set_text(object, "error_code", event->error_code);
    set_text(object, "error_detail", event->error_detail);
    if (event->has_command)
        set_uuid(object, "command_id", &event->command_id);
    return object;
}

static json_t *request_json(const struct cancel_requested *request)
{
    json_t *object = json_object();

    json_object_set_new(object, "record", json_string("CancelRequested"));
    set_uuid(object, "request_id", &request->request_id);
    set_text(object, "organization_id", request->organization_id);
    set_text(object, "job_id", request->job_id);
    set_text(object, "requester_id", request->requester_id);
    set_time(object, "requested_at", request->requested_at_us);
    set_text(object, "reason", request->reason);
    return object;
}

int letter_decode_json(struct letter_decoder *decoder, const struct kept_dead_letter *letter,
                       json_t **out, struct err *err)
{
    const struct wire_record record = record_of(letter);
    struct cancel_message message;
    enum decoded what = DECODED_RECORD;
    struct event event = {0};
    struct err other;
    int rc = letter_decode_event(decoder, letter, &event, err);

    *out = NULL;
    if (!rc) {
        *out = event_json(&event);
    } else if (!decode_cancel_message(decoder->requests, &record, &message, &what, &other) &&
               what == DECODED_RECORD && message.kind == CANCEL_REQUESTED) {
        // Why it is no event is what is told otherwise.
        *out = request_json(&message.requested);
        rc = DONE;
    }
    return rc || *out ? rc : err_no_memory(err);
}

char *letter_schema_text(const struct kept_dead_letter *letter)
{
    const struct wire_record record = record_of(letter);
    char text[SCHEMA_NAME_TEXT_SIZE];
    struct schema_name name;

    if (!framing_name(&record, &name))
        return NULL;
    schema_name_text(&name, text);
    return strdup(text);
}
