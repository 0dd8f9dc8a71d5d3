// SPDX-License-Identifier: Apache-2.0
// Reading schemas: what is refused, the caps, the parsing canonical form and the fingerprint.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/canonical.h"

static int parse(const char *text, struct buffer *form, uint64_t fingerprints[CANONICAL_FORMS],
                 struct err *err)
{
    struct arena arena;
    struct schema schema;
    int rc;

    arena_init(&arena);
    rc = schema_parse(slice_of(text), &arena, &schema, err);
    if (!rc) {
        canonical_form_write(&schema, FORM_SPECIFIED, form);
        buffer_append(form, "", 1);
        rc = schema_fingerprints(&schema, fingerprints, err);
    }
    schema_close(&schema);
    arena_reset(&arena);
    return rc;
}

static void assert_invalid(const char *text)
{
    struct buffer form = {0};
    uint64_t fingerprints[CANONICAL_FORMS];
    struct err err = {0};

    if (parse(text, &form, fingerprints, &err) != POISON)
        fail_msg("taken: %s", text);
    assert_string_equal(err.reason, "SCHEMA_INVALID");
    assert_int_not_equal(strlen(err.text), 0);
    buffer_free(&form);
}

static void schemas_that_are_refused(void **state)
{
    const char *bad[] = {
        "",
        "{",
        "1",
        "null",
        "\"strin\"",
        "\"a b\"",
        "{}",
        "{\"type\":1}",
        "{\"type\":{\"type\":\"int\"}}",
        "{\"type\":\"int\",\"type\":\"long\"}",
        "{\"type\":\"array\"}",
        "{\"type\":\"map\",\"items\":\"int\"}",
        "{\"type\":\"record\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\"}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":{}}",
        "{\"type\":\"record\",\"name\":\"1R\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"a..R\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R.\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"a b\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"int\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"aliases\":\"S\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"aliases\":[1],\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"aliases\":[\"-\"],\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[1]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a.b\",\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"aliases\":[\"a.b\"],"
        "\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"S\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},"
        "{\"name\":\"a\",\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":"
        "{\"type\":\"fixed\",\"name\":\"R\",\"size\":1}}]}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A-\"]}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":0}",
        "{\"type\":\"enum\",\"symbols\":[\"A\"]}",
        "{\"type\":\"fixed\",\"name\":\"F\"}",
        "{\"type\":\"fixed\",\"size\":1}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2147483648}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1.5}",
        "[\"int\",\"int\"]",
        "[\"int\",[\"null\"]]",
        "[\"int\",1]",
        "[{\"type\":\"map\",\"values\":\"int\"},{\"type\":\"map\",\"values\":\"long\"}]",
        "\"\\u0000\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_invalid(bad[i]);
}

// What stands before a #, the number, what stands behind it.
static void append_numbered(struct buffer *out, const char *text, int number)
{
    const char *mark = strchr(text, '#');

    if (!mark) {
        buffer_append_text(out, text);
        return;
    }
    buffer_append(out, text, (size_t)(mark - text));
    buffer_append_format(out, "%d", number);
    buffer_append_text(out, mark + 1);
}

// prefix, middle as often as asked, suffix.
static void assert_repeated(const char *prefix, const char *middle, int times, const char *suffix,
                            bool valid)
{
    struct buffer text = {0}, form = {0};
    uint64_t fingerprints[CANONICAL_FORMS];
    struct err err;

    buffer_append_text(&text, prefix);
    for (int i = 0; i < times; i++)
        append_numbered(&text, middle, i);
    buffer_append(&text, suffix, strlen(suffix) + 1);
    assert_false(text.failed);
    if (valid)
        assert_int_equal(parse(text.data, &form, fingerprints, &err), 0);
    else
        assert_invalid(text.data);
    buffer_free(&text);
    buffer_free(&form);
}

static void caps(void **state)
{
    const char *symbols = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"";

    (void)state;
    assert_repeated("", "{\"type\":\"array\",\"items\":", SCHEMA_MAX_DEPTH, "\"int\"", false);
    assert_repeated("", "[\"null\",", 3000, "", false);
    assert_repeated(symbols, ",\"A#\"", SCHEMA_MAX_PARTS - 2, "]}", true);
    assert_repeated(symbols, ",\"A#\"", SCHEMA_MAX_PARTS - 1, "]}", false);
    assert_repeated("{\"type\":\"record\",\"name\":\"R\",\"aliases\":[\"A\"", ",\"A\"",
                    SCHEMA_MAX_PARTS, "],\"fields\":[]}", false);
    assert_repeated("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"x\",\"type\":"
                    "\"int\"}",
                    ",{\"name\":\"x#\",\"type\":\"int\"}", SCHEMA_MAX_PARTS / 2, "]}", false);
    assert_repeated("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"x\",\"type\":"
                    "\"int\"}",
                    ",{}", SCHEMA_MAX_PARTS, "]}", false);
    assert_repeated("[\"null\"", ",{\"type\":\"fixed\",\"name\":\"F#\",\"size\":1}",
                    SCHEMA_MAX_PARTS - 1, "]", false);
    assert_repeated("{\"type\":\"int\",\"doc\":\"", "0123456789abcdef", SCHEMA_MAX_BYTES / 16,
                    "\"}", false);
}

static void canonical_forms(void **state)
{
    const struct {
        const char *text, *form;
        uint64_t fingerprint; // 0: not compared
    } cases[] = {
        {"\"null\"", "\"null\"", 0x63dd24e7cc258f8a},
        {" {\"type\" : \"int\", \"doc\":\"x\"}", "\"int\"", 0x7275d51a3f395c8f},
        {"{\"type\":\"string\",\"logicalType\":\"uuid\"}", "\"string\"", 0x8f014872634503c7},
        {"[]", "[]", 0},
        {"[\"null\", {\"type\":\"array\",\"items\":{\"type\":\"map\",\"values\":\"bytes\"}}]",
         "[\"null\",{\"type\":\"array\",\"items\":{\"type\":\"map\",\"values\":\"bytes\"}}]", 0},
        {"{\"type\":\"fixed\",\"size\":16,\"name\":\"a.b.F\",\"namespace\":\"ignored\"}",
         "{\"name\":\"a.b.F\",\"type\":\"fixed\",\"size\":16}", 0},
        {"{\"namespace\":\"n\",\"type\":\"enum\",\"symbols\":[\"A\",\"B\"],\"name\":\"E\","
         "\"default\":\"A\",\"aliases\":[\"D\"]}",
         "{\"name\":\"n.E\",\"type\":\"enum\",\"symbols\":[\"A\",\"B\"]}", 0},
        {"{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"doc\":\"\",\"fields\":["
         "{\"name\":\"a\",\"order\":\"ignore\",\"type\":[\"null\",\"R\"],\"default\":null},"
         "{\"name\":\"b\",\"type\":{\"type\":\"fixed\",\"name\":\"m.F\",\"size\":2}},"
         "{\"name\":\"c\",\"type\":{\"type\":\"m.F\"}},"
         "{\"name\":\"d\",\"type\":{\"type\":\"record\",\"name\":\"S\",\"namespace\":\"\","
         "\"fields\":[{\"name\":\"e\",\"type\":\"n.R\"},{\"name\":\"f\",\"type\":\"S\"}]}}]}",
         "{\"name\":\"n.R\",\"type\":\"record\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\","
         "\"n.R\"]},{\"name\":\"b\",\"type\":{\"name\":\"m.F\",\"type\":\"fixed\",\"size\":2}},"
         "{\"name\":\"c\",\"type\":\"m.F\"},{\"name\":\"d\",\"type\":{\"name\":\"S\",\"type\":"
         "\"record\",\"fields\":[{\"name\":\"e\",\"type\":\"n.R\"},{\"name\":\"f\",\"type\":\"S\"}]"
         "}}]}",
         0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer form = {0};
        uint64_t fingerprints[CANONICAL_FORMS];
        struct err err;

        if (parse(cases[i].text, &form, fingerprints, &err))
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_string_equal(form.data, cases[i].form);
        if (cases[i].fingerprint)
            assert_true(fingerprints[FORM_SPECIFIED] == cases[i].fingerprint);
        buffer_free(&form);
    }
    assert_true(crc64_avro(SLICE_LITERAL("")) == UINT64_C(0xc15d213aa4d7a795));
}

static void check_form(const char *text, enum canonical_form form, const char *expected)
{
    struct arena arena;
    struct schema schema;
    struct buffer out = {0};
    struct err err;

    arena_init(&arena);
    assert_int_equal(schema_parse(slice_of(text), &arena, &schema, &err), DONE);
    canonical_form_write(&schema, form, &out);
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
    schema_close(&schema);
    arena_reset(&arena);
}

// They differ where a primitive type has a logical type, and only there.
static void forms_that_libraries_write(void **state)
{
    const char *const time = "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}";
    const char *const uuid = "[{\"logicalType\":\"uuid\",\"type\":\"string\"}]";
    const char *const plain = "{\"type\":\"map\",\"values\":{\"type\":\"string\",\"logicalType\":"
                              "\"what-nobody-knows\"}}";

    (void)state;
    check_form(time, FORM_SPECIFIED, "\"long\"");
    check_form(time, FORM_LOGICAL, time);
    check_form(time, FORM_GOAVRO, "{\"type\":\"long\"}");
    check_form(time, FORM_OBJECT, "{\"type\":\"long\"}");
    check_form(uuid, FORM_SPECIFIED, "[\"string\"]");
    check_form(uuid, FORM_LOGICAL, "[{\"type\":\"string\",\"logicalType\":\"uuid\"}]");
    check_form(uuid, FORM_GOAVRO, "[\"string\"]");
    check_form(uuid, FORM_OBJECT, "[{\"type\":\"string\"}]");
    for (enum canonical_form form = 0; form < CANONICAL_FORMS; form++)
        check_form(plain, form, "{\"type\":\"map\",\"values\":\"string\"}");
}

#define A     "{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"n.A\\\",\\\"size\\\":2}"
#define OF_AS "{\\\"type\\\":\\\"array\\\",\\\"items\\\":\\\"n.A\\\"}"
#define B                                                                                          \
    "{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"B\\\",\\\"namespace\\\":\\\"n\\\","             \
    "\\\"fields\\\":["                                                                             \
    "{\\\"name\\\":\\\"a\\\",\\\"type\\\":\\\"A\\\"},{\\\"name\\\":\\\"again\\\",\\\"type\\\":"    \
    "\\\"A\\\"}]}"

// What it refers to is defined where it is used first, as if it had been written in one piece.
static void schemas_that_refer_to_others(void **state)
{
    const char *const whole = "[{\"name\":\"n.B\",\"type\":\"record\",\"fields\":[{\"name\":\"a\","
                              "\"type\":{\"name\":\"n.A\",\"type\":\"fixed\",\"size\":2}},"
                              "{\"name\":\"again\",\"type\":\"n.A\"}]},\"n.A\"]";
    struct buffer form = {0};
    uint64_t fingerprints[CANONICAL_FORMS];
    struct err err = {0};

    (void)state;
    if (parse("{\"references\":[\"" A "\",\"" B "\"],\"schema\":\"[\\\"n.B\\\",\\\"n.A\\\"]\"}",
              &form, fingerprints, &err))
        fail_msg("%s", err.text);
    assert_string_equal(form.data, whole);
    buffer_free(&form);
    assert_invalid("{\"references\":[\"" B "\",\"" A "\"],\"schema\":\"[\\\"n.B\\\"]\"}");
    assert_invalid("{\"references\":[\"" A "\",\"" A "\"],\"schema\":\"" OF_AS "\"}");
    assert_invalid("{\"references\":[\"" A "\"],\"schema\":\"{\"}");
    assert_invalid("{\"references\":[\"" A "\"],\"schema\":7}");
    assert_invalid("{\"references\":[\"" A "\"]}");
    assert_invalid("{\"references\":[7],\"schema\":\"" OF_AS "\"}");
    assert_invalid("{\"references\":7,\"schema\":\"\\\"int\\\"\"}");
    assert_invalid("{\"schema\":\"\\\"int\\\"\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas_that_are_refused),
        cmocka_unit_test(caps),
        cmocka_unit_test(canonical_forms),
        cmocka_unit_test(forms_that_libraries_write),
        cmocka_unit_test(schemas_that_refer_to_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
