// SPDX-License-Identifier: Apache-2.0
// What a stream gives to its listener and what is another answer; how it ends; and the headers of
// question and answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "fetch/fetch.h"
#include "registry/stub_server.h"

#define STREAM_HEADER "Content-Type: text/event-stream; charset=utf-8\r\n"

struct kit {
    struct stub_server server;
    struct fetcher *fetcher;
    struct buffer heard, answer;
    char url[64];
    int refuse;
};

static struct kit kit;

static int open_kit(void **state)
{
    struct fetch_options options = {
        .who = "it", .bearer_token = "t", .timeout_ms = 10000, .most_bytes = 1000};
    struct err err;

    (void)state;
    kit = (struct kit){0};
    stub_open(&kit.server);
    stub_url(&kit.server, kit.url, sizeof kit.url);
    kit.fetcher = fetcher_new(&options, &err);
    return !kit.fetcher;
}

static int close_kit(void **state)
{
    (void)state;
    fetcher_free(kit.fetcher);
    stub_close(&kit.server);
    buffer_free(&kit.heard);
    buffer_free(&kit.answer);
    return 0;
}

static int listen_to(void *self, struct slice bytes, struct err *err)
{
    (void)self;
    buffer_append(&kit.heard, bytes.data, bytes.size);
    return kit.refuse ? err_set(err, FENCED, "STOP", "enough") : DONE;
}

static bool is_over(void)
{
    return true;
}

static int stream(struct fetch_request *request, int silence_ms, long *status, struct err *err)
{
    struct fetch_listener listener = {NULL, listen_to, silence_ms};

    request->url = request->shown = kit.url;
    request->reason = "AWAY";
    buffer_clear(&kit.heard);
    return fetch_stream(kit.fetcher, request, &listener, status, &kit.answer, err);
}

static void what_comes_is_the_listeners(void **state)
{
    static const char *const more[] = {"Last-Event-ID: 17", NULL};
    struct fetch_header wanted[] = {{.name = "x-one"}, {.name = "X-None"}};
    struct fetch_request request = {.headers = more, .wanted = wanted, .wanted_count = 2};
    struct err err;
    long status = 0;

    (void)state;
    stub_say(&kit.server, STUB_ANSWERS, 200, STREAM_HEADER "X-One:  a b \r\nX-One: c\r\n",
             "data: a\n\n");
    assert_int_equal(stream(&request, 30000, &status, &err), DONE);
    assert_int_equal(status, 200);
    assert_true(slice_equal(buffer_slice(&kit.heard), SLICE_LITERAL("data: a\n\n")));
    assert_int_equal(kit.answer.size, 0);
    assert_string_equal(wanted[0].value, "a b");
    assert_string_equal(wanted[1].value, "");
    assert_true(stub_was_told(&kit.server, "Last-Event-ID: 17\r\n"));
    assert_true(stub_was_told(&kit.server, "Authorization: Bearer t\r\n"));
}

static void any_other_answer_is_gathered(void **state)
{
    struct fetch_request request = {0};
    struct err err;
    long status = 0;

    (void)state;
    stub_say(&kit.server, STUB_ANSWERS, 404, STREAM_HEADER, "no");
    assert_int_equal(stream(&request, 30000, &status, &err), DONE);
    assert_int_equal(status, 404);
    assert_true(slice_equal(buffer_slice(&kit.answer), SLICE_LITERAL("no")));
    stub_say(&kit.server, STUB_ANSWERS, 200, "Content-Type: text/event-streams\r\n", "{}");
    assert_int_equal(stream(&request, 30000, &status, &err), DONE);
    assert_true(slice_equal(buffer_slice(&kit.answer), SLICE_LITERAL("{}")));
    assert_int_equal(kit.heard.size, 0);
    stub_say(&kit.server, STUB_ENDLESS, 200, "", "");
    assert_int_equal(stream(&request, 30000, &status, &err), RETRY);
    assert_string_equal(err.reason, FETCH_TOO_LARGE);
}

static void it_ends_as_it_is_ended(void **state)
{
    struct fetch_request request = {0};
    struct err err;
    long status = 0;

    (void)state;
    stub_say(&kit.server, STUB_CUTS, 200, STREAM_HEADER, "data: a\n\n");
    assert_int_equal(stream(&request, 30000, &status, &err), RETRY);
    assert_string_equal(err.reason, "AWAY");
    assert_int_equal(kit.heard.size, 9);
    kit.refuse = 1;
    assert_int_equal(stream(&request, 30000, &status, &err), FENCED);
    assert_string_equal(err.reason, "STOP");
    stub_say(&kit.server, STUB_SILENT, 200, "", "");
    assert_int_equal(stream(&request, 50, &status, &err), RETRY);
    assert_non_null(strstr(err.text, "nothing came"));
    request.is_over = is_over;
    assert_int_equal(stream(&request, 30000, &status, &err), RETRY);
    assert_string_equal(err.reason, FETCH_OVER);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_kit, close_kit)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_comes_is_the_listeners),
        TEST(any_other_answer_is_gathered),
        TEST(it_ends_as_it_is_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
