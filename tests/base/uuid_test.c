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
        cmocka_unit_test(random_ones_are_version_4),
        cmocka_unit_test(named_ones_are_version_5),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
