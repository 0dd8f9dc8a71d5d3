// SPDX-License-Identifier: Apache-2.0
// UUIDs: one text form in, lower case out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/uuid.h"

static void reads_either_case_and_writes_lower(void **state)
{
    struct uuid uuid;
    char text[UUID_TEXT_SIZE];

    (void)state;
    assert_true(uuid_parse(SLICE_LITERAL("0123ABCD-ef01-4567-89ab-CDEF01234567"), &uuid));
    uuid_format(&uuid, text);
    assert_string_equal(text, "0123abcd-ef01-4567-89ab-cdef01234567");
}

static void refuses_every_other_form(void **state)
{
    static const char *const wrong[] = {
        "",
        "0123abcd-ef01-4567-89ab-cdef0123456",
        "0123abcd-ef01-4567-89ab-cdef012345678",
        "0123abcdef01-4567-89ab-cdef-01234567",
        "0123abcd_ef01-4567-89ab-cdef01234567",
        "0123abcg-ef01-4567-89ab-cdef01234567",
        "{123abcd-ef01-4567-89ab-cdef0123456}",
        "0123abcdef0145678 9abcdef01234567    ",
    };
    struct uuid uuid;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(uuid_parse(slice_of(wrong[i]), &uuid));
}

// -1 for what is no digit.
static int digit_value(int character)
{
    const char *digits = "0123456789abcdef", *upper = "0123456789ABCDEF";

    for (int value = 0; value < 16; value++)
        if (character == digits[value] || character == upper[value])
            return value;
    return -1;
}

static void every_byte_at_every_place_is_a_digit_or_refused(void **state)
{
    const char *whole = "0123abcd-ef01-4567-89ab-cdef01234567";
    char text[UUID_TEXT_SIZE], before[UUID_TEXT_SIZE], after[UUID_TEXT_SIZE];
    struct uuid uuid;

    (void)state;
    for (size_t place = 0; place < UUID_TEXT_SIZE - 1; place++)
        for (int byte = 0; byte < 256; byte++) {
            int value = digit_value(byte);
            bool is_dash = whole[place] == '-';

            memcpy(text, whole, sizeof text);
            memcpy(before, whole, sizeof before);
            text[place] = (char)byte;
            assert_int_equal(uuid_parse((struct slice){text, UUID_TEXT_SIZE - 1}, &uuid),
                             is_dash ? byte == '-' : value >= 0);
            if (is_dash || value < 0)
                continue;
            before[place] = "0123456789abcdef"[value];
            uuid_format(&uuid, after);
            assert_string_equal(after, before);
        }
}

static void random_ones_are_version_4(void **state)
{
    unsigned char ones[UUID_BYTES];
    struct uuid uuid;
    char text[UUID_TEXT_SIZE];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    uuid = uuid_from_random(ones);
    uuid_format(&uuid, text);
    assert_string_equal(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

static void assert_from_name(const struct uuid *space, struct slice name, const char *expected)
{
    char text[UUID_TEXT_SIZE];
    struct uuid uuid;

    assert_true(uuid_from_name(space, name, &uuid));
    uuid_format(&uuid, text);
    assert_string_equal(text, expected);
}

// RFC 9562, appendix A.4, and the same for an empty name.
static void named_ones_are_version_5(void **state)
{
    struct uuid dns;

    (void)state;
    assert_true(uuid_parse(SLICE_LITERAL("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), &dns));
    assert_from_name(&dns, SLICE_LITERAL("www.example.com"),
                     "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    assert_from_name(&dns, SLICE_LITERAL(""), "4ebd0208-8328-5d69-8c44-ec50939c0967");
    assert_from_name(&dns, SLICE_NULL, "4ebd0208-8328-5d69-8c44-ec50939c0967");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_either_case_and_writes_lower),
        cmocka_unit_test(refuses_every_other_form),
        cmocka_unit_test(every_byte_at_every_place_is_a_digit_or_refused),
        cmocka_unit_test(random_ones_are_version_4),
        cmocka_unit_test(named_ones_are_version_5),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
