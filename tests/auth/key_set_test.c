// SPDX-License-Identifier: Apache-2.0
// Which keys are taken from a set, and how the set is kept fresh from a file.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/issuer.h"
#include "base/time_us.h"

static size_t usable_in(char *set)
{
    struct keys *keys = NULL;
    struct err err;
    size_t count;

    assert_int_equal(keys_read(slice_of(set), &keys, &err), 0);
    count = keys_count(keys);
    keys_let_go(keys);
    free(set);
    return count;
}

static void only_usable_keys_are_kept(void **state)
{
    static const char *const fine[] = {NULL,
                                       "\"use\":\"sig\"",
                                       "\"key_ops\":[\"verify\"]",
                                       "\"key_ops\":[\"sign\",\"verify\"]",
                                       "\"alg\":\"ES256\"",
                                       "\"x5c\":[\"ignored\"]"};
    static const char *const wrong[] = {
        "\"use\":\"enc\"",        "\"use\":7",        "\"use\":null",      "\"key_ops\":[\"sign\"]",
        "\"key_ops\":\"verify\"", "\"key_ops\":[]",   "\"alg\":\"ES384\"", "\"alg\":\"RS256\"",
        "\"alg\":\"HS256\"",      "\"alg\":\"none\"", "\"alg\":7",         "\"kid\":7",
        "\"kid\":\"\"",           "\"d\":\"AAAA\"",   "\"k\":\"AAAA\""};
    EVP_PKEY *ec = made_ec("P-256"), *p384 = made_ec("P-384"), *weak = made_rsa(1024);

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_int_equal(usable_in(made_set(made_jwk(ec, NULL, fine[i]), NULL, NULL, NULL)), 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(usable_in(made_set(made_jwk(ec, NULL, wrong[i]), NULL, NULL, NULL)), 0);
    assert_int_equal(usable_in(made_set(made_jwk(p384, "p", NULL), NULL, NULL, NULL)), 0);
    assert_int_equal(usable_in(made_set(made_jwk(weak, "w", NULL), NULL, NULL, NULL)), 0);
    assert_int_equal(usable_in(made_set(made_private_jwk(ec, "s"), NULL, NULL, NULL)), 0);
    assert_int_equal(usable_in(strdup("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"},7,null,{},"
                                      "{\"kty\":\"RSA\"},{\"kty\":\"EC\",\"crv\":\"P-256\"},"
                                      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}")),
                     0);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(weak);
}

static void numbers_that_make_no_key(void **state)
{
    EVP_PKEY *rsa = made_rsa(2048), *ec = made_ec("P-256");
    char *good = made_jwk(rsa, NULL, NULL), *curve = made_jwk(ec, NULL, NULL), *at;
    static const char *const exponents[] = {"AQ", "Ag", "AA", "AAAAAQ", "AQAAAAAAAAAB", "AQA="};

    (void)state;
    at = strstr(good, ",\"e\":");
    assert_non_null(at);
    for (size_t i = 0; i < sizeof exponents / sizeof *exponents; i++)
        assert_int_equal(usable_in(made_set(
                             made_text("%.*s,\"e\":\"%s\"}", (int)(at - good), good, exponents[i]),
                             NULL, NULL, NULL)),
                         0);
    assert_int_equal(usable_in(made_set(good, NULL, NULL, NULL)), 1);
    at = strstr(curve, "\"y\":\"") + 5;
    *at = *at == 'A' ? 'B' : 'A'; // off the curve
    assert_int_equal(usable_in(made_set(curve, NULL, NULL, NULL)), 0);
    for (const char *fill = "A_8"; *fill; fill++) { // nothing, past the field, anywhere
        char coordinate[44] = {0};

        memset(coordinate, *fill, 42);
        coordinate[42] = *fill == '_' ? '8' : 'A';
        assert_int_equal(
            usable_in(made_set(made_text("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\","
                                         "\"y\":\"%s\"}",
                                         coordinate, coordinate),
                               NULL, NULL, NULL)),
            0);
    }
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
}

static void texts_that_are_no_set(void **state)
{
    static const char *const texts[] = {"",
                                        "[]",
                                        "7",
                                        "{}",
                                        "{\"keys\":{}}",
                                        "{\"keys\":[]",
                                        "{\"keys\":[],\"keys\":[]}",
                                        "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}"};
    char *many = strdup("{\"keys\":[0");
    struct keys *keys = NULL;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(keys_read(slice_of(texts[i]), &keys, &err), POISON);
    for (int i = 0; i < KEYS_MAX; i++) {
        char *longer = made_text("%s,%d", many, i);

        free(many);
        many = longer;
    }
    assert_int_equal(usable_in(strdup("{\"keys\":[]}")), 0);
    assert_int_equal(keys_read(slice_of(many), &keys, &err), POISON);
    free(many);
}

static void write_set(struct issuer *issuer, char *set)
{
    made_file(issuer->path, set);
    free(set);
}

static void a_file_is_read_again_when_it_changed(void **state)
{
    struct issuer issuer;
    EVP_PKEY *next = made_ec("P-256");

    (void)state;
    issuer_open(&issuer, NULL);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    refuses(&issuer, signed_by(next, "n"), "TOKEN_KEY_UNKNOWN");
    write_set(&issuer, made_set(made_jwk(next, "n", NULL), NULL, NULL, NULL));
    accepts(&issuer, signed_by(issuer.ec, "e")); // not yet looked at
    issuer.clock_us += 1 * US_PER_SECOND;
    accepts(&issuer, signed_by(next, "n"));
    refuses(&issuer, signed_by(issuer.ec, "e"), "TOKEN_KEY_UNKNOWN");
    made_file(issuer.path, "{\"keys\":["); // what cannot be read changes nothing
    issuer.clock_us += 1 * US_PER_SECOND;
    accepts(&issuer, signed_by(next, "n"));
    unlink(issuer.path);
    issuer.clock_us += 1 * US_PER_SECOND;
    accepts(&issuer, signed_by(next, "n"));
    write_set(&issuer, strdup("{\"keys\":[]}")); // this says that no key is good any more
    issuer.clock_us += 1 * US_PER_SECOND;
    refuses(&issuer, signed_by(next, "n"), "TOKEN_KEY_UNKNOWN");
    issuer_close(&issuer);
    EVP_PKEY_free(next);
}

static void a_file_missing_at_first_is_waited_for(void **state)
{
    struct issuer issuer;

    (void)state;
    issuer_open(&issuer, NULL);
    unlink(issuer.path);
    tells_retry(&issuer, "KEY_SET_UNREACHABLE");
    made_file(issuer.path, "no set");
    issuer.clock_us += 1 * US_PER_SECOND;
    tells_retry(&issuer, "KEY_SET_UNREACHABLE");
    write_set(&issuer, made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL));
    tells_retry(&issuer, "KEY_SET_UNREACHABLE"); // once a second
    issuer.clock_us += 1 * US_PER_SECOND;
    accepts(&issuer, signed_by(issuer.ec, "e"));
    issuer_close(&issuer);
}

static void *verify_many(void *self)
{
    struct issuer *issuer = self;

    for (int i = 0; i < 40; i++)
        accepts(issuer, signed_by(issuer->ec, "e"));
    return NULL;
}

static void threads_share_a_key_set_that_changes(void **state)
{
    struct issuer issuer;
    pthread_t threads[3];

    (void)state;
    issuer_open(&issuer, NULL);
    verifier_free(issuer.verifier);
    key_set_free(issuer.keys);
    struct key_set_options options = {.source = {.location = issuer.path}}; // the machine's clock
    struct verifier_options verifier = {.issuer = ISSUER, .audience = AUDIENCE};
    struct err err;

    assert_int_equal(key_set_new(&options, &issuer.keys, &err), 0);
    verifier.keys = issuer.keys;
    assert_int_equal(verifier_new(&verifier, &issuer.verifier, &err), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_many, &issuer), 0);
    for (int i = 0; i < 10; i++)
        write_set(&issuer, made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    issuer_close(&issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_usable_keys_are_kept),
        cmocka_unit_test(numbers_that_make_no_key),
        cmocka_unit_test(texts_that_are_no_set),
        cmocka_unit_test(a_file_is_read_again_when_it_changed),
        cmocka_unit_test(a_file_missing_at_first_is_waited_for),
        cmocka_unit_test(threads_share_a_key_set_that_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
