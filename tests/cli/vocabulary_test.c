// SPDX-License-Identifier: Apache-2.0
// The words that are taken, and that docs/words.md tells the same of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/api/vocabulary.h"

static char *read_page(void)
{
    FILE *file = fopen(WORDS_PAGE, "re");
    char *text = calloc(1, 1 << 16);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    return text;
}

static void has_row(const char *page, const char *row)
{
    if (!strstr(page, row))
        fail_msg("docs/words.md lacks:%s", row);
}

static void has_words(const char *page, const struct word *words)
{
    for (; words->standard; words++) {
        char row[256];
        int used = snprintf(row, sizeof row, "\n| `%s` | %s |", words->standard, words->shown);

        for (size_t i = 0; i < sizeof words->also / sizeof *words->also && words->also[i]; i++)
            used += snprintf(row + used, sizeof row - (size_t)used, "%s%s", i ? ", " : " ",
                             words->also[i]);
        snprintf(row + used, sizeof row - (size_t)used, " |");
        has_row(page, row);
    }
}

static void the_page_of_words_is_the_table(void **state)
{
    char *page = read_page();

    (void)state;
    has_words(page, status_words);
    has_words(page, column_words);
    for (const struct flag_parameter *each = list_parameters; each->flag; each++) {
        char row[128];

        snprintf(row, sizeof row, "\n| `--%s` | `%s` |", each->flag, each->parameter);
        has_row(page, row);
    }
    free(page);
}

static void translates(const char *list, const char *expected)
{
    struct buffer out = {0};
    struct err err;

    assert_int_equal(words_translate(status_words, "status", list, &out, &err), DONE);
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void orders(const char *text, const char *expected)
{
    struct buffer out = {0};
    struct err err;

    assert_int_equal(order_translate("sort", text, &out, &err), DONE);
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void either_word_is_taken(void **state)
{
    (void)state;
    translates("cancelled,FAILED,succeeded,waiting", "dismissed,failed,successful,accepted");
    orders("-Type", "-processID");
    orders("+id", "jobID");
    orders("ended", "finished");
    assert_string_equal(word_shown(status_words, SLICE_LITERAL("dismissed")).data, "cancelled");
    assert_string_equal(word_shown(status_words, SLICE_LITERAL("paused")).data, "paused");
    assert_string_equal(flag_of_parameter("sortby"), "sort");
    assert_null(flag_of_parameter("cursor"));
}

static void what_is_none_is_told_with_what_there_is(void **state)
{
    struct buffer out = {0};
    struct err err;

    (void)state;
    assert_int_equal(words_translate(status_words, "status", "failed,cancled", &out, &err), FATAL);
    assert_string_equal(err.reason, "USAGE");
    assert_non_null(strstr(err.text, "--status: \"cancled\": did you mean cancelled?"));
    assert_int_equal(words_translate(status_words, "status", "", &out, &err), FATAL);
    assert_int_equal(order_translate("sort", "-", &out, &err), FATAL);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_of_words_is_the_table),
        cmocka_unit_test(either_word_is_taken),
        cmocka_unit_test(what_is_none_is_told_with_what_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
