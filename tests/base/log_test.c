// SPDX-License-Identifier: Apache-2.0
// A log line is one well-formed line whatever is put into it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { LINE_SIZE = 64 * 1024 };

static int saved_stderr, reading_end;
static char line[LINE_SIZE];

static int catch_stderr(void **state)
{
    int ends[2];

    (void)state;
    if (pipe(ends))
        return -1;
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    reading_end = ends[0];
    return 0;
}

static int release_stderr(void **state)
{
    (void)state;
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    close(reading_end);
    return 0;
}

// What the last call wrote, which must be one line; without the time at its beginning.
static const char *read_line(void)
{
    ssize_t size = read(reading_end, line, sizeof line - 1);

    assert_true(size > 0);
    line[size] = '\0';
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    line[size - 1] = '\0';
    return line[0] == '{' ? line : strchr(line, ' ') + 1;
}

static void logfmt_quotes_only_what_needs_it(void **state)
{
    (void)state;
    log_setup(LOG_LOGFMT, LOG_INFO, "here");
    log_warn("worker-2", "batch retried", LOG_INT("rows", -5), LOG_SECONDS("took", 0.25),
             LOG_TEXT("plain", "abc-1.2"), LOG_TEXT("blank", "a b"), LOG_TEXT("sign", "a=b"),
             LOG_TEXT("quote", "\"\\"), LOG_TEXT("empty", ""), LOG_TEXT("absent", NULL));
    assert_string_equal(read_line(),
                        "level=warn identity=here who=worker-2 msg=\"batch retried\" rows=-5 "
                        "took=0.250000 plain=abc-1.2 blank=\"a b\" sign=\"a=b\" "
                        "quote=\"\\\"\\\\\" empty=\"\"");
}

static void control_bytes_and_bad_utf8_cannot_leave_the_line(void **state)
{
    (void)state;
    log_setup(LOG_LOGFMT, LOG_INFO, "here");
    log_error("x", "m", LOG_SLICE("v", SLICE_LITERAL("a\n\r\t\0\x1b\x7f\xc2\x9b\xff\xc3\xa9")));
    assert_string_equal(read_line(), "level=error identity=here who=x msg=m "
                                     "v=\"a\\n\\r\\t\\u0000\\u001b\\u007f\\u009b"
                                     "\xef\xbf\xbd\xc3\xa9\"");
}

static void json_is_json_for_every_byte(void **state)
{
    (void)state;
    log_setup(LOG_JSON, LOG_DEBUG, "here");
    for (int byte = 0; byte < 256; byte++) {
        char text[] = {'a', (char)byte, 'b'};
        const char *value;
        json_t *json;

        log_debug("x", "m", LOG_SLICE("v", ((struct slice){text, sizeof text})),
                  LOG_SECONDS("s", 1.5), LOG_INT("i", INT64_MIN));
        json = json_loads(read_line(), JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(json);
        assert_string_equal(json_string_value(json_object_get(json, "level")), "debug");
        assert_string_equal(json_string_value(json_object_get(json, "identity")), "here");
        assert_true(json_integer_value(json_object_get(json, "i")) == INT64_MIN);
        value = json_string_value(json_object_get(json, "v"));
        if (byte < 0x80)
            assert_memory_equal(value, text, sizeof text);
        else
            assert_string_equal(value, "a\xef\xbf\xbd"
                                       "b");
        json_decref(json);
    }
}

static void an_error_is_three_fields(void **state)
{
    struct err err;

    (void)state;
    log_setup(LOG_LOGFMT, LOG_INFO, "here");
    err_set(&err, RETRY, "CONNECTION", "no route");
    log_warn("x", "m", LOG_ERR(&err));
    assert_string_equal(read_line(), "level=warn identity=here who=x msg=m disposition=retry "
                                     "reason=CONNECTION error=\"no route\"");
}

static void below_the_level_nothing_is_written(void **state)
{
    (void)state;
    log_setup(LOG_LOGFMT, LOG_WARN, "here");
    log_info("x", "not this");
    log_warn("x", "this");
    assert_string_equal(read_line(), "level=warn identity=here who=x msg=this");
}

static void long_values_are_cut_between_characters(void **state)
{
    char text[5000];
    const char *value;
    json_t *json;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 ? '\xa9' : '\xc3';
    log_setup(LOG_JSON, LOG_INFO, "here");
    log_info("x", "m", LOG_SLICE("v", ((struct slice){text, 2047})));
    log_info("x", "m", LOG_SLICE("v", ((struct slice){text, sizeof text})));
    json = NULL;
    assert_true(read(reading_end, line, sizeof line - 1) > 0);
    json = json_loads(strchr(line, '\n') + 1, JSON_DISABLE_EOF_CHECK, NULL);
    value = json_string_value(json_object_get(json, "v"));
    assert_non_null(value);
    assert_int_equal(strlen(value), 2048);
    json_decref(json);
}

static void a_line_that_would_be_too_long_stays_well_formed(void **state)
{
    char zeros[2048] = {0};
    struct log_field fields[20];
    json_t *json;

    (void)state;
    for (size_t i = 0; i < 19; i++)
        fields[i] = LOG_SLICE("v", ((struct slice){zeros, sizeof zeros}));
    fields[19].kind = LOG_FIELD_END;
    log_setup(LOG_JSON, LOG_INFO, "here");
    log_emit(LOG_INFO, "x", "m", fields);
    json = json_loads(read_line(), JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    assert_non_null(json_object_get(json, "v"));
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logfmt_quotes_only_what_needs_it, catch_stderr,
                                        release_stderr),
        cmocka_unit_test_setup_teardown(control_bytes_and_bad_utf8_cannot_leave_the_line,
                                        catch_stderr, release_stderr),
        cmocka_unit_test_setup_teardown(json_is_json_for_every_byte, catch_stderr, release_stderr),
        cmocka_unit_test_setup_teardown(an_error_is_three_fields, catch_stderr, release_stderr),
        cmocka_unit_test_setup_teardown(below_the_level_nothing_is_written, catch_stderr,
                                        release_stderr),
        cmocka_unit_test_setup_teardown(long_values_are_cut_between_characters, catch_stderr,
                                        release_stderr),
        cmocka_unit_test_setup_teardown(a_line_that_would_be_too_long_stays_well_formed,
                                        catch_stderr, release_stderr),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
