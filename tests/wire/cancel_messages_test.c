// SPDX-License-Identifier: Apache-2.0
// The messages of cancelling: there and back, and enums resolved by name.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/failing_malloc.h"
#include "wire/cancel_messages.h"
#include "wire/schemas.h"
#include "wire/wire_kit.h"

static const struct uuid one_id = {{1, 2, 3}}, other_id = {{4, 5, 6}};

static struct cancel_message sample(enum cancel_message_kind kind)
{
    struct cancel_message message = {.kind = kind};

    if (kind == CANCEL_REQUESTED)
        message.requested = (struct cancel_requested){
            one_id, SLICE_LITERAL("o"),  SLICE_LITERAL("j"), SLICE_LITERAL("m"),
            7,      SLICE_LITERAL("why")};
    else if (kind == CANCEL_JOB)
        message.job = (struct cancel_job){one_id,
                                          other_id,
                                          SLICE_LITERAL("o"),
                                          SLICE_LITERAL("j"),
                                          3,
                                          SLICE_LITERAL("Load"),
                                          SLICE_LITERAL("m"),
                                          8,
                                          SLICE_NULL};
    else
        message.decided = (struct cancel_decided){one_id,
                                                  SLICE_LITERAL("o"),
                                                  SLICE_LITERAL("j"),
                                                  SLICE_LITERAL("m"),
                                                  CANCEL_GRANTED,
                                                  REASON_CREATOR,
                                                  true,
                                                  other_id,
                                                  9};
    return message;
}

static struct record_decoder *open(struct one_schema *one, struct schema_source *source)
{
    struct decoder_options options = {.schemas = source};
    struct err err;
    struct record_decoder *decoder;

    *source = one_schema_source(one);
    decoder = cancel_decoder_new(&options, &err);
    assert_non_null(decoder);
    return decoder;
}

static void there_and_back(void **state)
{
    static const uint32_t ids[CANCEL_MESSAGE_KINDS] = {1, 2, 3};
    size_t count;
    const struct own_schema *all = own_schemas(&count);

    (void)state;
    for (int round = 0; round < 2 * CANCEL_MESSAGE_KINDS; round++) {
        enum cancel_message_kind kind = (enum cancel_message_kind)(round / 2);
        const struct slice *own = &all[(size_t)EVENT_KINDS + kind].json;
        char *json = strndup(own->data, own->size);
        struct one_schema one = {.json = json};
        struct schema_source source;
        struct record_decoder *decoder = open(&one, &source);
        struct cancel_message message = sample(kind), back;
        struct buffer first = {0}, second = {0};
        enum framing framing = round % 2 ? FRAMING_CONFLUENT : FRAMING_SINGLE_OBJECT;
        struct wire_record record = {0};
        enum decoded what;
        struct err err = {0};

        assert_int_equal(encode_cancel_message(&message, framing, ids, &first, &err), 0);
        record.value = buffer_slice(&first);
        if (decode_cancel_message(decoder, &record, &back, &what, &err))
            fail_msg("%s: %s", err.reason, err.text);
        assert_int_equal(what, DECODED_RECORD);
        assert_int_equal(back.kind, kind);
        // Written again, byte for byte: every field came back.
        assert_int_equal(encode_cancel_message(&back, framing, ids, &second, &err), 0);
        assert_true(slice_equal(buffer_slice(&first), buffer_slice(&second)));
        if (kind == CANCEL_DECIDED) {
            assert_int_equal(back.decided.reason_code, REASON_CREATOR);
            assert_memory_equal(&back.decided.command_id, &other_id, sizeof other_id);
            assert_int_equal(back.decided.decided_at_us, 9);
        }
        record_decoder_free(decoder);
        buffer_free(&first);
        buffer_free(&second);
        free(json);
    }
}

#define DECIDED(decision, code)                                                                               \
    RECORD(                                                                                                   \
        "CancelDecided",                                                                                      \
        FIELD("request_id", UUID_TYPE) "," FIELD("organization_id", "\"string\"") "," FIELD(                  \
            "job_id",                                                                                         \
            "\"string\"") "," FIELD("requester_id",                                                           \
                                    "\"string\"") "," FIELD("decision",                                       \
                                                            decision) "," FIELD("reason_code",                \
                                                                                code) "," FIELD("decided_at", \
                                                                                                TIME_TYPE))
#define CODES                                                                                      \
    "{\"type\":\"enum\",\"name\":\"CancelReasonCode\",\"symbols\":[\"NEWER\",\"EXPIRED\"]}"

static int decode_decided(const char *writer, int decision, int code, struct cancel_message *out,
                          struct err *err)
{
    struct one_schema one = {.json = writer};
    struct schema_source source;
    struct record_decoder *decoder = open(&one, &source);
    struct wire_record record = {0};
    struct buffer value = {0};
    enum decoded what;
    int rc;

    PUT_RAW(&value, "\0\0\0\0\1");
    put_text(&value, SAMPLE_UUID);
    put_text(&value, "o");
    put_text(&value, "j");
    put_text(&value, "m");
    put_long(&value, decision);
    put_long(&value, code);
    put_long(&value, 5);
    record.value = buffer_slice(&value);
    rc = decode_cancel_message(decoder, &record, out, &what, err);
    record_decoder_free(decoder);
    buffer_free(&value);
    return rc;
}

static void symbols_go_by_name(void **state)
{
    // The other way round, in another namespace, with one that we do not know.
    const char *writer = DECIDED("{\"type\":\"enum\",\"name\":\"x.CancelDecision\",\"symbols\":"
                                 "[\"refused\",\"deferred\",\"granted\"]}",
                                 CODES);
    struct cancel_message message;
    struct err err = {0};

    (void)state;
    assert_int_equal(decode_decided(writer, 2, 1, &message, &err), 0);
    assert_int_equal(message.decided.decision, CANCEL_GRANTED);
    assert_int_equal(message.decided.reason_code, REASON_EXPIRED);
    assert_int_equal(decode_decided(writer, 0, 0, &message, &err), 0);
    assert_int_equal(message.decided.decision, CANCEL_REFUSED);
    assert_int_equal(message.decided.reason_code, REASON_OTHER);
    assert_int_equal(decode_decided(writer, 1, 0, &message, &err), 0);
    assert_int_equal(message.decided.decision, CANCEL_REFUSED); // our default
    assert_false(message.decided.has_command);
    assert_int_equal(decode_decided(writer, 3, 0, &message, &err), POISON);
    assert_string_equal(err.reason, "ENUM_SYMBOL");
}

static void an_enum_of_another_name_only_by_alias(void **state)
{
    struct cancel_message message;
    struct err err = {0};

    (void)state;
    assert_int_equal(
        decode_decided(
            DECIDED("{\"type\":\"enum\",\"name\":\"D\",\"symbols\":[\"granted\"]}", CODES), 0, 0,
            &message, &err),
        POISON);
    assert_string_equal(err.reason, "SCHEMA_INCOMPATIBLE");
    assert_int_equal(decode_decided(DECIDED("{\"type\":\"enum\",\"name\":\"D\",\"aliases\":"
                                            "[\"jobtrail.v1.CancelDecision\"],\"symbols\":"
                                            "[\"granted\"]}",
                                            CODES),
                                    0, 0, &message, &err),
                     0);
    assert_int_equal(decode_decided(DECIDED("\"int\"", CODES), 0, 0, &message, &err), POISON);
    assert_string_equal(err.reason, "SCHEMA_INCOMPATIBLE");
}

static void an_event_is_none_of_these(void **state)
{
    struct one_schema one = {.json = RECORD("JobStarted", COMMON)};
    struct schema_source source;

    (void)state;
    for (int ignore = 0; ignore < 2; ignore++) {
        struct decoder_options options = {.schemas = &source, .ignore_unknown = ignore == 1};
        struct wire_record record = {.value = SLICE_LITERAL("\0\0\0\0\1abc")};
        struct cancel_message message;
        enum decoded what = DECODED_RECORD;
        struct err err = {0};
        struct record_decoder *decoder;

        source = one_schema_source(&one);
        decoder = cancel_decoder_new(&options, &err);
        assert_non_null(decoder);
        assert_int_equal(decode_cancel_message(decoder, &record, &message, &what, &err),
                         ignore ? 0 : POISON);
        assert_string_equal(err.reason, "UNKNOWN_RECORD");
        assert_int_equal(what, ignore ? DECODED_IGNORED : DECODED_RECORD);
        record_decoder_free(decoder);
    }
    record_decoder_free(NULL);
}

static void without_memory(void **state)
{
    struct cancel_message message = sample(CANCEL_JOB);
    struct decoder_options options = {0};
    struct buffer out = {0};
    struct err err = {0};

    (void)state;
    for (long n = 1; n < 10; n++) {
        failing_malloc_after(n);
        assert_null(cancel_decoder_new(&options, &err));
        failing_malloc_never();
        assert_int_equal(err.disposition, RETRY);
    }
    failing_malloc_after(1);
    assert_int_equal(encode_cancel_message(&message, FRAMING_SINGLE_OBJECT, NULL, &out, &err),
                     RETRY);
    failing_malloc_never();
    buffer_free(&out);
}

// Known without a registry, so that nobody waits for one.
static void one_of_our_own_events_is_none_of_these(void **state)
{
    struct decoder_options options = {.schemas = NULL};
    struct event event = {.kind = JOB_STARTED,
                          .attempt = 1,
                          .organization_id = SLICE_LITERAL("acme"),
                          .job_id = SLICE_LITERAL("a")};
    struct cancel_message message;
    struct wire_record record = {0};
    enum decoded what;
    struct err err = {0};
    struct record_decoder *decoder = cancel_decoder_new(&options, &err);
    struct buffer out;

    (void)state;
    buffer_init(&out);
    assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &out, &err), 0);
    record.value = buffer_slice(&out);
    assert_int_equal(decode_cancel_message(decoder, &record, &message, &what, &err), POISON);
    assert_string_equal(err.reason, "UNKNOWN_RECORD");
    buffer_free(&out);
    record_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(symbols_go_by_name),
        cmocka_unit_test(an_enum_of_another_name_only_by_alias),
        cmocka_unit_test(an_event_is_none_of_these),
        cmocka_unit_test(one_of_our_own_events_is_none_of_these),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
