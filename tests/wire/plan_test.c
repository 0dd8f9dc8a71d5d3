// SPDX-License-Identifier: Apache-2.0
// What our own schemas do not have yet and plans must do when they get it: aliases on our side and
// defaults of every type.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/plan.h"

struct note {
    struct slice text, place;
    int32_t number;
    bool flag;
    int64_t time_us;
};

static const struct layout_field fields[] = {
    {"text", LAYOUT_TEXT, false, offsetof(struct note, text), 0},
    {"place", LAYOUT_TEXT, false, offsetof(struct note, place), 0},
    {"number", LAYOUT_INT, false, offsetof(struct note, number), 0},
    {"flag", LAYOUT_BOOL, false, offsetof(struct note, flag), 0},
    {"time", LAYOUT_TIME_US, false, offsetof(struct note, time_us), 0},
};
static const struct layout layout = {"Note", fields, 5, sizeof(struct note)};

#define READER(number, flag)                                                                       \
    "{\"type\":\"record\",\"name\":\"Note\",\"fields\":["                                          \
    "{\"name\":\"text\",\"type\":\"string\",\"aliases\":[\"line\",\"body\"]},"                     \
    "{\"name\":\"place\",\"type\":\"string\",\"default\":\"here\"},"                               \
    "{\"name\":\"number\",\"type\":\"int\",\"default\":" number "},"                               \
    "{\"name\":\"flag\",\"type\":\"boolean\",\"default\":" flag "},"                               \
    "{\"name\":\"time\",\"type\":\"long\"}]}"
#define WRITER(fields) "{\"type\":\"record\",\"name\":\"Note\",\"fields\":[" fields "]}"
#define TIME           "{\"name\":\"time\",\"type\":\"long\"}"

// Runs the plan over the bytes, then calls check with the note (its texts live until then).
static int read_note(const char *writer_json, const char *reader_json, struct slice bytes,
                     void (*check)(const struct note *note), struct err *err)
{
    struct arena arena;
    struct schema writer = {0}, reader = {0};
    struct plan *plan;
    struct note note;
    int rc;

    arena_init(&arena);
    assert_int_equal(schema_parse(slice_of(writer_json), &arena, &writer, err), 0);
    assert_int_equal(schema_parse(slice_of(reader_json), &arena, &reader, err), 0);
    rc = plan_compile(writer.root, writer.parts, &reader, &layout, &plan, err);
    schema_close(&writer); // the plan keeps nothing of it
    if (!rc)
        rc = plan_run(plan, bytes, &note, err);
    if (!rc && check)
        check(&note);
    plan_free(plan);
    schema_close(&reader);
    arena_reset(&arena);
    return rc;
}

static void is_from_line_with_defaults(const struct note *note)
{
    assert_true(slice_equal(note->text, SLICE_LITERAL("hi")));
    assert_true(slice_equal(note->place, SLICE_LITERAL("here")));
    assert_int_equal(note->number, -3);
    assert_false(note->flag);
    assert_int_equal(note->time_us, 1);
}

static void our_aliases_find_past_names(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(read_note(WRITER("{\"name\":\"line\",\"type\":\"string\"}," TIME),
                               READER("-3", "false"), SLICE_LITERAL("\4hi\2"),
                               is_from_line_with_defaults, &err),
                     0);
    assert_int_equal(read_note(WRITER("{\"name\":\"body\",\"type\":\"bytes\"}," TIME),
                               READER("-3", "false"), SLICE_LITERAL("\4hi\2"),
                               is_from_line_with_defaults, &err),
                     0);
}

static void defaults_must_fit(void **state)
{
    const char *readers[] = {READER("2147483648", "true"), READER("1", "1"),
                             READER("\"1\"", "true"), READER("null", "true")};
    const char *writer = WRITER("{\"name\":\"text\",\"type\":\"string\"}," TIME);
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(read_note(writer, readers[i], SLICE_LITERAL("\4hi\2"), NULL, &err),
                         POISON);
        assert_string_equal(err.reason, "SCHEMA_INCOMPATIBLE");
    }
    assert_int_equal(
        read_note(writer, READER("2147483647", "true"), SLICE_LITERAL("\4hi\2"), NULL, &err), 0);
}

static void a_null_where_we_have_none(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(read_note(WRITER("{\"name\":\"text\",\"type\":\"null\"}," TIME),
                               READER("1", "true"), SLICE_LITERAL("\2"), NULL, &err),
                     POISON);
    assert_string_equal(err.reason, "SCHEMA_INCOMPATIBLE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_aliases_find_past_names),
        cmocka_unit_test(defaults_must_fit),
        cmocka_unit_test(a_null_where_we_have_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
