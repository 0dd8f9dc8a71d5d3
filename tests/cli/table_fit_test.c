// SPDX-License-Identifier: Apache-2.0
// How a table's columns share a line, and how a cell becomes shorter.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/terminal/table_fit.h"
#include "cli/terminal/terminal_text.h"
#include "support/failing_malloc.h"

static void cuts(const char *text, enum cut cut, size_t width, const char *expected)
{
    struct buffer out = {0};

    table_cut(slice_of(text), cut, width, &out);
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, expected);
    out.size--;
    assert_true(cut == CUT_NOTHING || terminal_text_width(buffer_slice(&out)) <= width);
    buffer_free(&out);
}

#define DOTS "\xe2\x80\xa6"
#define WIDE "\xe7\x94\xbb" // two columns

static void a_cell_is_cut_where_it_is_told(void **state)
{
    (void)state;
    cuts("abcdef", CUT_END, 6, "abcdef");
    cuts("abcdef", CUT_NOTHING, 3, "abcdef");
    cuts("abcdef", CUT_END, 4, "abc" DOTS);
    cuts("abcdef", CUT_END, 1, DOTS);
    cuts("abcdefghij", CUT_MIDDLE, 7, "abc" DOTS "hij");
    cuts("abcdefghij", CUT_MIDDLE, 6, "abc" DOTS "ij");
    cuts(WIDE WIDE WIDE, CUT_END, 4, WIDE DOTS);
    cuts(WIDE WIDE WIDE, CUT_MIDDLE, 5, WIDE DOTS WIDE);
    cuts(WIDE WIDE WIDE, CUT_MIDDLE, 4, WIDE DOTS); // the half of one is none
    cuts("e\xcc\x81"
         "e\xcc\x81z",
         CUT_END, 2, "e\xcc\x81" DOTS);
    cuts("\xff\xff\xff\xff", CUT_END, 2, "\xff" DOTS);
}

static void widths_are_those_of_terminals(void **state)
{
    (void)state;
    assert_int_equal(terminal_text_width(slice_of("")), 0);
    assert_int_equal(terminal_text_width(slice_of("a\xc3\xa9" WIDE "\xf0\x9f\x9a\x80")), 6);
    assert_int_equal(terminal_text_prefix(slice_of("a" WIDE "b"), 2), 1);
}

static void columns_leave_then_yield(void **state)
{
    static const struct column_fit fits[] = {
        {CUT_MIDDLE, 5, 2, 0}, {CUT_NOTHING, 0, 0, 1}, {CUT_END, 4, 1, 2}, {CUT_END, 4, 0, 0}};
    size_t widths[] = {10, 6, 20, 8};

    (void)state;
    table_fit(fits, 4, 50, widths); // all of it: 10 + 6 + 20 + 8 and three gaps
    assert_int_equal(widths[0] + widths[1] + widths[2] + widths[3], 44);
    table_fit(fits, 4, 40, widths);
    assert_int_equal(widths[2], 10);
    table_fit(fits, 4, 30, widths);
    assert_int_equal(widths[2], 4); // and then the next one
    assert_int_equal(widths[0], 6);
    table_fit(fits, 4, 20, widths);
    assert_int_equal(widths[1], 0); // leaves, for which the others keep more
    assert_int_equal(widths[0] + widths[2] + widths[3], 16);
    table_fit(fits, 4, 3, widths); // as little as there has to be
    assert_int_equal(widths[0], 5);
    assert_int_equal(widths[2], 0);
    assert_int_equal(widths[3], 4);
}

static void no_memory_is_remembered(void **state)
{
    struct buffer out = {0};

    (void)state;
    failing_malloc_after(1);
    table_cut(slice_of("abcdef"), CUT_MIDDLE, 3, &out);
    assert_true(failing_malloc_happened());
    failing_malloc_never();
    assert_true(out.failed);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_cut_where_it_is_told),
        cmocka_unit_test(widths_are_those_of_terminals),
        cmocka_unit_test(columns_leave_then_yield),
        cmocka_unit_test(no_memory_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
