// SPDX-License-Identifier: Apache-2.0
// Framings, unknown records and namespaces, unions at the root, and what the plan cache keeps.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire/headers.h"
#include "wire/plan_cache.h"
#include "wire/schemas.h"
#include "wire/wire_kit.h"

#define STARTED RECORD("JobStarted", COMMON)
#define GUID                                                                                       \
    "\x01"                                                                                         \
    "0123456789abcdef"

static int decode_value(struct kit *kit, struct slice value, const struct record_header *headers,
                        size_t header_count)
{
    struct wire_record record = {value, headers, header_count};

    kit->err = (struct err){0};
    return decode_event(kit->decoder, &record, &kit->event, &kit->what, &kit->err);
}

static void a_value_names_one_of_our_own_schemas_or_not(void **state)
{
    const struct own_schema *started = own_schema_find("JobStarted");
    struct buffer value;

    (void)state;
    buffer_init(&value);
    for (size_t form = 0; form < CANONICAL_FORMS; form++) {
        buffer_clear(&value);
        framing_append_single_object(&value, started->fingerprints[form]);
        assert_true(framing_names_own_schema(buffer_slice(&value)));
    }
    assert_false(framing_names_own_schema((struct slice){value.data, value.size - 1}));
    value.data[2] = (char)(value.data[2] ^ 1);
    assert_false(framing_names_own_schema(buffer_slice(&value)));
    buffer_clear(&value);
    framing_append_confluent(&value, 7);
    assert_false(framing_names_own_schema(buffer_slice(&value)));
    assert_false(framing_names_own_schema(SLICE_NULL));
    buffer_free(&value);
}

static void values_that_no_framing_knows(void **state)
{
    const struct {
        struct slice value;
        const char *reason;
    } cases[] = {
        {SLICE_NULL, "TOMBSTONE"},
        {SLICE_LITERAL(""), "FRAMING"},
        {SLICE_LITERAL("\0\0\0\0"), "FRAMING"},
        {SLICE_LITERAL("\xc3\x01\1\2\3\4\5\6\7"), "FRAMING"},
        {SLICE_LITERAL("\xc3\x02\1\2\3\4\5\6\7\x08"), "FRAMING"},
        {SLICE_LITERAL("{\"type\":\"JobStarted\"}"), "FRAMING"},
        {SLICE_LITERAL("\0\0\0\0\0\0\0\0\x22H"), "FRAMING"}, // an id of 8 bytes
        {SLICE_LITERAL("\0\0\0\0\7"), "TRUNCATED"},
    };
    struct kit kit;

    (void)state;
    kit_open(&kit, STARTED);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(decode_value(&kit, cases[i].value, NULL, 0), POISON);
        assert_string_equal(kit.err.reason, cases[i].reason);
    }
    assert_int_equal(decode_value(&kit, SLICE_LITERAL("\0\0\0\0\7{\"event_id\":"), NULL, 0),
                     POISON);
    assert_string_equal(kit.err.reason, "LENGTH");
    assert_non_null(strstr(kit.err.text, "JSON"));
    kit_close(&kit);
}

static void a_payload_has_a_largest_size(void **state)
{
    char *bytes = calloc(1, RECORD_VALUE_MAX_BYTES + 1);
    struct kit kit;

    (void)state;
    assert_non_null(bytes);
    kit_open(&kit, STARTED);
    assert_int_equal(decode_value(&kit, (struct slice){bytes, RECORD_VALUE_MAX_BYTES + 1}, NULL, 0),
                     POISON);
    assert_string_equal(kit.err.reason, "PAYLOAD_TOO_LARGE");
    assert_int_equal(decode_value(&kit, (struct slice){bytes, RECORD_VALUE_MAX_BYTES}, NULL, 0),
                     POISON);
    assert_string_not_equal(kit.err.reason, "PAYLOAD_TOO_LARGE");
    kit_close(&kit);
    free(bytes);
}

struct expected_name {
    struct schema_name name;
    int asked;
};

static int fetch_expected(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct expected_name *expected = self;

    expected->asked++;
    assert_int_equal(name->kind, expected->name.kind);
    if (name->kind == SCHEMA_BY_GUID)
        assert_memory_equal(name->guid, expected->name.guid, sizeof name->guid);
    else if (name->kind == SCHEMA_BY_ID)
        assert_int_equal(name->id, expected->name.id);
    else
        assert_true(name->fingerprint == expected->name.fingerprint);
    *json = strdup(STARTED);
    return *json ? 0 : err_no_memory(err);
}

static void assert_named(struct expected_name expected, struct slice value,
                         const struct record_header *headers, size_t header_count)
{
    struct kit kit;

    kit_open(&kit, STARTED);
    kit.source = (struct schema_source){&expected, fetch_expected};
    for (int i = 0; i < 3; i++)
        if (decode_value(&kit, value, headers, header_count))
            fail_msg("%s: %s", kit.err.reason, kit.err.text);
    assert_int_equal(expected.asked, 1);
    kit_close(&kit);
}

static void each_framing_names_its_schema(void **state)
{
    struct expected_name by_id = {.name = {.kind = SCHEMA_BY_ID, .id = 0x01020304}};
    struct expected_name by_guid = {.name = {.kind = SCHEMA_BY_GUID}};
    struct expected_name by_fingerprint = {
        .name = {.kind = SCHEMA_BY_FINGERPRINT, .fingerprint = 0x0807060504030201}};
    const struct record_header headers[] = {
        {SLICE_LITERAL("content-type"), SLICE_LITERAL("application/json")},
        {SLICE_LITERAL(HEADER_VALUE_SCHEMA_ID), SLICE_LITERAL("stale")},
        {SLICE_LITERAL(HEADER_VALUE_SCHEMA_ID), SLICE_LITERAL(GUID)},
        {SLICE_LITERAL("ce_specversion"), SLICE_NULL},
    };
    const struct record_header id_header = {SLICE_LITERAL(HEADER_VALUE_SCHEMA_ID),
                                            SLICE_LITERAL("\0\1\2\3\4")};
    struct buffer value = {0};

    (void)state;
    memcpy(by_guid.name.guid, "0123456789abcdef", 16);
    put_common(&value);
    assert_named(by_guid, buffer_slice(&value), headers, 4);
    assert_named(by_id, buffer_slice(&value), &id_header, 1);
    buffer_clear(&value);
    PUT_RAW(&value, "\0\1\2\3\4");
    put_common(&value);
    assert_named(by_id, buffer_slice(&value), headers, 1);
    buffer_clear(&value);
    PUT_RAW(&value, "\xc3\x01\1\2\3\4\5\6\7\x08");
    put_common(&value);
    assert_named(by_fingerprint, buffer_slice(&value), NULL, 0);
    buffer_free(&value);
}

static void a_header_that_names_nothing_is_refused(void **state)
{
    const struct slice values[] = {SLICE_NULL, SLICE_LITERAL(""), SLICE_LITERAL("\1short"),
                                   SLICE_LITERAL("\2"
                                                 "0123456789abcdef"),
                                   SLICE_LITERAL("\1\0\0\0\1")};
    struct kit kit;

    (void)state;
    kit_open(&kit, STARTED);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct record_header header = {SLICE_LITERAL(HEADER_VALUE_SCHEMA_ID), values[i]};

        assert_int_equal(decode_value(&kit, SLICE_LITERAL("\0\0\0\0\1"), &header, 1), POISON);
        assert_string_equal(kit.err.reason, "FRAMING");
    }
    kit_close(&kit);
}

static void records_that_are_not_ours(void **state)
{
    const struct {
        const char *schema, *words;
    } others[] = {
        {RECORD("JobPaused", COMMON), "none of our records"},
        {"{\"type\":\"record\",\"name\":\"acme.JobStarted\",\"fields\":[" COMMON "]}",
         "add 'acme' to events.namespaces"},
        {"{\"type\":\"record\",\"name\":\"JobStarted\",\"fields\":[" COMMON "]}",
         "written as jobtrail.v1.JobStarted"},
        {RECORD("CancelRequested", COMMON), "none of our records"},
        {"\"string\"", "'string' is none of our records"},
        {"{\"type\":\"enum\",\"name\":\"jobtrail.v1.JobStarted\",\"symbols\":[\"A\"]}",
         "none of our records"},
    };
    struct buffer avro = {0};

    (void)state;
    put_common(&avro);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct kit kit;

        assert_refused(others[i].schema, &avro, "UNKNOWN_RECORD");
        kit_open(&kit, others[i].schema);
        assert_int_equal(kit_decode(&kit, &avro), POISON);
        assert_non_null(strstr(kit.err.text, others[i].words));
        record_decoder_free(kit.decoder);
        kit.options.ignore_unknown = true;
        kit.decoder = event_decoder_new(&kit.options, &kit.err);
        assert_int_equal(kit_decode(&kit, &avro), 0);
        assert_int_equal(kit.what, DECODED_IGNORED);
        kit_close(&kit);
    }
    buffer_free(&avro);
}

static void namespaces_can_be_added(void **state)
{
    const char *const namespaces[] = {"other", "acme", "", NULL};
    const char *writers[] = {
        "{\"type\":\"record\",\"name\":\"acme.JobStarted\",\"fields\":[" COMMON "]}",
        "{\"type\":\"record\",\"name\":\"JobStarted\",\"fields\":[" COMMON "]}",
        STARTED,
    };
    struct buffer avro = {0};

    (void)state;
    put_common(&avro);
    for (size_t i = 0; i < 3; i++) {
        struct kit kit;

        kit_open(&kit, writers[i]);
        record_decoder_free(kit.decoder);
        kit.options.namespaces = namespaces;
        kit.decoder = event_decoder_new(&kit.options, &kit.err);
        assert_int_equal(kit_decode(&kit, &avro), 0);
        assert_int_equal(kit.event.kind, JOB_STARTED);
        kit_close(&kit);
    }
    buffer_free(&avro);
}

static void a_union_at_the_root(void **state)
{
    const char *writer = "[" RECORD("JobPaused", "") "," RECORD("JobStarted", COMMON) "," RECORD(
        "JobProgressed", COMMON) "]";
    const char *reasons[] = {"UNKNOWN_RECORD", NULL, "SCHEMA_INCOMPATIBLE", "UNION_BRANCH"};
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    kit_open(&kit, writer);
    for (int branch = 0; branch < 4; branch++) {
        buffer_clear(&avro);
        put_long(&avro, branch);
        put_common(&avro);
        assert_int_equal(kit_decode(&kit, &avro), reasons[branch] ? POISON : 0);
        if (reasons[branch])
            assert_string_equal(kit.err.reason, reasons[branch]);
    }
    assert_int_equal(kit.one.asked, 1);
    buffer_clear(&avro);
    assert_int_equal(kit_decode(&kit, &avro), POISON);
    assert_string_equal(kit.err.reason, "TRUNCATED");
    PUT_RAW(&avro, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    assert_int_equal(kit_decode(&kit, &avro), POISON);
    assert_string_equal(kit.err.reason, "VARINT");
    put_long(&avro, -1);
    kit_close(&kit);
    buffer_free(&avro);
}

static void a_schema_that_cannot_be_had_is_asked_for_again(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_common(&avro);
    kit_open(&kit, NULL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kit_decode(&kit, &avro), RETRY);
        assert_string_equal(kit.err.reason, "SCHEMA_UNREACHABLE");
    }
    assert_int_equal(kit.one.asked, 2);
    kit.one.json = STARTED;
    assert_int_equal(kit_decode(&kit, &avro), 0);
    kit_close(&kit);
    buffer_free(&avro);
}

static void without_a_source_only_ours_are_known(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_common(&avro);
    kit_open(&kit, STARTED);
    record_decoder_free(kit.decoder);
    kit.options.schemas = NULL;
    kit.decoder = event_decoder_new(&kit.options, &kit.err);
    assert_int_equal(kit_decode(&kit, &avro), POISON); // nobody will ever say more of it
    assert_string_equal(kit.err.reason, "SCHEMA_UNKNOWN");
    kit_close(&kit);
    buffer_free(&avro);
}

static void the_verdict_on_a_bad_schema_is_kept(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_common(&avro);
    kit_open(&kit, "{\"type\":\"record\"}");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kit_decode(&kit, &avro), POISON);
        assert_string_equal(kit.err.reason, "SCHEMA_INVALID");
    }
    assert_int_equal(kit.one.asked, 1);
    kit_close(&kit);
    buffer_free(&avro);
}

static int decode_id(struct kit *kit, uint32_t id)
{
    struct buffer value = {0};
    int rc;

    PUT_RAW(&value, "\0");
    buffer_append_u32(&value, id);
    put_common(&value);
    rc = decode_value(kit, buffer_slice(&value), NULL, 0);
    buffer_free(&value);
    return rc;
}

static void the_cache_has_a_largest_number(void **state)
{
    struct kit kit;

    (void)state;
    kit_open(&kit, STARTED);
    for (uint32_t id = 1; id <= 3 * PLAN_CACHE_MAX_SCHEMAS; id++)
        assert_int_equal(decode_id(&kit, id), 0);
    assert_int_equal(kit.one.asked, 3 * PLAN_CACHE_MAX_SCHEMAS);
    assert_int_equal(decode_id(&kit, 3 * PLAN_CACHE_MAX_SCHEMAS), 0); // the last is there
    assert_int_equal(kit.one.asked, 3 * PLAN_CACHE_MAX_SCHEMAS);
    assert_int_equal(decode_id(&kit, 1), 0); // the first was dropped
    assert_int_equal(kit.one.asked, 3 * PLAN_CACHE_MAX_SCHEMAS + 1);
    kit_close(&kit);
}

static void the_cache_has_a_largest_size(void **state)
{
    const uint32_t count = 60;
    struct buffer json = {0};
    struct kit kit;

    (void)state;
    // What is kept of each of a thousand branches is over 500 bytes: 60 of these are too much.
    buffer_append_text(&json, "[" STARTED);
    for (int i = 0; i < 1000; i++)
        buffer_append_format(&json, ",{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[]}", i);
    buffer_append(&json, "]", 2);
    kit_open(&kit, json.data);
    for (uint32_t id = 1; id <= count; id++)
        assert_int_equal(decode_id(&kit, id), POISON); // the uuid's length names the branch
    assert_int_equal(decode_id(&kit, 1), POISON);
    assert_string_equal(kit.err.reason, "UNKNOWN_RECORD");
    assert_int_equal(kit.one.asked, count + 1);
    kit_close(&kit);
    buffer_free(&json);
}

static void cloud_event_headers(void **state)
{
    const struct uuid id = {{1, 2, 3}};
    struct cloud_event event;
    const char *expected[CLOUD_EVENT_HEADERS][2] = {
        {"ce_specversion", "1.0"},
        {"ce_id", "01020300-0000-0000-0000-000000000000"},
        {"ce_source", "/loader"},
        {"ce_type", "jobtrail.v1.JobStarted"},
        {"ce_time", "1970-01-01T00:00:01.000000Z"},
        {"ce_subject", "job-42"},
        {"content-type", "application/avro"},
    };

    (void)state;
    cloud_event_make(&event, &id, US_PER_SECOND, SLICE_LITERAL("/loader"),
                     SLICE_LITERAL("jobtrail.v1.JobStarted"), SLICE_LITERAL("job-42"));
    for (size_t i = 0; i < CLOUD_EVENT_HEADERS; i++) {
        assert_true(slice_equal(event.headers[i].name, slice_of(expected[i][0])));
        assert_true(slice_equal(event.headers[i].value, slice_of(expected[i][1])));
        assert_ptr_equal(header_find(event.headers, CLOUD_EVENT_HEADERS, expected[i][0]),
                         &event.headers[i]);
    }
    assert_null(header_find(event.headers, CLOUD_EVENT_HEADERS, "ce_Type"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_names_one_of_our_own_schemas_or_not),
        cmocka_unit_test(values_that_no_framing_knows),
        cmocka_unit_test(a_payload_has_a_largest_size),
        cmocka_unit_test(each_framing_names_its_schema),
        cmocka_unit_test(a_header_that_names_nothing_is_refused),
        cmocka_unit_test(records_that_are_not_ours),
        cmocka_unit_test(namespaces_can_be_added),
        cmocka_unit_test(a_union_at_the_root),
        cmocka_unit_test(a_schema_that_cannot_be_had_is_asked_for_again),
        cmocka_unit_test(without_a_source_only_ours_are_known),
        cmocka_unit_test(the_verdict_on_a_bad_schema_is_kept),
        cmocka_unit_test(the_cache_has_a_largest_number),
        cmocka_unit_test(the_cache_has_a_largest_size),
        cmocka_unit_test(cloud_event_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
