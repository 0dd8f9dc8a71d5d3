// SPDX-License-Identifier: Apache-2.0
// The grammar of option values: units, bounds, lists and addresses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/option_value.h"

static void numbers_have_units_and_do_not_overflow(void **state)
{
    static const struct {
        enum option_type type;
        const char *text;
        int64_t value;
    } good[] = {
        {OPTION_INTEGER, "-12", -12},
        {OPTION_INTEGER, "9223372036854775807", INT64_MAX},
        {OPTION_DURATION, "200ms", 200},
        {OPTION_DURATION, "10s", 10000},
        {OPTION_DURATION, "5m", 300000},
        {OPTION_DURATION, "2h", 7200000},
        {OPTION_DURATION, "1d", 86400000},
        {OPTION_DURATION, "0", 0},
        {OPTION_BYTES, "512", 512},
        {OPTION_BYTES, "512B", 512},
        {OPTION_BYTES, "64KiB", 65536},
        {OPTION_BYTES, "16MiB", 16 << 20},
        {OPTION_BYTES, "2GiB", INT64_C(2) << 30},
    };
    static const struct {
        enum option_type type;
        const char *text;
    } bad[] = {
        {OPTION_INTEGER, ""},
        {OPTION_INTEGER, " 1"},
        {OPTION_INTEGER, "+1"},
        {OPTION_INTEGER, "1 "},
        {OPTION_INTEGER, "0x1"},
        {OPTION_INTEGER, "1e3"},
        {OPTION_INTEGER, "-"},
        {OPTION_INTEGER, "9223372036854775808"},
        {OPTION_DURATION, "10"},
        {OPTION_DURATION, "10 s"},
        {OPTION_DURATION, "-1s"},
        {OPTION_DURATION, "1.5s"},
        {OPTION_DURATION, "s"},
        {OPTION_DURATION, "9223372036854775807d"},
        {OPTION_BYTES, "1kB"},
        {OPTION_BYTES, "-1"},
        {OPTION_BYTES, "9223372036854775807KiB"},
    };
    int64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(option_value_integer(good[i].type, good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(option_value_integer(bad[i].type, bad[i].text, &value));
}

static void amounts_are_written_in_their_largest_unit(void **state)
{
    char text[OPTION_AMOUNT_SIZE];

    (void)state;
    option_value_format(OPTION_DURATION, 90000, text);
    assert_string_equal(text, "90s");
    option_value_format(OPTION_BYTES, INT64_C(32) << 20, text);
    assert_string_equal(text, "32MiB");
    option_value_format(OPTION_INTEGER, -7, text);
    assert_string_equal(text, "-7");
    option_value_format(OPTION_BYTES, 1000, text);
    assert_string_equal(text, "1000B");
}

static void addresses_have_a_host_and_a_port(void **state)
{
    static const char *const wrong[] = {"",        "9464",    ":9464",    "host:", "host:x",
                                        "h:65536", "h:-1",    "::1:9464", "[::1]", "[]:1",
                                        "a b:1",   "host:1 ", "host:+1"};
    struct listen_address address;

    (void)state;
    assert_true(option_value_listen("127.0.0.1:9464", &address));
    assert_string_equal(address.host, "127.0.0.1");
    assert_int_equal(address.port, 9464);
    assert_true(option_value_listen("[::1]:0", &address));
    assert_string_equal(address.host, "::1");
    assert_int_equal(address.port, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(option_value_listen(wrong[i], &address));
}

static void lists_lose_the_blanks_around_their_parts(void **state)
{
    const char *list = " a , b,c ";
    struct slice part;

    (void)state;
    assert_true(option_value_next(&list, &part));
    assert_true(slice_equal(part, SLICE_LITERAL("a")));
    assert_true(option_value_next(&list, &part));
    assert_true(slice_equal(part, SLICE_LITERAL("b")));
    assert_true(option_value_next(&list, &part));
    assert_true(slice_equal(part, SLICE_LITERAL("c")));
    assert_false(option_value_next(&list, &part));
}

static void a_secret_is_not_repeated(void **state)
{
    static const struct option option = {
        .name = "pin", .type = OPTION_INTEGER, .least = 0, .most = 9, .secret = true};
    struct err err;

    (void)state;
    assert_int_equal(option_value_check(&option, "hunter2", &err), FATAL);
    assert_null(strstr(err.text, "hunter2"));
    assert_non_null(strstr(err.text, "pin"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_units_and_do_not_overflow),
        cmocka_unit_test(amounts_are_written_in_their_largest_unit),
        cmocka_unit_test(addresses_have_a_host_and_a_port),
        cmocka_unit_test(lists_lose_the_blanks_around_their_parts),
        cmocka_unit_test(a_secret_is_not_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
