// SPDX-License-Identifier: Apache-2.0
// Which headers of a record go no further.
#include "core/secret_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_looks_like_a_credential_goes_no_further(void **state)
{
    static const char *const names[] = {
        "authorization",
        "Authorization",
        "AUTHORIZATION ",
        " authorization",
        "Proxy-Authorization",
        "x-auth-token",
        "X-API-Key",
        "apikey",
        "Cookie",
        "set-cookie",
        "refresh_token",
        "Client-Secret",
        "db.password",
        "\tcookie",
        "x-amz-security-token",
        "session_id",
        "aws-access-key",
        "tls.private_key",
        "Credentials",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!header_goes_no_further(slice_of(names[i]), SLICE_NULL))
            fail_msg("%s goes on", names[i]);
}

static void what_claims_to_be_of_a_dead_letter_goes_no_further(void **state)
{
    (void)state;
    assert_true(header_goes_no_further(slice_of("__connect.errors.topic"), SLICE_NULL));
    assert_true(header_goes_no_further(slice_of(" __Connect.Errors.offset"), SLICE_NULL));
    assert_true(header_goes_no_further(slice_of("__connect.errors."), SLICE_NULL));
    assert_false(header_goes_no_further(slice_of("__connect.error"), SLICE_NULL));
    assert_false(header_goes_no_further(slice_of("x__connect.errors.topic"), SLICE_NULL));
}

static void what_says_a_credential_goes_no_further_whatever_its_name(void **state)
{
    static const char *const secrets[] = {"Bearer x", " basic dTpw", "eyJhbGciOiJFUzI1NiJ9.e30.AA",
                                          "NEGOTIATE YII"};
    static const char *const others[] = {"",    "bearer",           "basically",
                                         "eyJ", "eyJ0 is no token", "00-ab-01"};

    (void)state;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_true(header_goes_no_further(SLICE_LITERAL("other"), slice_of(secrets[i])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(header_goes_no_further(SLICE_LITERAL("other"), slice_of(others[i])));
}

static void everything_else_goes_on(void **state)
{
    static const char *const names[] = {
        "",
        "h",
        "traceparent",
        "tracestate",
        "ce_id",
        "ce_type",
        "__value_schema_id",
        "content-type",
        "author",
        "tok",
        "key",
        "correlation-id",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (header_goes_no_further(slice_of(names[i]), SLICE_NULL))
            fail_msg("%s does not go on", names[i]);
    assert_false(header_goes_no_further(SLICE_NULL, SLICE_NULL));
}

static void a_token_is_looked_for_under_one_name(void **state)
{
    (void)state;
    assert_true(header_is_authorization(slice_of("Authorization")));
    assert_false(header_is_authorization(slice_of("authorization ")));
    assert_false(header_is_authorization(slice_of("proxy-authorization")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_like_a_credential_goes_no_further),
        cmocka_unit_test(what_claims_to_be_of_a_dead_letter_goes_no_further),
        cmocka_unit_test(what_says_a_credential_goes_no_further_whatever_its_name),
        cmocka_unit_test(everything_else_goes_on),
        cmocka_unit_test(a_token_is_looked_for_under_one_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
