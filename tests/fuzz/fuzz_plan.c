// SPDX-License-Identifier: Apache-2.0
// A writer's schema and a value that it is to have written: the schema's text, a NUL, the bytes.
// Whatever is decoded is what the contract of record_decoder.h says: texts inside the value, UTF-8
// and without NUL; and what our encoder then writes, decodes to the same.
#include "base/utf8.h"
#include "fuzz/fuzz_target.h"
#include "wire/cancel_messages.h"
#include "wire/event_messages.h"

// The schema of the input under way; each input has an id of its own.
static const char *writer_json;
static struct record_decoder *decoder;
static struct record_decoder *cancel_decoder;
static uint32_t schema_id;

int LLVMFuzzerInitialize(int *argc, char ***argv);

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    (void)self;
    (void)name;
    *json = strdup(writer_json);
    return *json ? 0 : err_no_memory(err);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct schema_source source = {NULL, fetch};
    struct decoder_options options = {.schemas = &source};
    struct err err;

    (void)argc;
    (void)argv;
    decoder = event_decoder_new(&options, &err);
    cancel_decoder = cancel_decoder_new(&options, &err);
    return decoder && cancel_decoder ? 0 : 1;
}

static void check_text(struct slice text, struct slice value)
{
    if (slice_is_null(text))
        return;
    MUST(text.data >= value.data && text.data + text.size <= value.data + value.size);
    MUST(utf8_is_text(text));
}

static void check_event(const struct event *event, struct slice value)
{
    MUST(event->kind < EVENT_KINDS);
    MUST(event->organization_id.data && event->job_id.data);
    check_text(event->organization_id, value);
    check_text(event->job_id, value);
    check_text(event->message, value);
    check_text(event->type, value);
    check_text(event->creator_id, value);
    check_text(event->result_uri, value);
    check_text(event->error_code, value);
    check_text(event->error_detail, value);
}

static void check_round_trip(const struct event *event)
{
    struct buffer first = {0}, second = {0};
    struct wire_record record = {0};
    struct event back;
    enum decoded what;
    struct err err = {0};

    MUST(!encode_event(event, FRAMING_SINGLE_OBJECT, NULL, &first, &err));
    record.value = buffer_slice(&first);
    if (first.size <= RECORD_VALUE_MAX_BYTES) {
        MUST(!decode_event(decoder, &record, &back, &what, &err));
        MUST(!encode_event(&back, FRAMING_SINGLE_OBJECT, NULL, &second, &err));
        MUST(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    }
    buffer_free(&first);
    buffer_free(&second);
}

static void check_cancel_message(const struct wire_record *record)
{
    struct buffer first = {0}, second = {0};
    struct cancel_message message, back;
    struct wire_record again = {0};
    enum decoded what;
    struct err err = {0};

    if (!decode_cancel_message(cancel_decoder, record, &message, &what, &err)) {
        MUST(!encode_cancel_message(&message, FRAMING_SINGLE_OBJECT, NULL, &first, &err));
        again.value = buffer_slice(&first);
        MUST(!decode_cancel_message(cancel_decoder, &again, &back, &what, &err));
        MUST(!encode_cancel_message(&back, FRAMING_SINGLE_OBJECT, NULL, &second, &err));
        MUST(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    }
    buffer_free(&first);
    buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    struct wire_record record = {0};
    struct buffer framed = {0};
    struct event event;
    enum decoded what;
    struct err err = {0};
    int rc;

    if (!end)
        return -1;
    writer_json = (const char *)data;
    framing_append_confluent(&framed, schema_id++);
    buffer_append(&framed, end + 1, size - (size_t)(end + 1 - data));
    record.value = buffer_slice(&framed);
    rc = decode_event(decoder, &record, &event, &what, &err);
    MUST(rc == 0 || rc == POISON);
    if (!rc) {
        check_event(&event, record.value);
        check_round_trip(&event);
    }
    check_cancel_message(&record);
    buffer_free(&framed);
    return 0;
}
