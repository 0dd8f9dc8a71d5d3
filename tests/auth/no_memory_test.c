// SPDX-License-Identifier: Apache-2.0
// Each allocation of reading a key set and verifying a token fails in turn: ours, jansson's and
// OpenSSL's. The answer is then RETRY, never that the token is bad, or good with something missing,
// and nothing is lost or kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/identity.h"
#include "auth/issuer.h"
#include "support/failing_malloc.h"

// This file's calls are wrapped.
static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(size);
}

static void *reallocate(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return realloc(memory, size);
}

static void give_back(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

static char *token_of(struct issuer *issuer, bool is_rsa)
{
    return is_rsa ? made_token(issuer->rsa, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
                               CLAIMS ",\"organization_id\":\"acme\",\"nested\":{\"a\":[1,2]}}")
                  : made_token(issuer->ec, "ES256", "{\"alg\":\"ES256\",\"kid\":\"e\"}",
                               CLAIMS ",\"organization_id\":\"acme\"}");
}

static int verify_from_nothing(const char *path, const char *compact, struct err *err)
{
    static const struct identity_claims where = {"/organization_id", "/role", "/sub", {NULL}};
    struct key_set_options options = {.source = {.location = path}, .refresh_ms = 1000};
    struct verifier_options verifier_options = {.issuer = ISSUER, .audience = AUDIENCE};
    struct verifier *verifier = NULL;
    struct token *token = NULL;
    struct identity who;
    int rc = key_set_new(&options, &verifier_options.keys, err);

    if (!rc)
        rc = verifier_new(&verifier_options, &verifier, err);
    if (!rc)
        rc = verifier_verify(verifier, slice_of(compact), NOW_US, &token, err);
    failing_malloc_never();
    if (!rc) {
        assert_int_equal(identity_read(token, &where, SLICE_LITERAL("acme"), &who), IDENTITY_KNOWN);
        assert_true(slice_equal(who.member, SLICE_LITERAL("ann")));
    }
    token_free(token);
    verifier_free(verifier);
    key_set_free(verifier_options.keys);
    return rc;
}

static void every_allocation_fails_once(void **state)
{
    struct issuer issuer;
    struct err err;

    (void)state;
    issuer_open(&issuer, NULL);
    for (int is_rsa = 0; is_rsa < 2; is_rsa++) {
        char *compact = token_of(&issuer, is_rsa);
        long n = 0;

        assert_int_equal(verify_from_nothing(issuer.path, compact, &err), 0);
        do {
            int rc;

            failing_malloc_after(++n);
            rc = verify_from_nothing(issuer.path, compact, &err);
            if (failing_malloc_happened() && rc) {
                if (rc != RETRY)
                    print_message("%ld: %s\n", n, err.text);
                assert_int_equal(rc, RETRY);
                assert_string_equal(err.reason, "OUT_OF_MEMORY");
            } else {
                assert_int_equal(rc, 0);
            }
        } while (failing_malloc_happened());
        print_message("%ld allocations\n", n - 1);
        assert_true(n > 40);
        free(compact);
    }
    issuer_close(&issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once),
    };

    if (!CRYPTO_set_mem_functions(allocate, reallocate, give_back))
        return 1; // it has allocated before, and keeps its own
    return cmocka_run_group_tests(tests, NULL, NULL);
}
