// SPDX-License-Identifier: Apache-2.0
// Options come from a file, the environment and assignments; a wrong one says where it stands and
// what may have been meant.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "base/options_text.h"
#include "secret/secret.h"

static const char *const colours[] = {"red", "green", NULL};
static const char *const secret_words[] = {"password", NULL};
static const struct option table_options[] = {
    {.name = "size", .type = OPTION_INTEGER, .least = 1, .most = 9, .fallback = "3", .prose = "S."},
    {.name = "colour.of-it", .type = OPTION_CHOICE, .choices = colours, .prose = "C."},
    {.name = "text", .type = OPTION_TEXT, .most = 10000, .prose = "T."},
    {.name = "key", .type = OPTION_TEXT, .most = 100, .prose = "K.", .secret = true},
};
static const struct option_family families[] = {
    {.prefix = "kafka.", .environment_dot = '.', .secret_words = secret_words, .prose = "Kafka."},
    {.prefix = "postgres.", .environment_dot = '_', .secret_words = secret_words, .prose = "PG."},
};
static const struct options_table table = {table_options, 4, families, 2, secret_read};

struct fixture {
    struct options *options;
    struct err err;
    char path[64];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    int fd;

    snprintf(fixture->path, sizeof fixture->path, "/tmp/options_test_XXXXXX");
    fd = mkstemp(fixture->path);
    close(fd);
    *state = fixture;
    return fd < 0 || options_new(&table, &fixture->options, &fixture->err);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    unlink(fixture->path);
    options_free(fixture->options);
    free(fixture);
    return 0;
}

static int read_content(struct fixture *fixture, const void *content, size_t size)
{
    FILE *file = fopen(fixture->path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    fclose(file);
    return options_read_file(fixture->options, fixture->path, &fixture->err);
}

static int read_text(struct fixture *fixture, const char *content)
{
    return read_content(fixture, content, strlen(content));
}

// The error must say FILE:line and the words.
static void assert_refused(struct fixture *fixture, const char *content, int line,
                           const char *words)
{
    char place[96];

    assert_int_equal(read_text(fixture, content), FATAL);
    snprintf(place, sizeof place, "%s:%d: ", fixture->path, line);
    assert_int_equal(strncmp(fixture->err.text, place, strlen(place)), 0);
    if (!strstr(fixture->err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", fixture->err.text, words);
    assert_string_equal(fixture->err.reason, "CONFIGURATION");
}

static void reads_a_file(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(read_text(fixture, "\xef\xbb\xbf# a comment = nothing\n\n; another\n"
                                        "size = 5\n  colour.of-it=green\n"
                                        "text = a;b#c = d : e\nkafka.x.y = 1"),
                     DONE);
    assert_int_equal(options_integer(fixture->options, "size"), 5);
    assert_int_equal(options_choice(fixture->options, "colour.of-it"), 1);
    assert_string_equal(options_text(fixture->options, "text"), "a;b#c = d : e");
    assert_string_equal(options_text(fixture->options, "kafka.x.y"), "1");
    assert_null(options_text(fixture->options, "key"));
}

static void refuses_with_line_and_nearest_name(void **state)
{
    struct fixture *fixture = *state;

    assert_refused(fixture, "\n\nsiez = 4\n", 3, "did you mean \"size\"");
    assert_refused(fixture, "threads = 4\n", 1, "unknown option \"threads\"");
    assert_refused(fixture, "# x\nsize = 10\n", 2, "from 1 to 9");
    assert_refused(fixture, "colour.of-it = blue", 1, "one of: red green");
    assert_refused(fixture, "size = 4\n\nsize = 5\n", 3, "set twice, first at");
    assert_refused(fixture, "kafka. = 4\n", 1, "unknown option");
    assert_refused(fixture, "\xef\xbb\xbf\xef\xbb\xbfsize = 5\n", 1, "unknown option");
}

static void refuses_what_could_be_misread(void **state)
{
    struct fixture *fixture = *state;
    static const char with_nul[] = "text = a\0b\n";
    char line[9000];

    assert_refused(fixture, "[kafka]\nx = 1\n", 1, "sections");
    assert_refused(fixture, "\xef\xbb\xbf[kafka]\n", 1, "sections");
    assert_refused(fixture, "size: 4\n", 1, "name = value");
    assert_refused(fixture, "size\n", 1, "name = value");
    assert_refused(fixture, "= 4\n", 1, "name = value");
    assert_refused(fixture, "text = a ; b\n", 1, "comment");
    assert_refused(fixture, "text = a\t# b\n", 1, "comment");
    assert_refused(fixture, "text = a\n  continued\n", 2, "name = value");
    assert_int_equal(read_content(fixture, with_nul, sizeof with_nul - 1), FATAL);
    assert_non_null(strstr(fixture->err.text, ":1: the line has a NUL byte"));
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    memcpy(line, "text = ", 7);
    assert_refused(fixture, line, 1, "longer than");
}

static void long_lines_arrive_whole(void **state)
{
    struct fixture *fixture = *state;
    char content[8300] = "text = ";

    memset(content + 7, 'x', 8000);
    memcpy(content + 8007, "\nsize = 7\n", sizeof "\nsize = 7\n");
    assert_int_equal(read_text(fixture, content), DONE);
    assert_int_equal(strlen(options_text(fixture->options, "text")), 8000);
    assert_int_equal(options_integer(fixture->options, "size"), 7);
}

static void a_later_source_wins(void **state)
{
    struct fixture *fixture = *state;
    char *environment[] = {"HOME=/x", "JOBTRAIL_SIZE=6", "JOBTRAIL_COLOUR_OF_IT=green", NULL};

    assert_int_equal(options_integer(fixture->options, "size"), 3);
    assert_int_equal(read_text(fixture, "size = 5\ncolour.of-it = red\n"), DONE);
    assert_int_equal(options_read_environment(fixture->options, environment, &fixture->err), DONE);
    assert_int_equal(options_integer(fixture->options, "size"), 6);
    assert_int_equal(options_choice(fixture->options, "colour.of-it"), 1);
    assert_int_equal(options_read_assignment(fixture->options, "size=7", &fixture->err), DONE);
    assert_int_equal(options_read_assignment(fixture->options, "size=8", &fixture->err), DONE);
    assert_int_equal(options_integer(fixture->options, "size"), 8);
}

static void the_environment_reaches_families_and_refuses_strangers(void **state)
{
    struct fixture *fixture = *state;
    char *families_set[] = {"JOBTRAIL_KAFKA_SECURITY_PROTOCOL=ssl",
                            "JOBTRAIL_POSTGRES_CONNECT_TIMEOUT=4", NULL};
    char *mistyped[] = {"JOBTRAIL_SIZ=6", NULL};
    char *strange[] = {"JOBTRAIL_NOTHING_LIKE_IT=6", NULL};

    assert_int_equal(options_read_environment(fixture->options, families_set, &fixture->err), DONE);
    assert_string_equal(options_text(fixture->options, "kafka.security.protocol"), "ssl");
    assert_string_equal(options_text(fixture->options, "postgres.connect_timeout"), "4");
    assert_int_equal(options_read_environment(fixture->options, mistyped, &fixture->err), FATAL);
    assert_non_null(strstr(fixture->err.text, "environment: "));
    assert_non_null(strstr(fixture->err.text, "did you mean JOBTRAIL_SIZE"));
    assert_int_equal(options_read_environment(fixture->options, strange, &fixture->err), FATAL);
}

// As Kubernetes sets them for services called jobtrail, jobtrail-api, jobtrail-postgres.
static void variables_of_services_are_passed_over(void **state)
{
    struct fixture *fixture = *state;
    char *set[] = {"JOBTRAIL_SERVICE_HOST=10.0.0.1",
                   "JOBTRAIL_SERVICE_PORT=8080",
                   "JOBTRAIL_SERVICE_PORT_HTTP=8080",
                   "JOBTRAIL_PORT=tcp://10.0.0.1:8080",
                   "JOBTRAIL_PORT_8080_TCP=tcp://10.0.0.1:8080",
                   "JOBTRAIL_PORT_8080_TCP_PROTO=tcp",
                   "JOBTRAIL_PORT_8080_TCP_PORT=8080",
                   "JOBTRAIL_PORT_53_UDP_ADDR=10.0.0.1",
                   "JOBTRAIL_API_SERVICE_HOST=10.0.0.2",
                   "JOBTRAIL_API_PORT=tcp://[fd00::1]:80",
                   "JOBTRAIL_POSTGRES_PORT=tcp://10.0.0.3:5432",
                   "JOBTRAIL_POSTGRES_PORT_5432_TCP_ADDR=10.0.0.3",
                   "JOBTRAIL_KAFKA_SERVICE_PORT=9092",
                   NULL};
    char *ours[] = {"JOBTRAIL_POSTGRES_PORT=5433", NULL};
    char *strange[] = {"JOBTRAIL_PORT=8080",         "JOBTRAIL_HTTP_PORT=80",
                       "JOBTRAIL_PORT_8080=80",      "JOBTRAIL_PORT_TCP=80",
                       "JOBTRAIL_PORT_80_TCP_X=80",  "JOBTRAIL_SERVICE=x",
                       "JOBTRAIL_PORT=http://x:8080"};

    assert_int_equal(options_read_environment(fixture->options, set, &fixture->err), DONE);
    assert_null(options_text(fixture->options, "postgres.port"));
    assert_int_equal(options_read_environment(fixture->options, ours, &fixture->err), DONE);
    assert_string_equal(options_text(fixture->options, "postgres.port"), "5433");
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        assert_int_equal(
            options_read_environment(fixture->options, (char *[]){strange[i], NULL}, &fixture->err),
            FATAL);
}

static void refuses_assignments_that_are_none(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(options_read_assignment(fixture->options, "size", &fixture->err), FATAL);
    assert_int_equal(options_read_assignment(fixture->options, "=4", &fixture->err), FATAL);
    assert_int_equal(options_read_assignment(fixture->options, "sizee=4", &fixture->err), FATAL);
    assert_non_null(strstr(fixture->err.text, "--set: "));
    assert_non_null(strstr(fixture->err.text, "\"size\""));
}

static void secrets_come_from_files_and_are_never_printed(void **state)
{
    struct fixture *fixture = *state;
    char assignment[128], variable[128];
    char *environment[] = {variable, NULL};
    struct buffer out;

    assert_int_equal(read_text(fixture, "size = 4\n"), DONE);
    read_text(fixture, "hunter2\n"); // as a configuration it is refused; it is a secret's file
    snprintf(assignment, sizeof assignment, "key.file=%s", fixture->path);
    assert_int_equal(options_read_assignment(fixture->options, assignment, &fixture->err), DONE);
    assert_string_equal(options_text(fixture->options, "key"), "hunter2");
    snprintf(variable, sizeof variable, "JOBTRAIL_KAFKA_SASL_PASSWORD_FILE=%s", fixture->path);
    assert_int_equal(options_read_environment(fixture->options, environment, &fixture->err), DONE);
    assert_string_equal(options_text(fixture->options, "kafka.sasl.password"), "hunter2");
    snprintf(variable, sizeof variable, "JOBTRAIL_POSTGRES_PASSWORD_FILE=%s", fixture->path);
    assert_int_equal(options_read_environment(fixture->options, environment, &fixture->err), DONE);
    assert_string_equal(options_text(fixture->options, "postgres.password"), "hunter2");

    buffer_init(&out);
    options_write_effective(fixture->options, &out);
    buffer_append(&out, "", 1);
    assert_null(strstr(out.data, "hunter2"));
    assert_non_null(strstr(out.data, "key = ***"));
    assert_non_null(strstr(out.data, "kafka.sasl.password = ***"));
    assert_non_null(strstr(out.data, "size = 4"));
    buffer_free(&out);
    assert_int_equal(
        options_read_assignment(fixture->options, "key.file=/none/such", &fixture->err), FATAL);
}

static void secrets_come_from_commands_and_are_known_to(void **state)
{
    struct fixture *fixture = *state;
    struct option_value value;

    assert_int_equal(
        options_read_assignment(fixture->options, "key.command=echo hunter2", &fixture->err), DONE);
    assert_string_equal(options_text(fixture->options, "key"), "hunter2");
    assert_true(options_value_at(fixture->options, 0, &value));
    assert_string_equal(value.source.command, "echo hunter2");
    assert_int_equal(
        options_read_environment(fixture->options,
                                 (char *[]){"JOBTRAIL_KEY_COMMAND=echo three",
                                            "JOBTRAIL_KAFKA_SASL_PASSWORD_COMMAND=echo one",
                                            "JOBTRAIL_POSTGRES_PASSWORD_COMMAND=echo two", NULL},
                                 &fixture->err),
        DONE);
    assert_string_equal(options_text(fixture->options, "kafka.sasl.password"), "one");
    assert_string_equal(options_text(fixture->options, "postgres.password"), "two");
    assert_string_equal(options_text(fixture->options, "key"), "three");
    assert_null(value.source.file);
    assert_int_equal(options_read_assignment(fixture->options, "key.command=echo hunter2; exit 3",
                                             &fixture->err),
                     FATAL);
    assert_string_equal(fixture->err.text, "--set: key.command: the command ended with status 3");
    assert_int_equal(options_read_assignment(fixture->options, "key=plain", &fixture->err), DONE);
    assert_true(options_value_at(fixture->options, 0, &value));
    assert_null(value.source.command);
    assert_int_equal(
        options_read_assignment(fixture->options, "size.command=echo 4", &fixture->err), FATAL);
}

static void a_missing_file_is_told(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(options_read_file(fixture->options, "/none/such", &fixture->err), FATAL);
    assert_non_null(strstr(fixture->err.text, "/none/such"));
    assert_int_equal(options_read_file(fixture->options, "/tmp", &fixture->err), FATAL);
}

static void the_sample_file_can_be_read(void **state)
{
    struct fixture *fixture = *state;
    struct buffer out;

    buffer_init(&out);
    options_write_sample(&table, &out);
    assert_false(out.failed);
    assert_int_equal(read_content(fixture, out.data, out.size), DONE);
    buffer_clear(&out);
    options_write_help(&table, &out);
    options_write_reference(&table, &out);
    buffer_append(&out, "", 1);
    assert_non_null(strstr(out.data, "  size (number, 1 to 9; default: 3)"));
    assert_non_null(strstr(out.data, "| `colour.of-it` | red , green |"));
    buffer_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_a_file),
        TEST(refuses_with_line_and_nearest_name),
        TEST(refuses_what_could_be_misread),
        TEST(long_lines_arrive_whole),
        TEST(a_later_source_wins),
        TEST(the_environment_reaches_families_and_refuses_strangers),
        TEST(variables_of_services_are_passed_over),
        TEST(refuses_assignments_that_are_none),
        TEST(secrets_come_from_files_and_are_never_printed),
        TEST(secrets_come_from_commands_and_are_known_to),
        TEST(a_missing_file_is_told),
        TEST(the_sample_file_can_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
