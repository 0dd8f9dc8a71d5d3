// SPDX-License-Identifier: Apache-2.0
// What is said of values that no framing knows, as libraries write them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/likeness.h"

static void check(struct slice value, const char *header, struct slice header_value,
                  const char *expected)
{
    const struct record_header headers[] = {{SLICE_LITERAL("traceparent"), SLICE_LITERAL("00-")},
                                            {slice_of(header ? header : "x"), header_value}};
    const struct wire_record record = {value, headers, 2};
    const char *words = value_likeness(&record);

    if (!strstr(words, expected))
        fail_msg("%.*s: %s", (int)value.size, value.data, words);
}

static void by_how_it_begins(void **state)
{
    (void)state;
    check(SLICE_LITERAL("Obj\1\4\x14"), NULL, SLICE_NULL, "container file");
    check(SLICE_LITERAL("\x1f\x8b\x08"), NULL, SLICE_NULL, "gzip");
    check(SLICE_LITERAL("\x28\xb5\x2f\xfd"), NULL, SLICE_NULL, "zstd");
    check(SLICE_LITERAL("\x04\x22\x4d\x18"), NULL, SLICE_NULL, "lz4");
    check(SLICE_LITERAL("\3\0aaaaaaaaaaaaaaaaH"), NULL, SLICE_NULL, "AWS Glue");
    check(SLICE_LITERAL("\3\5aaaaaaaaaaaaaaaax"), NULL, SLICE_NULL,
          "compressed framing of AWS Glue");
    check(SLICE_LITERAL("\3\0aaaa"), NULL, SLICE_NULL, "bare Avro");
    check(SLICE_LITERAL("{\"event_id\":"), NULL, SLICE_NULL, "JSON");
    check(SLICE_LITERAL("\xc3\1\1"), NULL, SLICE_NULL, "cut off");
    check(SLICE_LITERAL("\0\0"), NULL, SLICE_NULL, "cut off");
    check(SLICE_LITERAL("H4839792e-53e0"), NULL, SLICE_NULL, "__value_schema_id");
    check(SLICE_LITERAL(""), NULL, SLICE_NULL, "bare Avro");
}

static void by_its_headers(void **state)
{
    const struct slice value = SLICE_LITERAL("H4839792e");

    (void)state;
    check(value, "apicurio.value.globalId", SLICE_LITERAL("\0\0\0\0\0\0\0\1"), "use-id=contentId");
    check(value, "apicurio.value.contentId", SLICE_NULL, "before 3.0");
    check(value, "Content-Type", SLICE_LITERAL("application/cloudevents+json"), "structured mode");
    check(value, "content-type", SLICE_LITERAL("avro/binary+0123"), "Azure");
    check(value, "contentType", SLICE_LITERAL("application/vnd.job.v1+avro"), "Spring");
    check(value, "content-type", SLICE_LITERAL("application/avro"), "bare Avro");
}

static void of_what_a_schema_is_named_for(void **state)
{
    (void)state;
    assert_non_null(strstr(payload_likeness(SLICE_LITERAL("{\"event_id\"")), "JSON"));
    assert_null(payload_likeness(SLICE_LITERAL("H4839792e")));
    assert_null(payload_likeness(SLICE_NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_how_it_begins),
        cmocka_unit_test(by_its_headers),
        cmocka_unit_test(of_what_a_schema_is_named_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
