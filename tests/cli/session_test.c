// SPDX-License-Identifier: Apache-2.0
// What a sign-in takes over from an issuer, and what it refuses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "auth/base64url.h"
#include "auth/pkce.h"
#include "base/time_us.h"
#include "cli/session/id_token.h"
#include "cli/session/sign_in.h"
#include "support/failing_malloc.h"
#include "json/parse.h"

static const int64_t now_us = INT64_C(1795446000) * US_PER_SECOND;

static json_t *parsed(const char *text)
{
    json_error_t error;
    bool no_memory;
    json_t *json = json_parse(slice_of(text), &error, &no_memory);

    assert_non_null(json);
    return json;
}

// An answer of a token endpoint whose ID token has these claims.
static json_t *answer_of(const char *claims)
{
    struct buffer token = {0};
    json_t *answer;

    buffer_append_text(&token, "e30.");
    base64url_encode(slice_of(claims), &token);
    buffer_append_text(&token, ".e30");
    answer = json_object();
    assert_int_equal(json_object_set_new(answer, "id_token", json_stringn(token.data, token.size)),
                     0);
    buffer_free(&token);
    return answer;
}

static int check(const char *id_claims, const char *nonce, struct err *err)
{
    struct id_token_expected expected = {"https://issuer", "jobs", nonce, nonce ? NULL : "ada",
                                         now_us};
    json_t *answer = answer_of(id_claims), *claims;
    int rc = id_token_check(answer, &expected, &claims, err);

    assert_true(!rc == !!claims);
    json_decref(claims);
    json_decref(answer);
    return rc;
}

#define MINE  "\"iss\":\"https://issuer\",\"aud\":\"jobs\""
#define HERS  ",\"sub\":\"ada\""
#define LASTS HERS ",\"iat\":1795446000,\"exp\":1795446300"

static void refuses(const char *claims, const char *nonce, const char *words)
{
    struct err err;

    assert_int_equal(check(claims, nonce, &err), FATAL);
    assert_string_equal(err.reason, "NOT_AUTHENTICATED");
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void an_id_token_is_of_this_sign_in(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(check("{" MINE LASTS "}", NULL, &err), DONE);
    assert_int_equal(check("{" MINE LASTS ",\"nonce\":\"n\"}", "n", &err), DONE);
    assert_int_equal(
        check("{\"iss\":\"https://issuer\",\"aud\":[\"a\",\"jobs\"],\"azp\":\"jobs\"" LASTS "}",
              NULL, &err),
        DONE);
    refuses("{" MINE LASTS "}", "n", "another sign-in");
    refuses("{\"iss\":\"https://other\",\"aud\":\"jobs\"" LASTS "}", NULL, "another issuer");
    refuses("{\"iss\":\"https://issuer\",\"aud\":\"page\"" LASTS "}", NULL, "another client");
    refuses("{\"iss\":\"https://issuer\",\"aud\":[\"jobs\",\"a\"]" LASTS "}", NULL,
            "another client");
    refuses("{" MINE ",\"sub\":\"ben\",\"iat\":1795446000,\"exp\":1795446300}", NULL,
            "another member");
    refuses("{" MINE ",\"iat\":1795446000,\"exp\":1795446300}", NULL, "another member");
    refuses("{" MINE HERS ",\"iat\":1795446000}", NULL, "does not say when");
    refuses("{" MINE HERS ",\"iat\":\"now\",\"exp\":1795446300}", NULL, "does not say when");
    refuses("{" MINE HERS ",\"iat\":1795447000,\"exp\":1795448000}", NULL,
            "behind the issuer's by 1000 s");
    refuses("{" MINE HERS ",\"iat\":1795444000,\"exp\":1795445000}", NULL,
            "ahead of the issuer's by 1000 s");
    refuses("[]", NULL, "cannot be read");
}

static json_t *taken(json_t *sign_in, const char *answer)
{
    json_t *tokens = parsed(answer);
    struct err err;

    assert_int_equal(sign_in_take(sign_in, tokens, now_us, &err), DONE);
    json_decref(tokens);
    return sign_in;
}

static bool is_due(const json_t *sign_in, int seconds)
{
    return sign_in_is_due(sign_in, now_us + seconds * US_PER_SECOND);
}

static void tokens_are_renewed_before_they_end(void **state)
{
    json_t *sign_in = taken(json_object(), "{\"access_token\":\"a\",\"token_type\":\"Bearer\","
                                           "\"expires_in\":300,\"refresh_token\":\"r\"}");

    (void)state;
    assert_false(is_due(sign_in, 269));
    assert_true(is_due(sign_in, 270));
    assert_false(sign_in_has_ended(sign_in, now_us + 299 * US_PER_SECOND));
    assert_true(sign_in_has_ended(sign_in, now_us + 300 * US_PER_SECOND));
    taken(sign_in, "{\"access_token\":\"b\",\"token_type\":\"bearer\",\"expires_in\":20}");
    assert_false(is_due(sign_in, 9));
    assert_true(is_due(sign_in, 10));
    assert_string_equal(sign_in_text(sign_in, SIGN_IN_ACCESS), "b");
    assert_string_equal(sign_in_text(sign_in, SIGN_IN_REFRESH), "r"); // it did not come again
    taken(sign_in, "{\"access_token\":\"c\",\"token_type\":\"bearer\",\"expires_in\":1e300}");
    assert_false(is_due(sign_in, 1000000));
    // {"exp":1795449600}, an hour
    taken(sign_in,
          "{\"access_token\":\"e30.eyJleHAiOjE3OTU0NDk2MDB9.x\",\"token_type\":\"bearer\"}");
    assert_false(is_due(sign_in, 3569));
    assert_true(is_due(sign_in, 3570));
    taken(sign_in, "{\"access_token\":\"d\",\"token_type\":\"bearer\",\"expires_in\":-5}");
    assert_true(is_due(sign_in, 30));
    json_decref(sign_in);
}

static void what_is_no_bearer_token_is_refused(void **state)
{
    static const char *const wrong[] = {"{}", "{\"access_token\":\"a\",\"token_type\":\"DPoP\"}",
                                        "{\"access_token\":7,\"token_type\":\"Bearer\"}"};
    json_t *sign_in = json_object();
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *tokens = parsed(wrong[i]);

        assert_int_equal(sign_in_take(sign_in, tokens, now_us, &err), FATAL);
        json_decref(tokens);
    }
    assert_int_equal(json_object_size(sign_in), 0);
    json_decref(sign_in);
}

static void no_memory_is_told(void **state)
{
    json_t *tokens = parsed("{\"access_token\":\"e30.eyJleHAiOjE3OTU0NDk2MDB9.x\","
                            "\"token_type\":\"Bearer\",\"refresh_token\":\"r\"}");
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        json_t *sign_in = json_object();
        struct err err;
        int rc;

        failing_malloc_after(nth);
        rc = sign_in_take(sign_in, tokens, now_us, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, failed ? RETRY : DONE);
        json_decref(sign_in);
    }
    json_decref(tokens);
}

// RFC 7636, appendix B.
static void a_challenge_is_that_of_its_verifier(void **state)
{
    char challenge[UNGUESSABLE_SIZE], one[UNGUESSABLE_SIZE], other[UNGUESSABLE_SIZE];

    (void)state;
    pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", challenge);
    assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    unguessable(one);
    unguessable(other);
    assert_int_equal(strlen(one), UNGUESSABLE_SIZE - 1);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_token_is_of_this_sign_in),
        cmocka_unit_test(tokens_are_renewed_before_they_end),
        cmocka_unit_test(what_is_no_bearer_token_is_refused),
        cmocka_unit_test(no_memory_is_told),
        cmocka_unit_test(a_challenge_is_that_of_its_verifier),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
