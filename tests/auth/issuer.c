// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "auth/issuer.h"
#include "base/time_us.h"

static int64_t clock_of(void *self)
{
    return ((struct issuer *)self)->clock_us;
}

void issuer_open(struct issuer *issuer, char *set)
{
    struct key_set_options options = {.source = {.location = issuer->path, .timeout_ms = 2000},
                                      .refresh_ms = 300000,
                                      .monotonic_us = clock_of,
                                      .self = issuer};
    struct verifier_options verifier = {.issuer = ISSUER, .audience = AUDIENCE};
    struct err err;
    int fd;

    *issuer = (struct issuer){.rsa = made_rsa(2048), .ec = made_ec("P-256")};
    strcpy(issuer->path, "/tmp/jobtrail-keys-XXXXXX");
    fd = mkstemp(issuer->path);
    assert_true(fd >= 0);
    close(fd);
    if (!set)
        set =
            made_set(made_jwk(issuer->rsa, "r", NULL), made_jwk(issuer->ec, "e", NULL), NULL, NULL);
    made_file(issuer->path, set);
    free(set);
    assert_int_equal(key_set_new(&options, &issuer->keys, &err), 0);
    verifier.keys = issuer->keys;
    assert_int_equal(verifier_new(&verifier, &issuer->verifier, &err), 0);
}

void issuer_close(struct issuer *issuer)
{
    verifier_free(issuer->verifier);
    key_set_free(issuer->keys);
    EVP_PKEY_free(issuer->rsa);
    EVP_PKEY_free(issuer->ec);
    unlink(issuer->path);
}

void accepts(struct issuer *issuer, char *token)
{
    struct token *read = NULL;
    struct err err;

    if (verifier_verify(issuer->verifier, slice_of(token), NOW_US, &read, &err))
        fail_msg("%s: %s", err.reason, err.text);
    token_free(read);
    free(token);
}

void refuses(struct issuer *issuer, char *token, const char *reason)
{
    struct token *read = NULL;
    struct err err = {.reason = "accepted"};

    assert_int_equal(verifier_verify(issuer->verifier, slice_of(token), NOW_US, &read, &err),
                     POISON);
    assert_string_equal(err.reason, reason);
    assert_null(read);
    for (const char *at = token; strlen(at) >= 12; at += 12) {
        char piece[13] = {0};

        memcpy(piece, at, 12);
        assert_null(strstr(err.text, piece));
    }
    free(token);
}

char *signed_by(EVP_PKEY *key, const char *kid)
{
    bool is_rsa = EVP_PKEY_is_a(key, "RSA");
    char *header = made_text("{\"alg\":\"%s\",\"kid\":\"%s\"}", is_rsa ? "RS256" : "ES256", kid);
    char *token = made_token(key, is_rsa ? "RS256" : "ES256", header, CLAIMS "}");

    free(header);
    return token;
}

void tells_retry_of(struct issuer *issuer, const char *kid, const char *reason)
{
    char *token = signed_by(issuer->ec, kid);
    struct token *read = NULL;
    struct err err;

    assert_int_equal(verifier_verify(issuer->verifier, slice_of(token), NOW_US, &read, &err),
                     RETRY);
    assert_string_equal(err.reason, reason);
    free(token);
}

void tells_retry(struct issuer *issuer, const char *reason)
{
    tells_retry_of(issuer, "e", reason);
}
