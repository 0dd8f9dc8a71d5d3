// SPDX-License-Identifier: Apache-2.0
// A dead letter names somebody however its writer spells the id.
#include "store/retention/mention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool names(const char *text, const char *id)
{
    return mentions(slice_of(text), slice_of(id));
}

static void as_avro_writes_it(void **state)
{
    char id[256] = {0}, bytes[300] = {0};

    (void)state;
    assert_true(names("x\006adax", "ada"));
    assert_false(names("x\010adax", "ada")); // longer than it
    memset(id, 'a', 255);
    memcpy(bytes, "\xfe\x03", 2);
    memcpy(bytes + 2, id, 255);
    assert_true(mentions((struct slice){bytes, 257}, (struct slice){id, 255}));
    assert_false(mentions((struct slice){bytes, 256}, (struct slice){id, 255}));
    assert_false(mentions(SLICE_NULL, slice_of("ada")));
}

static void as_json_writes_it(void **state)
{
    static const struct {
        const char *text, *id;
    } all[] = {
        {"{\"member\":\"ada\"}", "ada"},
        {"{\"member\":\"no\xc3\xabl\"}", "no\xc3\xabl"},
        {"{\"member\":\"no\\u00ebl\"}", "no\xc3\xabl"},
        {"{\"member\":\"no\\u00EBl\"}", "no\xc3\xabl"},
        {"{\"member\":\"\\u0061d\\u0061\"}", "ada"},
        {"{\"member\":\"a\\/b\"}", "a/b"},
        {"{\"member\":\"CORP\\\\ada\"}", "CORP\\ada"},
        {"{\"member\":\"a\\\"b\"}", "a\"b"},
        {"{\"member\":\"a\\tb\"}", "a\tb"},
        {"{\"member\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80"},
        {"{\"member\":\"\\u20ac\"}", "\xe2\x82\xac"},
        {"\"{\\\"member\\\":\\\"ada\\\"}\"", "ada"}, // a text of JSON in JSON
        {"{'broken\": \"ada\"", "ada"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!names(all[i].text, all[i].id))
            fail_msg("%s does not name %s", all[i].text, all[i].id);
}

static void not_somebody_else(void **state)
{
    (void)state;
    assert_false(names("{\"member\":\"adam\"}", "ada"));
    assert_false(names("{\"member\":\"Bada\"}", "ada"));
    assert_false(names("ada", "ada"));
    assert_false(names("\"ada", "ada"));
    assert_false(names("\"ad\\", "ada"));
    assert_false(names("\"ad\\u006", "ada"));
    assert_false(names("\"\\ud83d\\u0061\"", "\xf0\x9f\x98\x80"));
    assert_false(names("\"ad\\u00zz\"", "ada"));
}

// As each byte of any id may be escaped by its number.
static void whatever_is_escaped(void **state)
{
    (void)state;
    for (int c = 1; c < 0x80; c++) {
        char id[4] = {'x', (char)c, 'y', 0}, text[32];

        snprintf(text, sizeof text, "[\"x\\u%04xy\"]", (unsigned int)c);
        assert_true(names(text, id));
        id[1] = (char)(c == 1 ? 2 : c - 1);
        assert_false(names(text, id));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_avro_writes_it),
        cmocka_unit_test(as_json_writes_it),
        cmocka_unit_test(not_somebody_else),
        cmocka_unit_test(whatever_is_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
