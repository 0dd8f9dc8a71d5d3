// SPDX-License-Identifier: Apache-2.0
// Points in time, to and from RFC 3339.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time_us.h"

static void writes_utc_with_six_decimals(void **state)
{
    char text[TIME_TEXT_SIZE];

    (void)state;
    time_format_us(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
    time_format_us(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    time_format_us(INT64_C(1700000000123456), text);
    assert_string_equal(text, "2023-11-14T22:13:20.123456Z");
    time_format_us(TIME_NONE, text);
    assert_string_equal(text, "-");
    time_format_us(INT64_MAX, text);
    assert_true(strlen(text) < TIME_TEXT_SIZE);
}

static void reads_offsets_and_decimals(void **state)
{
    static const struct {
        const char *text;
        int64_t time_us;
    } known[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1969-12-31t19:00:00.5-05:00", 500000},
        {"2023-11-14 22:13:20.123456z", INT64_C(1700000000123456)},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000000)},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000000)},
        {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
    };
    int64_t time_us;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_true(time_parse_us(slice_of(known[i].text), &time_us));
        assert_true(time_us == known[i].time_us);
    }
}

static void refuses_what_is_no_time(void **state)
{
    static const char *const wrong[] = {"",
                                        "2023-11-14",
                                        "2023-11-14T22:13:20",
                                        "2023-02-29T00:00:00Z",
                                        "1900-02-29T00:00:00Z",
                                        "2023-13-01T00:00:00Z",
                                        "2023-00-01T00:00:00Z",
                                        "2023-01-00T00:00:00Z",
                                        "2023-01-01T24:00:00Z",
                                        "2023-01-01T00:60:00Z",
                                        "2023-01-01T00:00:60Z",
                                        "2023-01-01T00:00:00.Z",
                                        "2023-01-01T00:00:00.1234567Z",
                                        "2023-01-01T00:00:00+24:00",
                                        "2023-01-01T00:00:00+0100",
                                        "2023-01-01T00:00:00Z ",
                                        "+023-01-01T00:00:00Z"};
    int64_t time_us;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(time_parse_us(slice_of(wrong[i]), &time_us));
}

static void what_is_written_can_be_read(void **state)
{
    (void)state;
    for (int64_t time_us = INT64_C(-62000000000000000); time_us < INT64_C(250000000000000000);
         time_us += INT64_C(1234567890123457)) {
        char text[TIME_TEXT_SIZE];
        int64_t again;

        time_format_us(time_us, text);
        assert_true(time_parse_us(slice_of(text), &again));
        assert_true(again == time_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_utc_with_six_decimals),
        cmocka_unit_test(reads_offsets_and_decimals),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(what_is_written_can_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
