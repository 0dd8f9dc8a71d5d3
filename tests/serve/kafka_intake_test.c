// SPDX-License-Identifier: Apache-2.0
// A record of Kafka as the intake sees it: its headers, few and many, and what decoding it means.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/made_message.h"
#include "serve/source/kafka_intake.h"
#include "support/failing_malloc.h"

enum { ROOM = 2, HEADERS_MAX = 40 };

static struct record_header headers[HEADERS_MAX];
static struct record_header room[ROOM];
static struct arena arena;
static struct err err;

static int make_headers(void **state)
{
    static char names[HEADERS_MAX];

    (void)state;
    for (size_t i = 0; i < HEADERS_MAX; i++) {
        names[i] = (char)('0' + i);
        headers[i] = (struct record_header){{&names[i], 1}, SLICE_NULL};
    }
    arena_init(&arena);
    return 0;
}

static int read_headers(size_t count, size_t room_count, struct intake_record *record)
{
    const struct kafka_message message = {.headers = headers, .header_count = count};

    return kafka_intake_headers(&message, room_count ? room : NULL, room_count, &arena, record,
                                &err);
}

static void all_headers_are_read_however_many(void **state)
{
    (void)state;
    for (size_t count = 0; count <= HEADERS_MAX; count++)
        for (size_t room_count = 0; room_count <= ROOM; room_count += ROOM) {
            struct intake_record record = {0};

            assert_int_equal(read_headers(count, room_count, &record), DONE);
            assert_int_equal(record.header_count, count);
            if (count)
                assert_memory_equal(record.headers, headers, count * sizeof *headers);
            assert_int_equal(arena.used_bytes > 0, count > room_count);
            arena_reset(&arena);
        }
}

static void too_many_need_memory(void **state)
{
    struct intake_record record = {0};

    (void)state;
    failing_malloc_after(1);
    assert_int_equal(read_headers(ROOM, ROOM, &record), DONE);
    assert_false(failing_malloc_happened());
    assert_int_equal(read_headers(ROOM + 1, ROOM, &record), RETRY);
    failing_malloc_never();
    assert_string_equal(err.reason, "OUT_OF_MEMORY");
    arena_reset(&arena);
}

static void a_record_is_the_messages(void **state)
{
    const struct kafka_record from = {.partition = 3,
                                      .topic = SLICE_LITERAL("topic"),
                                      .offset = 42,
                                      .timestamp_ms = 7,
                                      .key = SLICE_LITERAL("key"),
                                      .value = SLICE_LITERAL("value")};
    struct intake_record record = kafka_intake_record(&from);
    struct wire_record wire;

    (void)state;
    assert_true(slice_equal(record.source.topic, from.topic));
    assert_int_equal(record.source.partition, 3);
    assert_int_equal(record.offset, 42);
    assert_int_equal(record.timestamp_ms, 7);
    assert_true(slice_equal(record.key, from.key));
    assert_false(record.headers_wait);
    assert_int_equal(read_headers(1, ROOM, &record), DONE);
    wire = kafka_intake_wire(&record);
    assert_true(slice_equal(wire.value, from.value));
    assert_ptr_equal(wire.headers, room);
    assert_int_equal(wire.header_count, 1);
}

static void name_awaited(const char *bytes, size_t size, unsigned char name[AWAITED_NAME_BYTES])
{
    const struct intake_record record = {.value = {bytes, size}};

    memset(name, 0, AWAITED_NAME_BYTES);
    kafka_intake_name_awaited(NULL, &record, name);
}

static void a_schema_is_awaited_by_its_name(void **state)
{
    unsigned char one[AWAITED_NAME_BYTES], other[AWAITED_NAME_BYTES], none[AWAITED_NAME_BYTES];
    static const char *const values[] = {"\0\0\0\0\1", "\0\0\0\0\2", "\0\0\0\1\0",
                                         "\xc3\1\0\0\0\0\0\0\0\0", "\xc3\1\0\0\0\0\0\0\0\1"};
    enum { VALUES = sizeof values / sizeof *values };

    (void)state;
    name_awaited("noise", 5, none);
    for (size_t i = 0; i < VALUES; i++) {
        name_awaited(values[i], i < 3 ? 5 : 10, one);
        assert_memory_not_equal(one, none, sizeof one);
        for (size_t j = 0; j < VALUES; j++) {
            name_awaited(values[j], j < 3 ? 5 : 10, other);
            assert_int_equal(!memcmp(one, other, sizeof one), i == j);
        }
    }
}

static void only_an_unknown_schema_is_suspicious(void **state)
{
    (void)state;
    assert_int_equal(kafka_intake_decoded(DONE, DECODED_RECORD, &err), STEP_DONE);
    assert_int_equal(kafka_intake_decoded(DONE, DECODED_IGNORED, &err), STEP_IGNORE);
    err_set(&err, RETRY, "SCHEMA_UNKNOWN", "made");
    assert_int_equal(kafka_intake_decoded(RETRY, DECODED_RECORD, &err), STEP_SUSPECT);
    assert_int_equal(kafka_intake_decoded(DONE, DECODED_RECORD, &err), STEP_DONE);
    err_set(&err, POISON, "SCHEMA_UNKNOWN", "made");
    assert_int_equal(kafka_intake_decoded(POISON, DECODED_RECORD, &err), STEP_HOPELESS);
    err_set(&err, RETRY, "SCHEMA_UNREACHABLE", "made");
    assert_int_equal(kafka_intake_decoded(RETRY, DECODED_RECORD, &err), STEP_NOT_YET);
    err_no_memory(&err);
    assert_int_equal(kafka_intake_decoded(RETRY, DECODED_RECORD, &err), STEP_NOT_YET);
    err_set(&err, POISON, "FRAMING", "made");
    assert_int_equal(kafka_intake_decoded(POISON, DECODED_RECORD, &err), STEP_REFUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_headers_are_read_however_many),
        cmocka_unit_test(too_many_need_memory),
        cmocka_unit_test(a_record_is_the_messages),
        cmocka_unit_test(a_schema_is_awaited_by_its_name),
        cmocka_unit_test(only_an_unknown_schema_is_suspicious),
    };

    return cmocka_run_group_tests(tests, make_headers, NULL);
}
