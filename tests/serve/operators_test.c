// SPDX-License-Identifier: Apache-2.0
// Whose secret it is, and files that are no credentials.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "page/operator_files.h"
#include "serve/operator/operators.h"
#include "support/failing_malloc.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define OTHER  "fedcba9876543210fedcba9876543210fedcba"

static char path[] = "/tmp/jobtrail-operators-XXXXXX";

static int read_text(const char *text, mode_t mode, struct operators **out, struct err *err)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
    *out = NULL;
    return operators_read(path, out, err);
}

static int make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void each_secret_is_somebodys(void **state)
{
    struct operators *operators;
    struct err err;

    (void)state;
    assert_int_equal(
        read_text("# all\n\n anna \t" SECRET "\r\nbert " OTHER, 0640, &operators, &err), DONE);
    assert_string_equal(operators_find(operators, SLICE_LITERAL(SECRET)), "anna");
    assert_string_equal(operators_find(operators, SLICE_LITERAL(OTHER)), "bert");
    assert_null(operators_find(operators, SLICE_LITERAL(SECRET "0")));
    assert_null(operators_find(operators, (struct slice){SECRET, sizeof SECRET - 2}));
    assert_null(operators_find(operators, (struct slice){SECRET "\0", sizeof SECRET}));
    assert_null(operators_find(operators, SLICE_LITERAL("")));
    assert_null(operators_find(operators, SLICE_NULL));
    operators_free(operators);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        const char *words;
    } wrong[] = {
        {"anna", 0600, "line 1: expected a name"},
        {"\nanna " SECRET " x", 0600, "line 2: expected a name"},
        {"anna 0123456789abcdef0123456789abcde", 0600, "line 1: a secret has at least"},
        {"a " SECRET "\nb " SECRET "\n", 0600, "line 2: somebody else"},
        {" # anna " SECRET, 0600, "names nobody"},
        {"anna " SECRET, 0604, "chmod 600"},
        {"anna " SECRET, 0620, "chmod 600"},
    };
    struct operators *operators;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};

        assert_int_equal(read_text(wrong[i].text, wrong[i].mode, &operators, &err), FATAL);
        assert_string_equal(err.reason, "CONFIGURATION");
        if (!strstr(err.text, wrong[i].words))
            fail_msg("\"%s\" is not in: %s", wrong[i].words, err.text);
        assert_null(operators);
    }
}

static void without_memory_there_are_none(void **state)
{
    struct operators *operators = NULL;
    struct err err = {0};

    (void)state;
    failing_malloc_after(1);
    assert_int_equal(operators_read(path, &operators, &err), RETRY);
    failing_malloc_never();
    assert_null(operators);
}

static void the_page_has_its_files_and_no_others(void **state)
{
    static const char *const known[][2] = {
        {"index.html", "text/html; charset=utf-8"},
        {"letters.js", "text/javascript; charset=utf-8"},
        {"words.js", "text/javascript; charset=utf-8"},
        {"letters.css", "text/css; charset=utf-8"},
        {"theme.css", "text/css; charset=utf-8"},
        {"controls.css", "text/css; charset=utf-8"},
        {"icon.svg", "image/svg+xml"},
    };
    struct operator_file file;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_true(operator_file_find(slice_of(known[i][0]), &file));
        assert_string_equal(file.media_type, known[i][1]);
        assert_true(file.text.size > 100);
    }
    assert_false(operator_file_find(SLICE_LITERAL("main.js"), &file));
    assert_false(operator_file_find(SLICE_LITERAL("settings.json"), &file));
    assert_false(operator_file_find(SLICE_LITERAL("theme.css "), &file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_secret_is_somebodys),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(without_memory_there_are_none),
        cmocka_unit_test(the_page_has_its_files_and_no_others),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
