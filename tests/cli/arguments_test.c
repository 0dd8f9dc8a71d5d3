// SPDX-License-Identifier: Apache-2.0
// The command line: each form of a flag, and what is refused with which words; and the exit codes
// that scripts rely on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/cli.h"
#include "cli/terminal/arguments.h"

static const struct flag flags[] = {
    {"rate", "N", "R.", 'r'},
    {"dry-run", NULL, "D.", 0},
};

static int parse(struct arguments *arguments, struct err *err, const char *const *argv)
{
    int argc = 0;

    while (argv[argc])
        argc++;
    return arguments_parse(arguments, flags, 2, argc, (char *const *)(uintptr_t)argv, err);
}

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

static void flags_come_in_every_form(void **state)
{
    struct arguments arguments;
    struct err err;
    long long rate;

    (void)state;
    assert_int_equal(parse(&arguments, &err,
                           ARGV("one", "--rate", "5", "--set=a=b", "-s", "c=d", "--dry-run", "-c",
                                "f", "two", "-", "--", "--rate")),
                     DONE);
    assert_int_equal(arguments_integer(&arguments, "rate", 0, 9, 1, &rate, &err), DONE);
    assert_int_equal(rate, 5);
    assert_true(arguments_given(&arguments, "dry-run"));
    assert_string_equal(arguments.config_file, "f");
    assert_int_equal(arguments.assignment_count, 2);
    assert_string_equal(arguments.assignments[0], "a=b");
    assert_string_equal(arguments.assignments[1], "c=d");
    assert_int_equal(arguments.positional_count, 4);
    assert_string_equal(arguments.positional[2], "-");
    assert_string_equal(arguments.positional[3], "--rate");
    assert_int_equal(parse(&arguments, &err, ARGV("--rate=7")), DONE);
    assert_string_equal(arguments_value(&arguments, "rate"), "7");
    assert_int_equal(parse(&arguments, &err, ARGV("-r", "8", "-h")), DONE);
    assert_string_equal(arguments_value(&arguments, "rate"), "8");
    assert_true(arguments.help);
}

static void refuses(const char *words, const char *const *argv)
{
    struct arguments arguments;
    struct err err;

    assert_int_equal(parse(&arguments, &err, argv), FATAL);
    assert_string_equal(err.reason, "USAGE");
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    refuses("did you mean \"--rate\"", ARGV("--raet", "5"));
    refuses("did you mean \"--config\"", ARGV("--confg=f"));
    refuses("unknown flag \"-x\"", ARGV("-x"));
    refuses("unknown flag \"-rr\"", ARGV("-rr"));
    refuses("unknown flag", ARGV("--=5"));
    refuses("needs a value", ARGV("--rate"));
    refuses("takes no value", ARGV("--dry-run=yes"));
    refuses("twice", ARGV("--rate", "5", "--rate", "6"));
    refuses("too many", ARGV("1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

static void numbers_are_held_to_their_bounds(void **state)
{
    struct arguments arguments;
    struct err err;
    long long rate;

    (void)state;
    assert_int_equal(parse(&arguments, &err, ARGV("--rate", "10")), DONE);
    assert_int_equal(arguments_integer(&arguments, "rate", 0, 9, 1, &rate, &err), FATAL);
    assert_string_equal(err.reason, "USAGE");
    assert_int_equal(parse(&arguments, &err, ARGV("x")), DONE);
    assert_int_equal(arguments_integer(&arguments, "rate", 0, 9, 4, &rate, &err), DONE);
    assert_int_equal(rate, 4);
}

static int exit_code(const char *const *argv)
{
    char *environment[] = {NULL};
    int argc = 0;

    while (argv[argc])
        argc++;
    return cli_run(argc, (char *const *)(uintptr_t)argv, environment);
}

static void exit_codes_are_as_documented(void **state)
{
    (void)state;
    assert_int_equal(exit_code(ARGV("jobtrail", "--version")), 0);
    assert_int_equal(exit_code(ARGV("jobtrail", "version")), 0);
    assert_int_equal(exit_code(ARGV("jobtrail", "--help")), 0);
    assert_int_equal(exit_code(ARGV("jobtrail", "emit", "--help")), 0);
    assert_int_equal(exit_code(ARGV("jobtrail", "help", "options", "--sample")), 0);
    assert_int_equal(exit_code(ARGV("jobtrail", "schemas", "list")), 0);
    assert_int_equal(exit_code(ARGV("jobtrail")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "migrat")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "--output", "json", "list")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "help", "migrat")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "emit", "--created")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "schemas", "print", "None")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "show")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "watch", "a", "b")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "cancel", "")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "cancel", "a", "--request-id", "1")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "list", "--since", "noon")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "list", "--follow", "--sort", "jobID")), 2);
    assert_int_equal(exit_code(ARGV("jobtrail", "list")), 3);
    assert_int_equal(exit_code(ARGV("jobtrail", "list", "--url", "https://a.example")), 3);
    assert_int_equal(
        exit_code(ARGV("jobtrail", "list", "--url", "gopher://a", "--token-file", "/dev/null")), 3);
    assert_int_equal(exit_code(ARGV("jobtrail", "serve")), 3);
    assert_int_equal(exit_code(ARGV("jobtrail", "serve", "--set", "workrs=3")), 3);
    assert_int_equal(exit_code(ARGV("jobtrail", "serve", "--config", "/none/such")), 3);
    assert_int_equal(exit_code(ARGV("jobtrail", "migrate", "--set", "postgres.host=/none/such")),
                     75);
}

// Each of these is told to be wrong before anybody is connected to.
static void a_request_takes_its_own_flags_only(void **state)
{
#define ASKED "jobtrail", "emit", "--cancel-requested", "--organization", "o", "--job", "j"
    (void)state;
    assert_int_equal(exit_code(ARGV(ASKED)), 2);
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r", "--created")), 2);
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r", "--message", "m")), 2);
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r", "--simulate", "1")), 2);
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r", "--request-id", "1")), 2);
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r", "--occurred-at", "noon")), 2);
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r\xff")), 2);
    // Right, but for the brokers that nobody named.
    assert_int_equal(exit_code(ARGV(ASKED, "--requester", "r", "--token", "t", "--reason", "x")),
                     3);
#undef ASKED
    assert_int_equal(exit_code(ARGV("jobtrail", "emit", "--started", "--organization", "o", "--job",
                                    "j", "--requester", "r")),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_come_in_every_form),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(numbers_are_held_to_their_bounds),
        cmocka_unit_test(exit_codes_are_as_documented),
        cmocka_unit_test(a_request_takes_its_own_flags_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
