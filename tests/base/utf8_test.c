// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 has it, and without U+0000; checked against a table of edges.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

static void accepts_the_edges_of_each_length(void **state)
{
    static const char *const fine[] = {"",
                                       "a",
                                       "plain text that is longer than eight",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "eight by\xc3\xa9 and more"};

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_true(utf8_is_text(slice_of(fine[i])));
}

static void refuses_what_is_not_well_formed(void **state)
{
    static const struct slice wrong[] = {
        SLICE_LITERAL("\x80"),             // a continuation alone
        SLICE_LITERAL("\xc0\x80"),         // overlong
        SLICE_LITERAL("\xc1\xbf"),         // overlong
        SLICE_LITERAL("\xe0\x9f\xbf"),     // overlong
        SLICE_LITERAL("\xf0\x8f\xbf\xbf"), // overlong
        SLICE_LITERAL("\xed\xa0\x80"),     // a surrogate
        SLICE_LITERAL("\xf4\x90\x80\x80"), // past U+10FFFF
        SLICE_LITERAL("\xf5\x80\x80\x80"),
        SLICE_LITERAL("\xff"),
        SLICE_LITERAL("\xc3"), // cut off
        SLICE_LITERAL("\xe2\x82"),
        SLICE_LITERAL("\xf0\x9f\x92"),
        SLICE_LITERAL("\xc3("),
        SLICE_LITERAL("a\0b"),
        SLICE_LITERAL("12345678\0"),
        SLICE_LITERAL("1234567\x80"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(utf8_is_text(wrong[i]));
}

static void cuts_between_characters(void **state)
{
    struct slice text = SLICE_LITERAL("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa1z"); // 1 2 3 4 1 bytes
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

    (void)state;
    for (size_t limit = 0; limit < sizeof expected / sizeof *expected; limit++)
        assert_int_equal(utf8_cut(text, limit), expected[limit]);
}

static void shortens_at_a_character_and_marks_it(void **state)
{
    static const struct {
        const char *text;
        size_t most_bytes;
        const char *expected;
    } cases[] = {
        {"", 3, ""},
        {"abc", 3, "abc"},
        {"abcd", 3, "…"},
        {"abcde", 4, "a…"},
        {"abcdef", 6, "abcdef"},
        {"abcdefg", 6, "abc…"},
        {"ab\xc3\xa9"
         "efg",
         6, "ab…"}, // the cut would halve the é
        {"a\xc3\xa9"
         "defg",
         6, "a\xc3\xa9…"},
        {"\xf0\x9f\x92\xa1\xf0\x9f\x92\xa1", 6, "…"},
        {"\xf0\x9f\x92\xa1\xf0\x9f\x92\xa1", 7, "\xf0\x9f\x92\xa1…"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice text = slice_of(cases[i].text);

        assert_true(utf8_shorten(&text, cases[i].most_bytes, &arena));
        assert_true(slice_equal(text, slice_of(cases[i].expected)));
        assert_true(text.size <= cases[i].most_bytes);
    }
    arena_reset(&arena);
}

static void what_is_short_enough_is_left_where_it_is(void **state)
{
    struct slice text = SLICE_LITERAL("abc"), absent = SLICE_NULL;
    const char *data = text.data;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_true(utf8_shorten(&text, 3, &arena));
    assert_ptr_equal(text.data, data);
    assert_true(utf8_shorten(&absent, 3, &arena));
    assert_true(slice_is_null(absent));
    assert_int_equal(arena.used_bytes, 0);
    arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_edges_of_each_length),
        cmocka_unit_test(refuses_what_is_not_well_formed),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(shortens_at_a_character_and_marks_it),
        cmocka_unit_test(what_is_short_enough_is_left_where_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
