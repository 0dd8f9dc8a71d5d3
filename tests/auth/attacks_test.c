// SPDX-License-Identifier: Apache-2.0
// One test for each known attack on a signed token, and for each rule that its form is held to.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "auth/issuer.h"

static struct issuer issuer; // opened once: making keys takes its time

static char *rs256(const char *header, const char *payload)
{
    return made_token(issuer.rsa, "RS256", header, payload);
}

static char *es256_claims(const char *payload)
{
    return made_token(issuer.ec, "ES256", "{\"alg\":\"ES256\",\"kid\":\"e\"}", payload);
}

static char *es256_made(char *payload)
{
    char *token = es256_claims(payload);

    free(payload);
    return token;
}

static char *with_more(char *token, const char *more)
{
    char *longer = made_text("%s%s", token, more);

    free(token);
    return longer;
}

static void what_is_right_is_accepted(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"RS256\",\"kid\":\"r\"}",
        "{\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"RS256\",\"typ\":\"jwt\"}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}",
        "{\"alg\":\"RS256\",\"typ\":\"Application/AT+JWT\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        accepts(&issuer, rs256(headers[i], CLAIMS "}"));
    accepts(&issuer,
            made_token(issuer.rsa, "PS256", "{\"alg\":\"PS256\",\"kid\":\"r\"}", CLAIMS "}"));
    accepts(&issuer, es256_claims(CLAIMS "}"));
}

static void alg_none_in_any_case(void **state)
{
    static const char *const names[] = {"none", "None", "NONE", "nOnE", "", "rs256", "RS256 "};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *header = made_text("{\"alg\":\"%s\",\"kid\":\"r\"}", names[i]);
        char *token = rs256(header, CLAIMS "}");
        char *bare = strdup(token);

        *(strrchr(bare, '.') + 1) = '\0';
        refuses(&issuer, token, "TOKEN_ALGORITHM");
        refuses(&issuer, bare, "TOKEN_MALFORMED");
        free(header);
    }
    refuses(&issuer, rs256("{\"kid\":\"r\"}", CLAIMS "}"), "TOKEN_ALGORITHM");
    refuses(&issuer, rs256("{\"alg\":null}", CLAIMS "}"), "TOKEN_ALGORITHM");
    refuses(&issuer, rs256("{\"alg\":[\"RS256\"]}", CLAIMS "}"), "TOKEN_ALGORITHM");
    refuses(&issuer, rs256("{\"alg\":\"RS384\"}", CLAIMS "}"), "TOKEN_ALGORITHM");
    refuses(&issuer, rs256("{\"alg\":\"RS256\\u0000\"}", CLAIMS "}"), "TOKEN_MALFORMED");
}

static void hs256_signed_with_the_public_key(void **state)
{
    static const char *const names[] = {"HS256", "HS384", "HS512"};
    char *secrets[] = {made_pem(issuer.rsa), made_jwk(issuer.rsa, "r", NULL),
                       made_jwk(issuer.rsa, NULL, NULL)};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t name = 0; name < 3; name++) {
            char *header = made_text("{\"alg\":\"%s\",\"kid\":\"r\"}", names[name]);

            refuses(&issuer, made_hmac_token(slice_of(secrets[i]), header, CLAIMS "}"),
                    "TOKEN_ALGORITHM");
            free(header);
        }
        refuses(
            &issuer,
            made_hmac_token(slice_of(secrets[i]), "{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS "}"),
            "TOKEN_SIGNATURE");
        free(secrets[i]);
    }
}

static void kid_tricks(void **state)
{
    static const char *const ids[] = {
        "unknown", "../../dev/null", "/dev/null", "r' or '1'='1", "R", "r ", "e", "|r"};
    char *long_id = calloc(1, 9000), *header;

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        header = made_text("{\"alg\":\"RS256\",\"kid\":\"%s\"}", ids[i]);
        refuses(&issuer, rs256(header, CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
        free(header);
    }
    memset(long_id, 'r', 8999);
    header = made_text("{\"alg\":\"RS256\",\"kid\":\"%s\"}", long_id);
    refuses(&issuer, rs256(header, CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
    free(header);
    free(long_id);
    refuses(&issuer, rs256("{\"alg\":\"RS256\",\"kid\":\"\"}", CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
    refuses(&issuer, rs256("{\"alg\":\"RS256\",\"kid\":7}", CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
    refuses(&issuer, rs256("{\"alg\":\"RS256\",\"kid\":null}", CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
    refuses(&issuer, rs256("{\"alg\":\"RS256\",\"kid\":\"r\\u0000\"}", CLAIMS "}"),
            "TOKEN_MALFORMED");
}

static void a_key_brought_along_is_not_used(void **state)
{
    EVP_PKEY *own = made_rsa(2048);
    char *jwk = made_jwk(own, "r", NULL);
    char *headers[] = {
        made_text("{\"alg\":\"RS256\",\"kid\":\"r\",\"jwk\":%s}", jwk),
        made_text("{\"alg\":\"RS256\",\"jwk\":%s}", jwk),
        made_text("{\"alg\":\"RS256\",\"kid\":\"r\",\"jku\":\"http://127.0.0.1:1/keys\"}"),
        made_text("{\"alg\":\"RS256\",\"kid\":\"r\",\"x5u\":\"http://127.0.0.1:1/cert\"}"),
        made_text("{\"alg\":\"RS256\",\"kid\":\"r\",\"x5c\":[\"MIIB\"]}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        refuses(&issuer, made_token(own, "RS256", headers[i], CLAIMS "}"), "TOKEN_SIGNATURE");
        accepts(&issuer, rs256(headers[i], CLAIMS "}")); // ignored, not obeyed
        free(headers[i]);
    }
    free(jwk);
    EVP_PKEY_free(own);
}

static void crit_is_refused_whatever_it_names(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"RS256\",\"crit\":[]}",
        "{\"alg\":\"RS256\",\"crit\":null}",
        "{\"alg\":\"RS256\",\"crit\":\"alg\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        refuses(&issuer, rs256(headers[i], CLAIMS "}"), "TOKEN_CRITICAL");
}

static void a_type_of_something_else(void **state)
{
    static const char *const types[] = {"\"id_token+jwt\"",
                                        "\"dpop+jwt\"",
                                        "\"JWE\"",
                                        "\"\"",
                                        "\"application/\"",
                                        "null",
                                        "[\"JWT\"]",
                                        "\"text/application/JWT\"",
                                        "7"};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char *header = made_text("{\"alg\":\"RS256\",\"typ\":%s}", types[i]);

        refuses(&issuer, rs256(header, CLAIMS "}"), "TOKEN_TYPE");
        free(header);
    }
}

static void the_wrong_kind_of_key(void **state)
{
    EVP_PKEY *p384 = made_ec("P-384");

    (void)state;
    refuses(&issuer, rs256("{\"alg\":\"RS256\",\"kid\":\"e\"}", CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
    refuses(&issuer, rs256("{\"alg\":\"ES256\",\"kid\":\"r\"}", CLAIMS "}"), "TOKEN_KEY_UNKNOWN");
    refuses(&issuer, rs256("{\"alg\":\"ES256\",\"kid\":\"e\"}", CLAIMS "}"), "TOKEN_SIGNATURE");
    refuses(&issuer, rs256("{\"alg\":\"PS256\",\"kid\":\"r\"}", CLAIMS "}"), "TOKEN_SIGNATURE");
    refuses(&issuer, made_token(p384, "ES384", "{\"alg\":\"ES384\",\"kid\":\"e\"}", CLAIMS "}"),
            "TOKEN_ALGORITHM");
    refuses(&issuer, made_token(p384, "ES384", "{\"alg\":\"ES256\",\"kid\":\"e\"}", CLAIMS "}"),
            "TOKEN_SIGNATURE");
    EVP_PKEY_free(p384);
}

// Both numbers of an ECDSA signature have a range, which begins at 1.
static void a_signature_of_zeros(void **state)
{
    static const char zeros[64];
    char *token = es256_claims(CLAIMS "}"), *zero = made_base64url(zeros, sizeof zeros);

    (void)state;
    strcpy(strrchr(token, '.') + 1, zero);
    refuses(&issuer, token, "TOKEN_SIGNATURE");
    free(zero);
}

static void a_signature_cut_stripped_or_changed(void **state)
{
    char *good = rs256("{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS "}");
    size_t signature = (size_t)(strrchr(good, '.') + 1 - good), size = strlen(good);

    (void)state;
    for (size_t i = 0; i < 40; i++) { // a bit somewhere in any part
        char *token = strdup(good);
        struct token *read = NULL;
        struct err err;
        size_t at = i * (size - 2) / 40; // the last character has bits that mean nothing

        if (token[at] != '.') {
            token[at] = token[at] == 'A' ? 'B' : 'A';
            assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), NOW_US, &read, &err),
                             POISON);
        }
        free(token);
    }
    for (size_t cut = 4; signature + cut < size; cut += 60) {
        char *token = strndup(good, size - cut);
        struct token *read = NULL;
        struct err err;

        assert_int_equal(verifier_verify(issuer.verifier, slice_of(token), NOW_US, &read, &err),
                         POISON);
        free(token);
    }
    refuses(&issuer, strndup(good, signature), "TOKEN_MALFORMED");
    refuses(&issuer, strndup(good, signature - 1), "TOKEN_MALFORMED");
    free(good);
}

static void a_payload_exchanged(void **state)
{
    char *one = rs256("{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS "}");
    char *two = rs256("{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS ",\"role\":\"Administrator\"}");

    (void)state;
    refuses(&issuer, made_text("%.*s%s", (int)(strrchr(two, '.') - two), two, strrchr(one, '.')),
            "TOKEN_SIGNATURE");
    free(one);
    free(two);
}

static void texts_that_are_not_quite_a_token(void **state)
{
    static const char *const formats[] = {"%s.", ".%s",  "%s.e30", " %s",  "%s ",       "%s\n",
                                          "%s=", "%s==", "\t%s",   "%s\r", "Bearer %s", "%s\x80"};
    char *good = rs256("{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS "}");
    struct token *read = NULL;
    struct err err;

    (void)state;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        refuses(&issuer, made_text(formats[i], good), "TOKEN_MALFORMED");
#pragma GCC diagnostic pop
    assert_int_equal(verifier_verify(issuer.verifier, (struct slice){good, strlen(good) + 1},
                                     NOW_US, &read, &err),
                     POISON); // its NUL is no part of it
    assert_int_equal(verifier_verify(issuer.verifier, SLICE_NULL, NOW_US, &read, &err), POISON);
    refuses(&issuer, strdup(""), "TOKEN_MALFORMED");
    refuses(&issuer, strdup(".."), "TOKEN_MALFORMED");
    refuses(&issuer, strdup("e30.e30.e30"), "TOKEN_ALGORITHM");
    refuses(&issuer, strdup("bnVsbA.e30.e30"), "TOKEN_MALFORMED");
    free(good);
}

// The payload alone is not decoded before the signature is verified.
static void padding_in_the_middle_of_a_part(void **state)
{
    (void)state;
    for (size_t part = 0; part < 3; part++) {
        for (size_t place = 1; place < 6; place++) {
            char *token = es256_claims(CLAIMS "}"), *at = token;

            for (size_t i = 0; i < part; i++)
                at = strchr(at, '.') + 1;
            at[place] = '=';
            refuses(&issuer, token, part == 1 ? "TOKEN_SIGNATURE" : "TOKEN_MALFORMED");
        }
    }
}

static void a_signature_with_bytes_too_many(void **state)
{
    (void)state;
    refuses(&issuer, with_more(es256_claims(CLAIMS "}"), "AA"), "TOKEN_SIGNATURE");
    refuses(&issuer, with_more(es256_claims(CLAIMS "}"), "A"), "TOKEN_SIGNATURE");
    refuses(&issuer, with_more(rs256("{\"alg\":\"RS256\"}", CLAIMS "}"), "AA"), "TOKEN_SIGNATURE");
}

// The same bytes in another text: the last character's spare bits are not 0.
static void base64_with_bits_left_over(void **state)
{
    char *token = es256_claims(CLAIMS "}"), *last = token + strlen(token) - 1;

    (void)state;
    (*last)++; // 64 bytes leave 4 bits that must be 0
    refuses(&issuer, token, "TOKEN_MALFORMED");
}

static void members_given_twice(void **state)
{
    (void)state;
    refuses(&issuer, rs256("{\"alg\":\"RS256\",\"alg\":\"none\"}", CLAIMS "}"), "TOKEN_MALFORMED");
    refuses(&issuer, rs256("{\"alg\":\"none\",\"\\u0061lg\":\"RS256\"}", CLAIMS "}"),
            "TOKEN_MALFORMED");
    refuses(&issuer, es256_claims(CLAIMS ",\"sub\":\"bob\"}"), "TOKEN_MALFORMED");
    refuses(&issuer, es256_claims(CLAIMS ",\"roles\":{\"a\":1,\"a\":2}}"), "TOKEN_MALFORMED");
}

static void a_payload_that_is_no_object(void **state)
{
    static const char *const payloads[] = {"null",
                                           "[]",
                                           "\"x\"",
                                           "7",
                                           "{",
                                           CLAIMS "} {}",
                                           CLAIMS ",\"x\":\"\xff\"}",
                                           CLAIMS ",\"x\":\"\\u0000\"}"};
    char *deep = calloc(1, 512);

    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        refuses(&issuer, es256_claims(payloads[i]), "TOKEN_MALFORMED");
    memset(deep, '[', 40);
    memset(deep + 40, ']', 40);
    refuses(&issuer, es256_made(made_text(CLAIMS ",\"x\":%s}", deep)), "TOKEN_MALFORMED");
    free(deep);
}

static void a_token_too_large(void **state)
{
    char *filler = calloc(1, 20000);

    (void)state;
    memset(filler, 'x', 11000);
    accepts(&issuer, es256_made(made_text(CLAIMS ",\"x\":\"%s\"}", filler)));
    memset(filler, 'x', 12500);
    refuses(&issuer, es256_made(made_text(CLAIMS ",\"x\":\"%s\"}", filler)), "TOKEN_TOO_LONG");
    free(filler);
}

static void two_keys_fit_and_no_kid_says_which(void **state)
{
    struct issuer two;
    EVP_PKEY *other = made_ec("P-256"), *first = made_ec("P-256");

    (void)state;
    issuer_open(&two, made_set(made_jwk(first, "a", NULL), made_jwk(other, "b", NULL), NULL, NULL));
    refuses(&two, made_token(first, "ES256", "{\"alg\":\"ES256\"}", CLAIMS "}"),
            "TOKEN_KEY_UNKNOWN");
    accepts(&two, made_token(first, "ES256", "{\"alg\":\"ES256\",\"kid\":\"a\"}", CLAIMS "}"));
    refuses(&two, made_token(first, "ES256", "{\"alg\":\"ES256\",\"kid\":\"b\"}", CLAIMS "}"),
            "TOKEN_SIGNATURE");
    issuer_close(&two);
    EVP_PKEY_free(first);
    EVP_PKEY_free(other);
}

static void a_key_that_names_its_algorithm_is_for_no_other(void **state)
{
    struct issuer one;
    EVP_PKEY *key = made_rsa(2048);

    (void)state;
    issuer_open(&one, made_set(made_jwk(key, "a", "\"alg\":\"RS256\""), NULL, NULL, NULL));
    accepts(&one, made_token(key, "RS256", "{\"alg\":\"RS256\"}", CLAIMS "}"));
    refuses(&one, made_token(key, "PS256", "{\"alg\":\"PS256\",\"kid\":\"a\"}", CLAIMS "}"),
            "TOKEN_KEY_UNKNOWN");
    issuer_close(&one);
    EVP_PKEY_free(key);
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
        cmocka_unit_test(what_is_right_is_accepted),
        cmocka_unit_test(alg_none_in_any_case),
        cmocka_unit_test(hs256_signed_with_the_public_key),
        cmocka_unit_test(kid_tricks),
        cmocka_unit_test(a_key_brought_along_is_not_used),
        cmocka_unit_test(crit_is_refused_whatever_it_names),
        cmocka_unit_test(a_type_of_something_else),
        cmocka_unit_test(the_wrong_kind_of_key),
        cmocka_unit_test(a_signature_of_zeros),
        cmocka_unit_test(a_signature_cut_stripped_or_changed),
        cmocka_unit_test(a_payload_exchanged),
        cmocka_unit_test(texts_that_are_not_quite_a_token),
        cmocka_unit_test(a_signature_with_bytes_too_many),
        cmocka_unit_test(padding_in_the_middle_of_a_part),
        cmocka_unit_test(base64_with_bits_left_over),
        cmocka_unit_test(members_given_twice),
        cmocka_unit_test(a_payload_that_is_no_object),
        cmocka_unit_test(a_token_too_large),
        cmocka_unit_test(a_key_that_names_its_algorithm_is_for_no_other),
        cmocka_unit_test(two_keys_fit_and_no_kid_says_which),
    };

    return cmocka_run_group_tests(tests, open_issuer, close_issuer);
}
