// SPDX-License-Identifier: Apache-2.0
// Writers of other versions than ours: what Avro's rules of resolution accept is read rightly, the
// rest is refused with its reason.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/wire_kit.h"

#define WHEN_MESSAGE FIELD("occurred_at", TIME_TYPE) "," FIELD("message", "[\"null\",\"string\"]")

static void open_and_decode(struct kit *kit, const char *writer_json, const struct buffer *avro)
{
    kit_open(kit, writer_json);
    if (kit_decode(kit, avro))
        fail_msg("%s: %s", kit->err.reason, kit->err.text);
}

static void assert_text(struct slice slice, const char *text)
{
    assert_true(slice_equal(slice, slice_of(text)));
}

static void put_to_job(struct buffer *avro)
{
    put_text(avro, SAMPLE_UUID);
    put_text(avro, "geo-portal");
    put_text(avro, "job-42");
}

static void fields_that_are_missing_take_our_defaults(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_to_job(&avro);
    put_long(&avro, 77);
    put_text(&avro, "Load");
    open_and_decode(&kit,
                    RECORD("JobCreated", TO_JOB
                           "," FIELD("occurred_at", TIME_TYPE) "," FIELD("type", "\"string\"")),
                    &avro);
    assert_int_equal(kit.event.kind, JOB_CREATED);
    assert_int_equal(kit.event.attempt, 1);
    assert_true(slice_is_null(kit.event.message));
    assert_true(slice_is_null(kit.event.creator_id));
    assert_true(kit.event.cancellable);
    assert_int_equal(kit.event.occurred_at_us, 77);
    kit_close(&kit);
    buffer_free(&avro);
}

static void a_missing_field_without_default_is_refused(void **state)
{
    struct buffer avro = {0};

    (void)state;
    put_common(&avro);
    assert_refused(RECORD("JobProgressed", COMMON), &avro, "SCHEMA_INCOMPATIBLE");
    buffer_free(&avro);
}

static void fields_in_another_order_with_others_between(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_long(&avro, 1); // message, its union the other way round
    put_text(&avro, "trace");
    put_text(&avro, "job-42");
    PUT_RAW(&avro, "\2\6key\2\0"); // a map with one long
    put_long(&avro, 12);
    put_long(&avro, -5);
    put_text(&avro, "geo-portal");
    put_text(&avro, SAMPLE_UUID);
    put_long(&avro, 55); // progress
    open_and_decode(
        &kit,
        RECORD("JobProgressed",
               FIELD("message", "[\"string\",\"null\"]") "," FIELD("trace", "\"string\"") "," FIELD("job_id", "\"string\"") "," FIELD("labels", "{\"type\":\"map\",\"values\":\"long\"}") "," FIELD(
                   "attempt",
                   "\"int\"") "," FIELD("occurred_at",
                                        TIME_TYPE) "," FIELD("organization_id",
                                                             "\"string\"") "," FIELD("event_id",
                                                                                     UUID_TYPE) "," FIELD("progress",
                                                                                                          "\"int\"")),
        &avro);
    assert_int_equal(kit.event.kind, JOB_PROGRESSED);
    assert_true(slice_is_null(kit.event.message));
    assert_text(kit.event.job_id, "job-42");
    assert_text(kit.event.organization_id, "geo-portal");
    assert_int_equal(kit.event.attempt, 12);
    assert_int_equal(kit.event.occurred_at_us, -5);
    assert_int_equal(kit.event.progress, 55);
    kit_close(&kit);
    buffer_free(&avro);
}

static void bytes_are_taken_for_text_and_checked(void **state)
{
    const char *writer =
        RECORD("JobStarted",
               FIELD("event_id", "\"bytes\"") "," FIELD("organization_id", "\"bytes\"") "," FIELD(
                   "job_id", "\"string\"") "," WHEN_MESSAGE);
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_to_job(&avro);
    put_long(&avro, 0);
    put_long(&avro, 0);
    open_and_decode(&kit, writer, &avro);
    assert_text(kit.event.organization_id, "geo-portal");
    assert_int_equal(kit.event.id.bytes[15], 7);
    kit_close(&kit);
    avro.data[37 + 1] = (char)0xff;
    assert_refused(writer, &avro, "UTF8");
    buffer_free(&avro);
}

static void a_uuid_of_sixteen_bytes(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    PUT_RAW(&avro, "0123456789abcdef");
    put_text(&avro, "o");
    put_text(&avro, "j");
    put_long(&avro, 0);
    put_long(&avro, 0);
    put_long(&avro, 1);
    PUT_RAW(&avro, "fedcba9876543210");
    open_and_decode(
        &kit,
        RECORD(
            "JobCancelled",
            FIELD(
                "event_id",
                "{\"type\":\"fixed\",\"name\":\"U\",\"size\":16,"
                "\"logicalType\":\"uuid\"}") "," FIELD("organization_id",
                                                       "\"string\"") "," FIELD("job_id",
                                                                               "\"string\"") "," WHEN_MESSAGE
                                                                                             "," FIELD(
                                                                                                 "c"
                                                                                                 "o"
                                                                                                 "m"
                                                                                                 "m"
                                                                                                 "a"
                                                                                                 "n"
                                                                                                 "d"
                                                                                                 "_"
                                                                                                 "i"
                                                                                                 "d",
                                                                                                 "["
                                                                                                 "\"null\",\"U\"]")),
        &avro);
    assert_memory_equal(kit.event.id.bytes, "0123456789abcdef", 16);
    assert_true(kit.event.has_command);
    assert_memory_equal(kit.event.command_id.bytes, "fedcba9876543210", 16);
    kit_close(&kit);
    buffer_free(&avro);
}

static int64_t time_read(const char *writer, int64_t written)
{
    struct buffer avro = {0};
    struct kit kit;
    int64_t time_us;

    put_to_job(&avro);
    put_long(&avro, written);
    open_and_decode(&kit, writer, &avro);
    time_us = kit.event.occurred_at_us;
    kit_close(&kit);
    buffer_free(&avro);
    return time_us;
}

#define TIMED(type)            RECORD("JobStarted", TO_JOB "," FIELD("occurred_at", type))
#define LOGICAL(type, logical) "{\"type\":\"" type "\",\"logicalType\":\"" logical "\"}"

static void times_in_every_unit(void **state)
{
    (void)state;
    assert_int_equal(time_read(TIMED("\"long\""), 1234567), 1234567);
    assert_int_equal(time_read(TIMED("\"int\""), -7), -7);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "timestamp-micros")), 1234567), 1234567);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "timestamp-millis")), 1234567), 1234567000);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "timestamp-nanos")), 1234567), 1234);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "timestamp-nanos")), -1), -1);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "timestamp-nanos")), -1000), -1);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "timestamp-nanos")), -1001), -2);
    // On an int it is no logical type (specification), nor is one that nobody knows.
    assert_int_equal(time_read(TIMED(LOGICAL("int", "timestamp-millis")), 3), 3);
    assert_int_equal(time_read(TIMED(LOGICAL("long", "acme-ticks")), 3), 3);
}

// Nobody knows in which zone.
static void local_times_are_refused(void **state)
{
    struct buffer avro = {0};

    (void)state;
    put_to_job(&avro);
    put_long(&avro, 3);
    assert_refused(TIMED(LOGICAL("long", "local-timestamp-millis")), &avro, "SCHEMA_INCOMPATIBLE");
    assert_refused(TIMED(LOGICAL("long", "local-timestamp-micros")), &avro, "SCHEMA_INCOMPATIBLE");
    assert_refused(TIMED(LOGICAL("long", "local-timestamp-nanos")), &avro, "SCHEMA_INCOMPATIBLE");
    buffer_free(&avro);
}

static void times_out_of_range_are_refused(void **state)
{
    struct buffer avro = {0};

    (void)state;
    put_to_job(&avro);
    put_long(&avro, INT64_MAX / 1000 + 1);
    assert_refused(TIMED(LOGICAL("long", "timestamp-millis")), &avro, "INT_RANGE");
    assert_refused(TIMED("\"int\""), &avro, "INT_RANGE");
    buffer_free(&avro);
}

static void types_that_cannot_be_ours_are_refused(void **state)
{
    const char *writers[] = {
        TIMED("\"string\""),
        TIMED("\"double\""),
        TIMED(LOGICAL("long", "time-micros")),
        TIMED(LOGICAL("int", "date")),
        TIMED("[\"null\",\"string\"]"),
        TIMED("\"null\""),
        TIMED("{\"type\":\"array\",\"items\":\"long\"}"),
        RECORD("JobStarted",
               TO_JOB "," FIELD("occurred_at", TIME_TYPE) "," FIELD("attempt", "\"long\"")),
        RECORD("JobStarted",
               TO_JOB "," FIELD("occurred_at", TIME_TYPE) "," FIELD("message", "\"int\"")),
        RECORD("JobStarted", FIELD("event_id", "\"long\"")),
        RECORD("JobStarted", FIELD("event_id", "{\"type\":\"fixed\",\"name\":\"U\",\"size\":16}")),
        RECORD("JobCreated",
               COMMON "," FIELD("type", "\"string\"") "," FIELD("cancellable", "\"int\"")),
        RECORD("JobStarted", TO_JOB),
        RECORD("JobStarted", ""),
    };
    struct buffer avro = {0};

    (void)state;
    put_common(&avro);
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++)
        assert_refused(writers[i], &avro, "SCHEMA_INCOMPATIBLE");
    buffer_free(&avro);
}

static void a_union_on_the_writers_side_only(void **state)
{
    const char *writer = RECORD(
        "JobStarted",
        FIELD("event_id", UUID_TYPE) "," FIELD(
            "organization_id",
            "[\"int\",\"bytes\",\"null\",\"string\"]") "," FIELD("job_id", "\"string"
                                                                           "\"") "," WHEN_MESSAGE);
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    for (int branch = 0; branch < 4; branch++) {
        buffer_clear(&avro);
        put_text(&avro, SAMPLE_UUID);
        put_long(&avro, branch);
        if (branch != 2)
            put_text(&avro, "org");
        put_text(&avro, "j");
        put_long(&avro, 0);
        put_long(&avro, 0);
        if (branch % 2 == 0) {
            assert_refused(writer, &avro, "UNION_BRANCH");
            continue;
        }
        open_and_decode(&kit, writer, &avro);
        assert_text(kit.event.organization_id, "org");
        kit_close(&kit);
    }
    buffer_free(&avro);
}

static void a_union_on_our_side_only(void **state)
{
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_to_job(&avro);
    put_long(&avro, 9);
    put_text(&avro, "plain");
    open_and_decode(&kit,
                    RECORD("JobStarted", TO_JOB
                           "," FIELD("occurred_at", TIME_TYPE) "," FIELD("message", "\"string\"")),
                    &avro);
    assert_text(kit.event.message, "plain");
    kit_close(&kit);
    buffer_free(&avro);
}

static void a_future_name_says_what_it_was_called(void **state)
{
    const char *renamed =
        "{\"type\":\"record\",\"name\":\"jobtrail.v2.RunStarted\",\"aliases\":[\"x.Y\","
        "\"jobtrail.v1.JobStarted\"],\"fields\":[" TO_JOB
        ",{\"name\":\"happened_at\",\"aliases\":[\"when\",\"occurred_at\"],\"type\":" TIME_TYPE
        "},{\"name\":\"text\",\"aliases\":[\"message\"],\"type\":\"string\"}]}";
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_to_job(&avro);
    put_long(&avro, 5);
    put_text(&avro, "hello");
    open_and_decode(&kit, renamed, &avro);
    assert_int_equal(kit.event.kind, JOB_STARTED);
    assert_int_equal(kit.event.occurred_at_us, 5);
    assert_text(kit.event.message, "hello");
    kit_close(&kit);
    buffer_free(&avro);
}

static void a_name_beats_an_alias(void **state)
{
    const char *writer = RECORD("JobStarted", TO_JOB
                                ",{\"name\":\"note\",\"aliases\":[\"message\"],\"type\":\"string\"}"
                                "," WHEN_MESSAGE);
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_to_job(&avro);
    put_text(&avro, "note");
    put_long(&avro, 5);
    put_long(&avro, 1);
    put_text(&avro, "message");
    open_and_decode(&kit, writer, &avro);
    assert_text(kit.event.message, "message");
    kit_close(&kit);
    buffer_free(&avro);
}

static void a_record_may_hold_itself(void **state)
{
    const char *writer =
        RECORD("JobStarted", FIELD("before", "[\"null\",\"JobStarted\"]") "," COMMON);
    struct buffer avro = {0};
    struct kit kit;

    (void)state;
    put_long(&avro, 1);
    put_long(&avro, 0);
    put_text(&avro, "not-a-uuid, and nobody reads it");
    put_text(&avro, "");
    put_text(&avro, "");
    PUT_RAW(&avro, "\0\0\0");
    put_common(&avro);
    open_and_decode(&kit, writer, &avro);
    assert_text(kit.event.job_id, "job-42");
    kit_close(&kit);
    buffer_free(&avro);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_that_are_missing_take_our_defaults),
        cmocka_unit_test(a_missing_field_without_default_is_refused),
        cmocka_unit_test(fields_in_another_order_with_others_between),
        cmocka_unit_test(bytes_are_taken_for_text_and_checked),
        cmocka_unit_test(a_uuid_of_sixteen_bytes),
        cmocka_unit_test(times_in_every_unit),
        cmocka_unit_test(local_times_are_refused),
        cmocka_unit_test(times_out_of_range_are_refused),
        cmocka_unit_test(types_that_cannot_be_ours_are_refused),
        cmocka_unit_test(a_union_on_the_writers_side_only),
        cmocka_unit_test(a_union_on_our_side_only),
        cmocka_unit_test(a_future_name_says_what_it_was_called),
        cmocka_unit_test(a_name_beats_an_alias),
        cmocka_unit_test(a_record_may_hold_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
