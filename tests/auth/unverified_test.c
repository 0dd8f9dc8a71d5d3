// SPDX-License-Identifier: Apache-2.0
// What a token says of itself: when it ends and whose it is, or nothing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/base64url.h"
#include "auth/unverified.h"

static bool look(const char *claims, int64_t *ends_s, char subject[TOKEN_SUBJECT_SIZE])
{
    struct buffer token;
    bool seen;

    buffer_init(&token);
    buffer_append_text(&token, "eyJhbGciOiJSUzI1NiJ9.");
    base64url_encode(slice_of(claims), &token);
    buffer_append_text(&token, ".c2lnbmF0dXJl");
    seen = token_look(buffer_slice(&token), ends_s, subject);
    buffer_free(&token);
    return seen;
}

static void end_and_subject_are_seen(void **state)
{
    char subject[TOKEN_SUBJECT_SIZE];
    int64_t ends_s;

    (void)state;
    assert_true(look("{\"exp\":1700000000,\"sub\":\"jobtrail\"}", &ends_s, subject));
    assert_int_equal(ends_s, 1700000000);
    assert_string_equal(subject, "jobtrail");
    assert_true(look("{\"exp\":1700000000.5}", &ends_s, subject));
    assert_int_equal(ends_s, 1700000000);
    assert_string_equal(subject, "");
}

static void what_says_no_end_is_none(void **state)
{
    static const char *const claims[] = {"{\"sub\":\"jobtrail\"}",
                                         "{\"exp\":\"1700000000\"}",
                                         "{\"exp\":-1}",
                                         "{\"exp\":1e300}",
                                         "[1]",
                                         "no JSON"};
    static const char *const texts[] = {"", "opaque", ".", "..", "a.b.c", "a.b"};
    char subject[TOKEN_SUBJECT_SIZE];
    int64_t ends_s;

    (void)state;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        assert_false(look(claims[i], &ends_s, subject));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(token_look(slice_of(texts[i]), &ends_s, subject));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_and_subject_are_seen),
        cmocka_unit_test(what_says_no_end_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
