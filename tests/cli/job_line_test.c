// SPDX-License-Identifier: Apache-2.0
// A job in one line, what of its text reaches a terminal, and which jobs were shown.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/jobs/job_line.h"
#include "cli/jobs/job_words.h"
#include "cli/jobs/seen_jobs.h"
#include "cli/terminal/terminal_text.h"
#include "support/failing_malloc.h"
#include "json/parse.h"

static json_t *read_json(const char *text)
{
    json_error_t error;
    bool no_memory;
    json_t *json = json_parse(slice_of(text), &error, &no_memory);

    assert_non_null(json);
    return json;
}

static void is_line(const struct buffer *line, const char *expected)
{
    assert_false(line->failed);
    if (!slice_equal(buffer_slice(line), slice_of(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", (int)line->size, line->data, expected);
}

static void plain(const char *job_text, const char *expected)
{
    json_t *job = read_json(job_text);
    struct buffer line = {0};

    job_line_plain(job, TIME_ZULU, 0, &line);
    is_line(&line, expected);
    buffer_free(&line);
    json_decref(job);
}

static void bar(const char *job_text, size_t columns, const char *expected)
{
    json_t *job = read_json(job_text);
    struct buffer line = {0};

    job_line_bar(job, columns, &line);
    is_line(&line, expected);
    buffer_free(&line);
    json_decref(job);
}

#define RUNNING(rest) "{\"status\":\"running\",\"started\":\"2026-11-23T15:00:00Z\"," rest "}"

static void a_line_says_how_far_it_is(void **state)
{
    (void)state;
    plain("{\"status\":\"running\",\"updated\":\"2026-11-23T15:00:00.123456Z\",\"progress\":40,"
          "\"message\":\"m\\nn\"}",
          "2026-11-23T15:00:00Z  running  40 %  m n");
    plain("{\"status\":\"accepted\",\"cancelling\":\"open\",\"silent\":true}",
          "accepted, cancelling, silent");
    plain("{\"status\":\"running\",\"cancelling\":\"unanswered\"}",
          "running, cancelling (unanswered)");
    plain("{\"status\":\"failed\",\"overtaken\":true}", "failed, overtaken");
    plain("{\"progress\":101,\"updated\":\"noon\",\"status\":7}", "unknown");
    bar(RUNNING("\"progress\":50,\"updated\":\"2026-11-23T15:10:00Z\",\"message\":\"\\u001b[1mx\""),
        200, "[############............]  50 %  running  about 10 min left   [1mx");
    bar(RUNNING("\"progress\":50,\"message\":\"m\""), 200,
        "[############............]  50 %  running  m");
    bar("{\"status\":\"successful\",\"progress\":100}", 200,
        "[########################]  100 %  successful");
    bar("{\"status\":\"accepted\"}", 200, "[........................]  accepted");
    // Cut between two characters.
    bar("{\"status\":\"accepted\",\"message\":\"\xc3\xa9\xc3\xa9\xc3\xa9\"}", 40,
        "[........................]  accepted  \xc3\xa9\xc3\xa9");
    bar("{\"status\":\"accepted\"}", 0, "");
}

static void what_is_left_follows_from_the_pace(void **state)
{
    const struct {
        const char *job;
        int64_t left;
    } cases[] = {
        {RUNNING("\"progress\":1,\"updated\":\"2026-11-23T15:00:10Z\""), 990},
        {RUNNING("\"progress\":99,\"updated\":\"2026-11-23T15:01:39Z\""), 1},
        {RUNNING("\"progress\":0,\"updated\":\"2026-11-23T15:00:10Z\""), -1},
        {RUNNING("\"progress\":100,\"updated\":\"2026-11-23T15:00:10Z\""), -1},
        {RUNNING("\"progress\":50,\"updated\":\"2026-11-23T14:00:10Z\""), -1},
        {RUNNING("\"progress\":50"), -1},
        {"{\"status\":\"failed\",\"progress\":50,\"started\":\"2026-11-23T15:00:00Z\",\"updated\":"
         "\"2026-11-23T16:00:00Z\"}",
         -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *job = read_json(cases[i].job);

        assert_int_equal(job_seconds_left(job), cases[i].left);
        json_decref(job);
    }
}

static void shown_as(const char *text, const char *expected)
{
    struct buffer out = {0};
    char copy[64];

    terminal_text_append(&out, slice_of(text));
    buffer_append(&out, "", 1);
    assert_string_equal(out.data, expected);
    terminal_text_copy(copy, sizeof copy, slice_of(text));
    assert_string_equal(copy, expected);
    buffer_free(&out);
}

static void nothing_steers_the_terminal(void **state)
{
    char copy[4];

    (void)state;
    shown_as("", "");
    shown_as("a\x1b[2J\x07\x7f\tb", "a [2J   b");
    shown_as("\xc2\x80x\xc2\x9fy\xc2\xa0z", " x y\xc2\xa0z"); // C1, but not U+00A0
    shown_as("\xe2\x80\x8d|\xe2\x80\x8e|\xe2\x80\x8f",
             "\xe2\x80\x8d| | "); // U+200D joins, and stays
    shown_as("\xe2\x80\xa7|\xe2\x80\xa8|\xe2\x80\xae|\xe2\x80\xaf",
             "\xe2\x80\xa7| | |\xe2\x80\xaf");
    shown_as("\xe2\x81\xa5|\xe2\x81\xa6|\xe2\x81\xa9|\xe2\x81\xaa",
             "\xe2\x81\xa5| | |\xe2\x81\xaa");
    shown_as("\xd8\x9c\xd8\x9b", " \xd8\x9b");
    shown_as("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
    terminal_text_copy(copy, sizeof copy, slice_of("ab\xc3\xa9"));
    assert_string_equal(copy, "ab");
    terminal_text_copy(copy, sizeof copy, slice_of("a\xc3\xa9z"));
    assert_string_equal(copy, "a\xc3\xa9");
    assert_int_equal(terminal_text_width(slice_of("a\xc3\xa9\xf0\x9f\x98\x80")), 4);
}

static bool add(struct seen_jobs *seen, const char *id, int progress)
{
    json_t *job = json_pack("{s:s, s:i}", "jobID", id, "progress", progress);
    bool is_new = false;
    struct err err;

    assert_int_equal(seen_jobs_add(seen, job, &is_new, &err), DONE);
    json_decref(job);
    return is_new;
}

static void what_was_shown_is_remembered_for_a_while(void **state)
{
    struct seen_jobs seen;
    struct err err;

    (void)state;
    assert_int_equal(seen_jobs_init(&seen, 2, &err), DONE);
    assert_true(add(&seen, "a", 1));
    assert_false(add(&seen, "a", 1));
    assert_true(add(&seen, "b", 1));
    assert_true(add(&seen, "a", 2)); // and is the latest now
    assert_true(add(&seen, "c", 1)); // for b
    assert_false(add(&seen, "a", 2));
    assert_false(seen_jobs_remove(&seen, SLICE_LITERAL("b")));
    assert_true(seen_jobs_remove(&seen, SLICE_LITERAL("c")));
    assert_false(seen_jobs_remove(&seen, SLICE_LITERAL("c")));
    assert_false(seen_jobs_remove(&seen, SLICE_NULL));
    assert_true(add(&seen, "b", 1));
    assert_int_equal(json_object_size(seen.marks), 2);
    seen_jobs_free(&seen);
}

static void no_memory_is_an_error(void **state)
{
    json_t *job = read_json("{\"jobID\":\"a\",\"status\":\"running\",\"message\":\"m\"}");
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        struct buffer line = {0};
        struct seen_jobs seen;
        bool is_new = false, is_there = false;
        struct err err;
        int rc;

        failing_malloc_after(nth);
        rc = seen_jobs_init(&seen, 2, &err);
        if (!rc)
            rc = seen_jobs_add(&seen, job, &is_new, &err);
        is_there = !rc && is_new;
        job_line_bar(job, 80, &line);
        failed = failing_malloc_happened();
        failing_malloc_never();
        assert_true(failed ? rc == RETRY || line.failed : is_there && !line.failed);
        seen_jobs_free(&seen);
        buffer_free(&line);
    }
    json_decref(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_how_far_it_is),
        cmocka_unit_test(what_is_left_follows_from_the_pace),
        cmocka_unit_test(nothing_steers_the_terminal),
        cmocka_unit_test(what_was_shown_is_remembered_for_a_while),
        cmocka_unit_test(no_memory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
