// SPDX-License-Identifier: Apache-2.0
// Every check on the bytes: each reason for which a value is refused, and each cut of a valid one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/wire_samples.h"
#include "wire/event_messages.h"
#include "wire/plan.h"
#include "wire/wire_kit.h"

#define STARTED RECORD("JobStarted", COMMON)
// A field of ours no longer: it is skipped.
#define WITH(type) RECORD("JobStarted", FIELD("extra", type) "," COMMON)

static int setup(void **state)
{
    struct buffer *avro = malloc(sizeof *avro);

    assert_non_null(avro);
    buffer_init(avro);
    *state = avro;
    return 0;
}

static int teardown(void **state)
{
    buffer_free(*state);
    free(*state);
    return 0;
}

static void every_cut_of_a_valid_record_is_refused(void **state)
{
    struct decoder_options options = {0};
    struct err err = {0};
    struct record_decoder *decoder = event_decoder_new(&options, &err);
    struct buffer *bytes = *state;

    for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
        struct event event = wire_sample(kind), back;
        enum decoded what;

        buffer_clear(bytes);
        assert_int_equal(encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, bytes, &err), 0);
        for (size_t size = 0; size < bytes->size; size++) {
            char *cut = malloc(size + !size);
            struct wire_record record = {.value = {cut, size}};

            assert_non_null(cut);
            memcpy(cut, bytes->data, size);
            assert_int_equal(decode_event(decoder, &record, &back, &what, &err), POISON);
            free(cut);
        }
    }
    record_decoder_free(decoder);
}

static void a_byte_too_much_is_refused(void **state)
{
    put_common(*state);
    assert_decodes(STARTED, *state);
    PUT_RAW(*state, "\0");
    assert_refused(STARTED, *state, "TRAILING_BYTES");
}

static void varints(void **state)
{
    struct buffer *avro = *state;

    PUT_RAW(avro, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"); // INT64_MIN
    put_common(avro);
    assert_decodes(WITH("\"long\""), avro);
    assert_refused(WITH("\"int\""), avro, "INT_RANGE");
    assert_refused(WITH("\"string\""), avro, "LENGTH");
    assert_refused(WITH("\"bytes\""), avro, "LENGTH");
    avro->data[9] = 2; // the 65th bit
    assert_refused(WITH("\"long\""), avro, "VARINT");
    assert_refused(WITH("\"int\""), avro, "VARINT");
    avro->data[9] = (char)0x81; // an eleventh byte
    assert_refused(WITH("\"long\""), avro, "VARINT");
    buffer_clear(avro);
    PUT_RAW(avro, "\x80\x80\x80");
    assert_refused(WITH("\"long\""), avro, "TRUNCATED");
    buffer_clear(avro);
    PUT_RAW(avro, "\x80\x00"); // a longer zero than needed is still a zero
    put_common(avro);
    assert_decodes(WITH("\"long\""), avro);
}

static void int_range_of_our_own_field(void **state)
{
    struct buffer *avro = *state;

    for (int64_t excess = 0; excess < 2; excess++) {
        buffer_clear(avro);
        put_text(avro, SAMPLE_UUID);
        put_text(avro, "o");
        put_text(avro, "j");
        put_long(avro, INT32_MAX + excess);
        put_long(avro, 0);
        put_long(avro, 0);
        if (excess)
            assert_refused(STARTED, avro, "INT_RANGE");
        else
            assert_decodes(STARTED, avro);
    }
}

static void lengths_stay_inside(void **state)
{
    struct buffer *avro = *state;

    put_long(avro, 37);
    PUT_RAW(avro, SAMPLE_UUID);
    assert_refused(STARTED, avro, "LENGTH");
    buffer_clear(avro);
    put_long(avro, INT64_MAX);
    assert_refused(STARTED, avro, "LENGTH");
    buffer_clear(avro);
    put_long(avro, -1);
    assert_refused(STARTED, avro, "LENGTH");
}

static void booleans(void **state)
{
    const char *created =
        RECORD("JobCreated",
               COMMON "," FIELD("type", "\"string\"") "," FIELD("cancellable", "\"boolean\""));
    struct buffer *avro = *state;

    put_common(avro);
    put_text(avro, "Load");
    assert_refused(created, avro, "TRUNCATED");
    PUT_RAW(avro, "\1");
    assert_decodes(created, avro);
    avro->data[avro->size - 1] = 2;
    assert_refused(created, avro, "BOOLEAN");
}

static void union_branches(void **state)
{
    struct buffer *avro = *state;

    put_common(avro);
    avro->data[avro->size - 1] = 4; // branch 2 of 2
    assert_refused(STARTED, avro, "UNION_BRANCH");
    avro->data[avro->size - 1] = 1; // branch -1
    assert_refused(STARTED, avro, "UNION_BRANCH");
    buffer_clear(avro);
    put_long(avro, 1);
    put_common(avro);
    assert_refused(WITH("[\"null\"]"), avro, "UNION_BRANCH");
}

static void enum_symbols(void **state)
{
    const char *writer = WITH("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}");
    struct buffer *avro = *state;

    put_long(avro, 1);
    put_common(avro);
    assert_decodes(writer, avro);
    avro->data[0] = 4;
    assert_refused(writer, avro, "ENUM_SYMBOL");
    avro->data[0] = 1;
    assert_refused(writer, avro, "ENUM_SYMBOL");
}

static void texts(void **state)
{
    const struct {
        const char *bytes;
        size_t size;
        const char *reason;
    } cases[] = {{"\xff", 1, "UTF8"},        {"\xc0\x80", 2, "UTF8"}, {"\xed\xa0\x80", 3, "UTF8"},
                 {"a\0b", 3, "NUL_IN_TEXT"}, {"\xc3", 1, "UTF8"},     {"\xc3\xa9", 2, NULL}};
    struct buffer *avro = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buffer_clear(avro);
        put_text(avro, SAMPLE_UUID);
        put_long(avro, (int64_t)cases[i].size);
        put_raw(avro, cases[i].bytes, cases[i].size);
        put_text(avro, "j");
        PUT_RAW(avro, "\2\2\0");
        if (cases[i].reason)
            assert_refused(STARTED, avro, cases[i].reason);
        else
            assert_decodes(STARTED, avro);
    }
}

static void uuids(void **state)
{
    const char *bad[] = {"",
                         "x",
                         "3f2b8c01-7d4e-4a6f-9b01-02030405060",
                         "3f2b8c01-7d4e-4a6f-9b01-02030405060g",
                         "3f2b8c0107d4e-4a6f-9b01-020304050607",
                         "3f2b8c01-7d4e-4a6f-9b01-0203040506070"};
    struct buffer *avro = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        buffer_clear(avro);
        put_text(avro, bad[i]);
        put_text(avro, "o");
        put_text(avro, "j");
        PUT_RAW(avro, "\2\2\0");
        assert_refused(STARTED, avro, "UUID");
    }
}

static void items_without_bytes_are_counted(void **state)
{
    const char *nulls = WITH("{\"type\":\"array\",\"items\":\"null\"}");
    struct buffer *avro = *state;

    put_long(avro, PLAN_SPARE_ITEMS);
    put_long(avro, 0);
    put_common(avro);
    assert_decodes(nulls, avro);
    buffer_clear(avro);
    put_long(avro, 20 * 1000 * 1000);
    put_long(avro, 0);
    put_common(avro);
    assert_refused(nulls, avro, "TOO_MANY_ITEMS");
    buffer_clear(avro);
    put_long(avro, INT64_MIN);
    put_long(avro, 0);
    assert_refused(nulls, avro, "TOO_MANY_ITEMS");
    buffer_clear(avro);
    for (int i = 0; i < 3; i++)
        put_long(avro, PLAN_SPARE_ITEMS / 2);
    assert_refused(nulls, avro, "TOO_MANY_ITEMS");
}

static void a_tree_of_empty_records_is_counted(void **state)
{
    // Each record holds the one before twice: 2^15 visits of no byte at all.
    struct buffer json;

    buffer_init(&json);
    buffer_append_text(&json, "{\"type\":\"record\",\"name\":\"jobtrail.v1.JobStarted\",\"fields\":"
                              "[{\"name\":\"x0\",\"type\":{\"type\":\"record\",\"name\":\"R0\","
                              "\"fields\":[]}}");
    for (int i = 1; i <= 15; i++)
        buffer_append_format(&json,
                             ",{\"name\":\"x%d\",\"type\":{\"type\":\"record\",\"name\":\"R%d\","
                             "\"fields\":[{\"name\":\"a\",\"type\":\"R%d\"},{\"name\":\"b\","
                             "\"type\":\"R%d\"}]}}",
                             i, i, i - 1, i - 1);
    buffer_append_text(&json, "," COMMON "]}");
    buffer_append(&json, "", 1);
    assert_false(json.failed);
    put_common(*state);
    assert_refused(json.data, *state, "TOO_MANY_ITEMS");
    buffer_free(&json);
}

static void blocks(void **state)
{
    const char *longs = WITH("{\"type\":\"array\",\"items\":\"long\"}");
    const char *map = WITH("{\"type\":\"map\",\"values\":\"boolean\"}");
    struct buffer *avro = *state;

    PUT_RAW(avro, "\4\2\4\3\4\2\6\0"); // two items, then two in a block of 2 bytes, then the end
    put_common(avro);
    assert_decodes(longs, avro);
    buffer_clear(avro);
    PUT_RAW(avro, "\3\1"); // the size of a block is -1
    put_common(avro);
    assert_refused(longs, avro, "LENGTH");
    buffer_clear(avro);
    PUT_RAW(avro, "\3\x7e"); // or goes past the end
    assert_refused(longs, avro, "LENGTH");
    buffer_clear(avro);
    PUT_RAW(avro, "\4\2a\1\2b\0\0");
    put_common(avro);
    assert_decodes(map, avro);
    buffer_clear(avro);
    PUT_RAW(avro, "\2\1");
    assert_refused(map, avro, "LENGTH");
    buffer_clear(avro);
    PUT_RAW(avro, "\2\2");
    assert_refused(map, avro, "LENGTH");
    buffer_clear(avro);
    PUT_RAW(avro, "\2\2a");
    assert_refused(map, avro, "TRUNCATED");
}

static void depth(void **state)
{
    const char *list = WITH("{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"next\","
                            "\"type\":[\"null\",\"L\"]}]}");
    const char *endless = WITH("{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"next\","
                               "\"type\":\"L\"}]}");
    struct buffer *avro = *state;

    // A link is a record and a union: two deep.
    for (int links = 1; links <= 40; links += 13) {
        bool fits = 2 * links <= PLAN_MAX_DEPTH;

        buffer_clear(avro);
        for (int i = 1; i < links; i++)
            put_long(avro, 1);
        put_long(avro, 0);
        put_common(avro);
        if (fits)
            assert_decodes(list, avro);
        else
            assert_refused(list, avro, "TOO_DEEP");
    }
    assert_refused(endless, avro, "TOO_DEEP");
    buffer_clear(avro);
    for (int i = 0; i < 100 * 1000; i++)
        put_long(avro, 1);
    assert_refused(list, avro, "TOO_DEEP");
}

static void fixed_and_floats_are_skipped_whole(void **state)
{
    const char *writer = RECORD("JobStarted", COMMON
                                "," FIELD("f", "\"float\"") "," FIELD("d", "\"double\"") "," FIELD(
                                    "x", "{\"type\":\"fixed\",\"name\":\"X\",\"size\":3}"));
    struct buffer *avro = *state;

    put_common(avro);
    PUT_RAW(avro, "\0\0\0\0"
                  "\0\0\0\0\0\0\0\0"
                  "abc");
    assert_decodes(writer, avro);
    for (int cut = 1; cut <= 15; cut++) {
        avro->size--;
        assert_refused(writer, avro, "TRUNCATED");
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_cut_of_a_valid_record_is_refused),
        TEST(a_byte_too_much_is_refused),
        TEST(varints),
        TEST(int_range_of_our_own_field),
        TEST(lengths_stay_inside),
        TEST(booleans),
        TEST(union_branches),
        TEST(enum_symbols),
        TEST(texts),
        TEST(uuids),
        TEST(items_without_bytes_are_counted),
        TEST(a_tree_of_empty_records_is_counted),
        TEST(blocks),
        TEST(depth),
        TEST(fixed_and_floats_are_skipped_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
