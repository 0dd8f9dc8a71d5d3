// SPDX-License-Identifier: Apache-2.0
// What the API says when it refuses, in words; what a token says of itself; when to come back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/api/api_problem.h"
#include "cli/api/api_stream.h"
#include "cli/api/token_file.h"
#include "cli/session/token_payload.h"
#include "cli/terminal/exit_code.h"
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

static void told(long status, const char *text, const char *retry_after, enum exit_code code,
                 const char *words)
{
    json_t *json = text ? read_json(text) : NULL;
    struct api_problem_of problem = {.status = status,
                                     .json = json,
                                     .retry_after = retry_after,
                                     .path = SLICE_LITERAL("/organizations/acme/jobs/a%2Fb"),
                                     .organization = "acme",
                                     .job_id = "j\x1b",
                                     .now_us = 0};
    struct err err;
    int rc = api_problem_words(&problem, &err);

    assert_int_equal(exit_code_of(rc, &err), code);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    assert_null(strchr(err.text, '\x1b'));
    json_decref(json);
}

#define NO_SUCH_JOB                                                                                \
    "{\"type\":\"http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job\"}"

static void problems_are_told_in_words(void **state)
{
    (void)state;
    told(401, "{\"detail\":\"TOKEN_EXPIRED\"}", "", EXIT_NO_PERMISSION, "not a signed token");
    told(403, "{\"type\":\"urn:jobtrail:problem:not-creator\"}", "", EXIT_REFUSED,
         "only the member who created");
    told(409, "{\"detail\":\"ALREADY_FINISHED\"}", "", EXIT_REFUSED,
         "already ended (ALREADY_FINISHED)");
    told(409, "{\"title\":\"No\\u001b\",\"detail\":\"LATER\"}", "", EXIT_REFUSED, "refused: No ");
    told(403, NULL, "", EXIT_FAILED, "status 403");
    told(404, NO_SUCH_JOB, "", EXIT_FAILED, "no job j  in acme");
    told(404, "{}", "", EXIT_FAILED, "--organization");
    told(404, "{\"instance\":\"/portal/organizations/acme/jobs/a%2Fb\"}", "", EXIT_FAILED,
         "--organization");
    told(404, "{\"instance\":\"/organizations/acme/jobs/a/b\"}", "", EXIT_FAILED,
         "changes addresses");
    told(404, "{\"instance\":\"/b\"}", "", EXIT_FAILED, "changes addresses");
    told(404, NULL, "", EXIT_FAILED, "is url right");
    told(400, "{\"parameter\":\"p\\u001b\",\"allowed\":\"x\"}", "", EXIT_USAGE,
         "does not take p : expected x");
    told(400, "{\"title\":\"Bad\",\"detail\":\"why\"}", "", EXIT_FAILED, "the API: Bad (400): why");
    told(429, "{\"title\":\"Too many\"}", "3", EXIT_TEMPORARY, "Too many (429): try again in 3 s");
    told(503, NULL, "", EXIT_TEMPORARY, "not now (503): try again later");
    told(504, "[]", "soon", EXIT_TEMPORARY, "try again later");
    told(431, NULL, "", EXIT_NO_PERMISSION, "the token is too long");
    told(501, NULL, "", EXIT_FAILED, "status 501");
    told(302, NULL, "", EXIT_FAILED, "moved (302)");
    told(200, NULL, "", EXIT_FAILED, "is url right");
}

// eyJleHAiOjEwMCwibmJmIjo1MCwibyI6ImEifQ: {"exp":100,"nbf":50,"o":"a"}
static void a_token_speaks_of_itself(void **state)
{
    char words[TOKEN_WORDS_SIZE];
    struct err err;
    json_t *claims;

    (void)state;
    assert_int_equal(token_payload_read(SLICE_LITERAL("h.eyJleHAiOjEwMCwibmJmIjo1MCwibyI6ImEifQ.s"),
                                        &claims, &err),
                     DONE);
    assert_non_null(claims);
    token_payload_words(claims, 99 * US_PER_SECOND, words);
    assert_string_equal(words, "");
    token_payload_words(claims, 100 * US_PER_SECOND, words);
    assert_string_equal(words, "it expired at 1970-01-01T00:01:40Z");
    token_payload_words(claims, 49 * US_PER_SECOND, words);
    assert_string_equal(words, "it is valid from 1970-01-01T00:00:50Z only");
    json_decref(claims);
    claims = read_json("{\"exp\":1e300,\"nbf\":\"x\"}");
    token_payload_words(claims, 0, words);
    assert_string_equal(words, "");
    json_decref(claims);
}

static void what_is_no_token_has_no_claims(void **state)
{
    static const char *const texts[] = {"",        "a",        "a.b", "a.b.c",    "a..c",
                                        "a.W10.c", "a.e30=.c", "..",  "a.e30.c.d"};
    struct err err;
    json_t *claims;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(token_payload_read(slice_of(texts[i]), &claims, &err), DONE);
        if (i + 1 < sizeof texts / sizeof *texts)
            assert_null(claims);
        json_decref(claims);
    }
}

static void a_token_has_its_characters_only(void **state)
{
    struct buffer out = {0};
    struct err err;

    (void)state;
    assert_int_equal(token_check(SLICE_LITERAL(" \n a.B-9_~+/=\r\n"), &out, &err), DONE);
    assert_true(slice_equal(buffer_slice(&out), SLICE_LITERAL("a.B-9_~+/=")));
    assert_int_equal(token_check(SLICE_LITERAL(" \n"), &out, &err), FATAL);
    assert_int_equal(token_check(SLICE_LITERAL("Bearer secret"), &out, &err), FATAL);
    assert_null(strstr(err.text, "secret"));
    assert_int_equal(token_check(SLICE_LITERAL("a\r\nX: y"), &out, &err), FATAL);
    assert_int_equal(token_check(SLICE_LITERAL("a\0b"), &out, &err), FATAL);
    assert_int_equal(token_file_read("/dev/zero", &out, &err), FATAL);
    assert_int_equal(token_file_read("/none/such", &out, &err), FATAL);
    assert_string_equal(err.reason, "CONFIGURATION");
    buffer_free(&out);
}

static void waiting_grows_to_its_bound(void **state)
{
    (void)state;
    for (unsigned failures = 0; failures < 100; failures++) {
        int64_t most = failures < 5 ? INT64_C(1000) << failures : 30000;

        assert_int_equal(api_stream_backoff_ms(1000, failures, 0), most);
        for (uint64_t random = 1; random < 99999; random += 977) {
            int64_t wait = api_stream_backoff_ms(1000, failures, random);

            assert_true(wait >= most / 2 && wait <= most);
        }
    }
    assert_int_equal(api_stream_backoff_ms(0, 0, 0), 1);
    assert_int_equal(api_stream_backoff_ms(999999999, 0, 0), 30000);
    assert_int_equal(api_stream_backoff_ms(1, UINT32_MAX, 0), 30000);
}

static void a_list_without_its_place_may_be_of_a_server_that_has_just_started(void **state)
{
    struct api_answer list = {.stream_from = {.value = "7"}};
    struct err err;

    (void)state;
    assert_int_equal(api_stream_require(&list, &err), DONE);
    *list.stream_from.value = '\0';
    assert_int_equal(api_stream_require(&list, &err), RETRY);
    assert_string_equal(err.reason, "NO_STREAM");
}

static void no_memory_is_an_error(void **state)
{
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        struct buffer out = {0};
        json_t *claims = NULL;
        struct err err;
        int rc;

        failing_malloc_after(nth);
        rc = token_payload_read(SLICE_LITERAL("h.eyJleHAiOjEwMH0.s"), &claims, &err);
        if (!rc)
            rc = token_check(SLICE_LITERAL("a"), &out, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, failed ? RETRY : DONE);
        json_decref(claims);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_told_in_words),
        cmocka_unit_test(a_token_speaks_of_itself),
        cmocka_unit_test(what_is_no_token_has_no_claims),
        cmocka_unit_test(a_token_has_its_characters_only),
        cmocka_unit_test(waiting_grows_to_its_bound),
        cmocka_unit_test(a_list_without_its_place_may_be_of_a_server_that_has_just_started),
        cmocka_unit_test(no_memory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
