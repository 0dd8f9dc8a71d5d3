// SPDX-License-Identifier: Apache-2.0
// What Apicurio's and AWS Glue's serializers write, whole, cut off and made to hurt.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "wire/inflate.h"
#include "wire/wire_kit.h"

#define STARTED RECORD("JobStarted", COMMON)
#define VERSION "0123456789abcdef"

struct expected {
    struct schema_name name;
    const char *json;
};

static int fetch_expected(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct expected *expected = self;
    unsigned char asked[SCHEMA_NAME_KEY_BYTES], key[SCHEMA_NAME_KEY_BYTES];

    schema_name_key(name, asked);
    schema_name_key(&expected->name, key);
    assert_memory_equal(asked, key, sizeof key);
    *json = strdup(expected->json);
    return *json ? 0 : err_no_memory(err);
}

static int decode(enum registry_kind kind, const struct wire_record *record,
                  const struct schema_name *name, struct err *err)
{
    struct expected expected = {.json = STARTED};
    const struct schema_source source = {&expected, fetch_expected};
    const struct decoder_options options = {.schemas = &source, .registry = kind};
    struct record_decoder *decoder = event_decoder_new(&options, err);
    struct event event;
    enum decoded what;
    int rc = POISON;

    assert_non_null(decoder);
    if (name)
        expected.name = *name;
    for (int i = 0; i < 2; i++) {
        *err = (struct err){0};
        rc = decode_event(decoder, record, &event, &what, err);
        if (!rc)
            assert_int_equal(event.kind, JOB_STARTED);
    }
    record_decoder_free(decoder);
    return rc;
}

static void assert_read(enum registry_kind kind, const struct wire_record *record,
                        const struct schema_name *name)
{
    struct err err = {0};

    if (decode(kind, record, name, &err))
        fail_msg("%s: %s", err.reason, err.text);
}

static void assert_refused_with(enum registry_kind kind, const struct wire_record *record,
                                const char *reason, const char *words)
{
    struct err err = {0};

    assert_int_equal(decode(kind, record, NULL, &err), POISON);
    assert_string_equal(err.reason, reason);
    if (!strstr(err.text, words))
        fail_msg("%s has no '%s'", err.text, words);
}

static void apicurios_headers_name_the_schema(void **state)
{
    const struct schema_name global = {.kind = SCHEMA_BY_GLOBAL_ID, .id = 850};
    const struct schema_name content = {.kind = SCHEMA_BY_CONTENT_ID, .id = 34};
    struct record_header headers[] = {
        {SLICE_LITERAL("apicurio.value.globalId"), SLICE_LITERAL("\0\0\0\0\0\0\x03\x52")},
        {SLICE_LITERAL("apicurio.value.encoding"), SLICE_LITERAL("BINARY")},
    };
    struct wire_record record = {.headers = headers, .header_count = 2};
    struct buffer value = {0};

    (void)state;
    put_common(&value);
    record.value = buffer_slice(&value);
    assert_read(REGISTRY_APICURIO, &record, &global);
    // Nobody else believes them.
    assert_refused_with(REGISTRY_CONFLUENT, &record, "FRAMING", "schema.registry.kind=apicurio");
    assert_refused_with(REGISTRY_GLUE, &record, "FRAMING", "schema.registry.kind=apicurio");
    headers[0] = (struct record_header){SLICE_LITERAL("apicurio.value.contentId"),
                                        SLICE_LITERAL("\0\0\0\0\0\0\0\x22")};
    assert_read(REGISTRY_APICURIO, &record, &content);
    buffer_free(&value);
}

static void headers_that_name_no_schema_are_refused(void **state)
{
    static const struct {
        const char *name;
        struct slice value;
        const char *words;
    } cases[] = {
        {"apicurio.value.globalId", SLICE_LITERAL(""), "0 bytes"},
        {"apicurio.value.globalId", SLICE_LITERAL("\0\0\0\x07"), "4 bytes"},
        {"apicurio.value.globalId", SLICE_LITERAL("\0\0\0\0\0\0\0\0"), "id 0"},
        {"apicurio.value.contentId", SLICE_LITERAL("\0\0\0\1\0\0\0\0"), "4294967296"},
        {"apicurio.value.contentId", SLICE_LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff"), "id 184"},
        {"apicurio.value.contentId", SLICE_NULL, "0 bytes"},
        {"apicurio.value.contentHash", SLICE_LITERAL("abc"), "use-id"},
        {"apicurio.value.artifactId", SLICE_LITERAL("abc"), "use-id"},
    };
    struct record_header header[2] = {
        {.name = SLICE_LITERAL("apicurio.value.globalId"),
         .value = SLICE_LITERAL("\0\0\0\0\0\0\0\1")},
        {SLICE_LITERAL("apicurio.value.encoding"), SLICE_LITERAL("JSON")}};
    struct wire_record record = {
        .value = SLICE_LITERAL("{}"), .headers = header, .header_count = 2};

    (void)state;
    assert_refused_with(REGISTRY_APICURIO, &record, "FRAMING", "encoding=BINARY");
    record.header_count = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        header[0] = (struct record_header){slice_of(cases[i].name), cases[i].value};
        assert_refused_with(REGISTRY_APICURIO, &record, "FRAMING", cases[i].words);
    }
}

static void apicurios_ids_in_the_value_have_4_or_8_bytes(void **state)
{
    const struct schema_name name = {.kind = SCHEMA_BY_ID, .id = 34};
    struct wire_record record = {0};
    struct buffer value = {0};

    (void)state;
    PUT_RAW(&value, "\0\0\0\0\x22");
    put_common(&value);
    record.value = buffer_slice(&value);
    assert_read(REGISTRY_APICURIO, &record, &name);
    buffer_clear(&value);
    PUT_RAW(&value, "\0\0\0\0\0\0\0\0\x22");
    put_common(&value);
    record.value = buffer_slice(&value);
    assert_read(REGISTRY_APICURIO, &record, &name);
    assert_refused_with(REGISTRY_CONFLUENT, &record, "FRAMING", "8 bytes");
    record.value = SLICE_LITERAL("\0\0\0\0\0\0\0\0\0");
    assert_refused_with(REGISTRY_APICURIO, &record, "FRAMING", "id 0");
    for (record.value.size = 5; record.value.size < 9; record.value.size++)
        assert_refused_with(REGISTRY_APICURIO, &record, "FRAMING", "schema 0");
    for (record.value.size = 0; record.value.size < 5; record.value.size++)
        assert_refused_with(REGISTRY_APICURIO, &record, "FRAMING", "");
    buffer_free(&value);
}

static void put_deflated(struct buffer *out, const char *bytes, size_t size)
{
    uLongf room = compressBound(size);
    unsigned char *deflated = malloc(room);

    assert_non_null(deflated);
    assert_int_equal(compress(deflated, &room, (const unsigned char *)bytes, size), Z_OK);
    put_raw(out, (const char *)deflated, room);
    free(deflated);
}

static void glues_prefix_names_the_version(void **state)
{
    struct schema_name name = {.kind = SCHEMA_BY_VERSION};
    struct wire_record record = {0};
    struct buffer value = {0}, bare = {0};

    (void)state;
    memcpy(name.guid, VERSION, sizeof name.guid);
    put_common(&bare);
    PUT_RAW(&value, "\3\0" VERSION);
    put_common(&value);
    record.value = buffer_slice(&value);
    assert_read(REGISTRY_GLUE, &record, &name);
    assert_refused_with(REGISTRY_CONFLUENT, &record, "FRAMING", "schema.registry.kind=glue");
    buffer_clear(&value);
    PUT_RAW(&value, "\3\5" VERSION);
    put_deflated(&value, bare.data, bare.size);
    record.value = buffer_slice(&value);
    assert_read(REGISTRY_GLUE, &record, &name);
    assert_refused_with(REGISTRY_APICURIO, &record, "FRAMING", "schema.registry.kind=glue");
    for (record.value.size = 0; record.value.size < 18; record.value.size++)
        assert_refused_with(REGISTRY_GLUE, &record, "FRAMING", "");
    record.value.size = value.size;
    value.data[1] = 1;
    assert_refused_with(REGISTRY_GLUE, &record, "FRAMING", "");
    buffer_free(&bare);
    buffer_free(&value);
}

static void assert_inflates(struct slice deflated, int result, const char *reason)
{
    struct err err = {0};
    struct buffer out;

    buffer_init(&out);
    assert_int_equal(inflate_value(deflated, &out, &err), result);
    if (reason)
        assert_string_equal(err.reason, reason);
    buffer_free(&out);
}

static void what_is_no_whole_stream_is_refused(void **state)
{
    struct buffer value = {0};

    (void)state;
    assert_inflates(SLICE_LITERAL(""), POISON, "FRAMING");
    assert_inflates(SLICE_LITERAL("no zlib"), POISON, "FRAMING");
    put_deflated(&value, "abcabcabc", 9);
    assert_inflates(buffer_slice(&value), DONE, NULL);
    for (size_t size = 0; size < value.size; size++)
        assert_inflates((struct slice){value.data, size}, POISON, "FRAMING");
    PUT_RAW(&value, "x");
    assert_inflates(buffer_slice(&value), POISON, "FRAMING");
    buffer_free(&value);
}

static void no_more_is_inflated_than_a_value_may_have(void **state)
{
    char *zeros = calloc(1, RECORD_VALUE_MAX_BYTES + 1);
    struct buffer value = {0};

    (void)state;
    assert_non_null(zeros);
    put_deflated(&value, zeros, RECORD_VALUE_MAX_BYTES);
    assert_inflates(buffer_slice(&value), DONE, NULL);
    buffer_clear(&value);
    put_deflated(&value, zeros, RECORD_VALUE_MAX_BYTES + 1);
    assert_inflates(buffer_slice(&value), POISON, "PAYLOAD_TOO_LARGE");
    buffer_free(&value);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apicurios_headers_name_the_schema),
        cmocka_unit_test(headers_that_name_no_schema_are_refused),
        cmocka_unit_test(apicurios_ids_in_the_value_have_4_or_8_bytes),
        cmocka_unit_test(glues_prefix_names_the_version),
        cmocka_unit_test(what_is_no_whole_stream_is_refused),
        cmocka_unit_test(no_more_is_inflated_than_a_value_may_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
