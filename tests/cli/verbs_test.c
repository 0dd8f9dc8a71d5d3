// SPDX-License-Identifier: Apache-2.0
// Commands with verbs: what is given is held against the table, and help is made from it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/terminal/help_text.h"
#include "cli/terminal/verbs.h"

static const char *ran;

static int list(const struct invocation *invocation, struct err *err)
{
    (void)invocation, (void)err;
    ran = "list";
    return DONE;
}

static int set(const struct invocation *invocation, struct err *err)
{
    (void)err;
    ran = invocation->arguments->positional[2];
    return DONE;
}

static int sign(const struct invocation *invocation, struct err *err)
{
    (void)invocation;
    ran = "sign";
    return err_set(err, FATAL, "FAILED", "it failed");
}

static const struct verb verbs[] = {
    {"list", "", 0, "lists them", list},
    {"set", "NAME VALUE", 2, "sets one", set},
    {"sign", "[A | B ...]", ANY_NUMBER, "signs", sign},
};
static const struct command made = {
    .name = "made",
    .summary = "Does what a test asks",
    .example = "  jobtrail made list",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};

static int run(struct err *err, const char *const *words)
{
    struct arguments arguments = {0};
    const struct invocation invocation = {.arguments = &arguments};

    ran = "nothing";
    for (; *words; words++)
        arguments.positional[arguments.positional_count++] = *words;
    return verbs_run(&made, &invocation, err);
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_verb_runs_with_what_it_takes(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(run(&err, WORDS("list")), DONE);
    assert_string_equal(ran, "list");
    assert_int_equal(run(&err, WORDS("set", "a", "b")), DONE);
    assert_string_equal(ran, "b");
    assert_int_equal(run(&err, WORDS("sign")), FATAL);
    assert_string_equal(err.reason, "FAILED");
    assert_int_equal(run(&err, WORDS("sign", "a", "b", "c")), FATAL);
    assert_string_equal(ran, "sign");
}

static void anything_else_is_wrong_usage(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(run(&err, WORDS(NULL)), FATAL);
    assert_string_equal(err.reason, "USAGE");
    assert_string_equal(err.text,
                        "expected: made list, or made set NAME VALUE, or made sign [A | B ...]");
    assert_int_equal(run(&err, WORDS("lis")), FATAL);
    assert_int_equal(run(&err, WORDS("list", "a")), FATAL);
    assert_int_equal(run(&err, WORDS("set", "a")), FATAL);
    assert_int_equal(run(&err, WORDS("set", "a", "b", "c")), FATAL);
    assert_string_equal(err.reason, "USAGE");
    assert_string_equal(ran, "nothing");
}

static void help_names_each_verb(void **state)
{
    struct buffer out = {0};

    (void)state;
    help_write_command(&made, &out);
    buffer_append(&out, "", 1);
    assert_false(out.failed);
    assert_non_null(strstr(out.data, "Usage: jobtrail made list [FLAGS]\n"
                                     "       jobtrail made set NAME VALUE [FLAGS]\n"
                                     "       jobtrail made sign [A | B ...] [FLAGS]\n"));
    assert_non_null(strstr(out.data, "\n  set NAME VALUE                 sets one\n"));
    buffer_free(&out);
}

// Of every command, what is said of its verbs and flags.
static void help_fits_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; command_table[i]; i++) {
        struct buffer out = {0};
        const char *line, *end;

        help_write_command(command_table[i], &out);
        buffer_append(&out, "", 1);
        assert_false(out.failed);
        for (line = strstr(out.data, "\nFlags:\n") + 1; strncmp(line, "Example:", 8) != 0;
             line = end + 1) {
            end = strchr(line, '\n');
            if (end - line > 80)
                fail_msg("%s: %.*s", command_table[i]->name, (int)(end - line), line);
        }
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verb_runs_with_what_it_takes),
        cmocka_unit_test(anything_else_is_wrong_usage),
        cmocka_unit_test(help_names_each_verb),
        cmocka_unit_test(help_fits_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
