// SPDX-License-Identifier: Apache-2.0
// What a token must claim: issuer, audience and times, at the moment that its reader names.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "auth/issuer.h"

static struct issuer issuer; // opened once: making keys takes its time

static char *es256_claims(const char *payload)
{
    return made_token(issuer.ec, "ES256", "{\"alg\":\"ES256\",\"kid\":\"e\"}", payload);
}

static const struct claim_case {
    const char *payload, *reason;
} claim_cases[] = {
#define ISS "\"iss\":\"" ISSUER "\""
#define AUD "\"aud\":\"" AUDIENCE "\""
#define EXP "\"exp\":1800000300"
    {"{" AUD "," EXP "}", "TOKEN_ISSUER"},
    {"{\"iss\":\"" ISSUER "/\"," AUD "," EXP "}", "TOKEN_ISSUER"},
    {"{\"iss\":\"https://issuer.exampl\"," AUD "," EXP "}", "TOKEN_ISSUER"},
    {"{\"iss\":\"HTTPS://issuer.example\"," AUD "," EXP "}", "TOKEN_ISSUER"},
    {"{\"iss\":[\"" ISSUER "\"]," AUD "," EXP "}", "TOKEN_ISSUER"},
    {"{" ISS "," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":\"jobtrai\"," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":\"jobtrail2\"," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":\"\"," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":[]," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":[\"other\"]," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":[[\"jobtrail\"]]," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":{\"jobtrail\":true}," EXP "}", "TOKEN_AUDIENCE"},
    {"{" ISS ",\"aud\":[\"other\",\"jobtrail\"]," EXP "}", NULL},
    {"{" ISS "," AUD "}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":\"1800000300\"}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":null}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":true}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":-1}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":9e15}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":9223372036854775807}", "TOKEN_CLAIM"},
    {"{" ISS "," AUD ",\"exp\":9223372036854775808}", "TOKEN_MALFORMED"},
    {"{" ISS "," AUD ",\"exp\":1e999}", "TOKEN_MALFORMED"},
    {"{" ISS "," AUD ",\"exp\":NaN}", "TOKEN_MALFORMED"},
    {"{" ISS "," AUD ",\"exp\":1800000000.5}", NULL},
    {"{" ISS "," AUD ",\"exp\":0}", "TOKEN_EXPIRED"},
    {"{" ISS "," AUD ",\"exp\":1799999940}", "TOKEN_EXPIRED"},
    {"{" ISS "," AUD ",\"exp\":1799999941}", NULL},
    {CLAIMS ",\"nbf\":1800000060}", NULL},
    {CLAIMS ",\"nbf\":1800000061}", "TOKEN_NOT_YET_VALID"},
    {CLAIMS ",\"nbf\":\"1\"}", "TOKEN_CLAIM"},
    {CLAIMS ",\"nbf\":null}", "TOKEN_CLAIM"},
    {CLAIMS ",\"iat\":1800000060}", NULL},
    {CLAIMS ",\"iat\":1800000061}", "TOKEN_NOT_YET_VALID"},
    {CLAIMS ",\"iat\":{}}", "TOKEN_CLAIM"},
};

static void issuer_audience_and_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof claim_cases / sizeof *claim_cases; i++) {
        char *token = es256_claims(claim_cases[i].payload);

        print_message("%s\n", claim_cases[i].payload);
        if (claim_cases[i].reason)
            refuses(&issuer, token, claim_cases[i].reason);
        else
            accepts(&issuer, token);
    }
}

static void the_moment_is_the_callers(void **state)
{
    char *token = es256_claims(CLAIMS ",\"nbf\":1800000000}");
    struct token *read = NULL;
    int64_t ends_at_us;
    struct err err;

    (void)state;
    assert_int_equal(verifier_verify(issuer.verifier, slice_of(token),
                                     NOW_US - 61 * INT64_C(1000000), &read, &err),
                     POISON);
    assert_string_equal(err.reason, "TOKEN_NOT_YET_VALID");
    assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), INT64_MIN, &read, &err),
                     POISON);
    assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), INT64_MAX, &read, &err),
                     POISON);
    assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), NOW_US, &read, &err), 0);
    assert_int_equal(token_expires_at_us(read), INT64_C(1800000300000000));
    // One judgement: what lasts ends when it could not begin any more, and not before.
    ends_at_us = token_ends_at_us(read);
    token_free(read);
    assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), ends_at_us - 1, &read, &err),
                     DONE);
    token_free(read);
    assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), ends_at_us, &read, &err),
                     POISON);
    assert_string_equal(err.reason, "TOKEN_EXPIRED");
    free(token);
}

static int open_issuer(void **state)
{
    (void)state;
    issuer_open(&issuer, NULL);
    return 0;
}

static int close_issuer(void **state)
{
    (void)state;
    issuer_close(&issuer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issuer_audience_and_times),
        cmocka_unit_test(the_moment_is_the_callers),
    };

    return cmocka_run_group_tests(tests, open_issuer, close_issuer);
}
