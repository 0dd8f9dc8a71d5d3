// SPDX-License-Identifier: Apache-2.0
// Which keys are taken from a set, and how the set is kept fresh: from a file and from a server.
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
#include "registry/stub_server.h"

static char *signed_by(EVP_PKEY *key, const char *kid)
{
    bool is_rsa = EVP_PKEY_is_a(key, "RSA");
    char *header = made_text("{\"alg\":\"%s\",\"kid\":\"%s\"}", is_rsa ? "RS256" : "ES256", kid);
    char *token = made_token(key, is_rsa ? "RS256" : "ES256", header, CLAIMS "}");

    free(header);
    return token;
}

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

static void tells_retry_of(struct issuer *issuer, const char *kid, const char *reason)
{
    char *token = signed_by(issuer->ec, kid);
    struct token *read = NULL;
    struct err err;

    assert_int_equal(verifier_verify(issuer->verifier, slice_of(token), NOW_US, &read, &err),
                     RETRY);
    assert_string_equal(err.reason, reason);
    free(token);
}

static void tells_retry(struct issuer *issuer, const char *reason)
{
    tells_retry_of(issuer, "e", reason);
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

static int64_t clock_of(void *self)
{
    return ((struct issuer *)self)->clock_us;
}

// Puts a key set of a server in the place of the file's.
static void issuer_open_url(struct issuer *issuer, struct stub_server *server, int timeout_ms)
{
    char url[64];
    struct key_set_options options = {.source = {.location = url, .timeout_ms = timeout_ms},
                                      .refresh_ms = 300000,
                                      .monotonic_us = clock_of,
                                      .self = issuer};
    struct verifier_options verifier = {.issuer = ISSUER, .audience = AUDIENCE};
    struct err err;

    issuer_open(issuer, NULL);
    verifier_free(issuer->verifier);
    key_set_free(issuer->keys);
    stub_open(server);
    stub_url(server, url, sizeof url);
    assert_int_equal(key_set_new(&options, &issuer->keys, &err), 0);
    verifier.keys = issuer->keys;
    assert_int_equal(verifier_new(&verifier, &issuer->verifier, &err), 0);
}

static void an_unreachable_address_at_first_is_retried(void **state)
{
    static const struct {
        enum stub_manner manner;
        int status;
        const char *header, *body;
    } answers[] = {
        {STUB_ANSWERS, 500, "", "{\"keys\":[]}"},
        {STUB_ANSWERS, 404, "", "{\"keys\":[]}"},
        {STUB_ANSWERS, 302, "Location: http://127.0.0.1:1/\r\n", "{\"keys\":[]}"},
        {STUB_ANSWERS, 200, "", "<html>"},
        {STUB_ENDLESS, 0, "", ""},
        {STUB_CUTS, 200, "", "{\"keys\":[]}"},
        {STUB_GARBAGE, 0, "", ""},
        {STUB_SILENT, 0, "", ""},
    };
    struct stub_server server;
    struct issuer issuer;
    char *set;

    (void)state;
    issuer_open_url(&issuer, &server, 1000);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        stub_say(&server, answers[i].manner, answers[i].status, answers[i].header, answers[i].body);
        tells_retry(&issuer, "KEY_SET_UNREACHABLE");
        assert_int_equal(stub_asked(&server), (int)i + 1);
        tells_retry(&issuer, "KEY_SET_UNREACHABLE"); // not asked again within the second
        assert_int_equal(stub_asked(&server), (int)i + 1);
        issuer.clock_us += 1 * US_PER_SECOND;
    }
    set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", set);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    stub_close(&server);
    issuer_close(&issuer);
    free(set);
}

static void keys_rotate_at_an_address(void **state)
{
    struct stub_server server;
    struct issuer issuer;
    EVP_PKEY *next = made_ec("P-256");
    char *old_set, *new_set;

    (void)state;
    issuer_open_url(&issuer, &server, 1000);
    old_set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    new_set = made_set(made_jwk(next, "n", NULL), NULL, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", old_set);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    stub_say(&server, STUB_ANSWERS, 200, "", new_set);
    for (int i = 0; i < 5; i++) // asked a moment ago: a stranger's kid is not worth a question
        refuses(&issuer, signed_by(next, "n"), "TOKEN_KEY_UNKNOWN");
    assert_int_equal(stub_asked(&server), 1);
    issuer.clock_us += 10 * US_PER_SECOND;
    accepts(&issuer, signed_by(next, "n")); // without a restart
    assert_int_equal(stub_asked(&server), 2);
    refuses(&issuer, signed_by(issuer.ec, "e"), "TOKEN_KEY_UNKNOWN");
    for (int i = 0; i < 5; i++)
        refuses(&issuer, signed_by(next, "x"), "TOKEN_KEY_UNKNOWN");
    assert_int_equal(stub_asked(&server), 2);
    stub_close(&server);
    issuer_close(&issuer);
    EVP_PKEY_free(next);
    free(old_set);
    free(new_set);
}

static void *ask_for_a_stranger(void *self)
{
    struct issuer *issuer = self;

    tells_retry_of(issuer, "stranger", "KEY_SET_ASKED"); // in the end
    return NULL;
}

static void await_asked(struct stub_server *server, int times)
{
    while (stub_asked(server) < times)
        usleep(1000);
}

// Who brings a key that nobody knows waits for the issuer alone.
static void an_address_that_hangs_keeps_one_waiting(void **state)
{
    struct stub_server server;
    struct issuer issuer;
    pthread_t waits;
    char *set;

    (void)state;
    issuer_open_url(&issuer, &server, 3000);
    set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", set);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    stub_say(&server, STUB_SILENT, 0, "", "");
    issuer.clock_us += 1 * US_PER_SECOND;
    assert_int_equal(pthread_create(&waits, NULL, ask_for_a_stranger, &issuer), 0);
    await_asked(&server, 2);
    tells_retry_of(&issuer, "another", "KEY_SET_ASKED");
    accepts(&issuer, signed_by(issuer.ec, "e"));
    pthread_join(waits, NULL);
    stub_close(&server);
    issuer_close(&issuer);
    free(set);
}

// Also while old keys are refreshed.
static void an_address_that_hangs_keeps_no_known_key_waiting(void **state)
{
    struct stub_server server;
    struct issuer issuer;
    char *set;

    (void)state;
    issuer_open_url(&issuer, &server, 60 * 1000);
    set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", set);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    stub_say(&server, STUB_SILENT, 0, "", "");
    issuer.clock_us += 300 * US_PER_SECOND;
    for (int i = 0; i < 3; i++)
        accepts(&issuer, signed_by(issuer.ec, "e"));
    await_asked(&server, 2);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    stub_close(&server); // hangs up
    issuer_close(&issuer);
    free(set);
}

// An issuer that answers again is believed at once, though it failed a second ago.
static void a_new_key_is_taken_right_after_a_failure(void **state)
{
    struct stub_server server;
    struct issuer issuer;
    EVP_PKEY *next = made_ec("P-256");
    char *old_set, *new_set;

    (void)state;
    issuer_open_url(&issuer, &server, 1000);
    old_set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    new_set = made_set(made_jwk(next, "n", NULL), NULL, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", old_set);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    stub_say(&server, STUB_ANSWERS, 503, "", "");
    issuer.clock_us += 1 * US_PER_SECOND;
    refuses(&issuer, signed_by(next, "n"), "TOKEN_KEY_UNKNOWN");
    stub_say(&server, STUB_ANSWERS, 200, "", new_set);
    issuer.clock_us += 1 * US_PER_SECOND;
    accepts(&issuer, signed_by(next, "n"));
    stub_close(&server);
    issuer_close(&issuer);
    EVP_PKEY_free(next);
    free(old_set);
    free(new_set);
}

// Until the answer to that question was taken in. The clock stands: nothing is asked for meanwhile.
static void await_read(struct issuer *issuer, struct stub_server *server, int times)
{
    struct keys *seen = NULL, *keys;
    bool is_asked = true;
    struct err err;

    await_asked(server, times);
    while (is_asked) {
        assert_int_equal(key_set_take(issuer->keys, &seen, &err), DONE);
        keys = key_set_take_newer(issuer->keys, seen, &is_asked);
        keys_let_go(keys);
        keys_let_go(seen);
    }
    assert_int_equal(stub_asked(server), times);
}

static void old_keys_are_refreshed_and_outlive_a_failure(void **state)
{
    struct stub_server server;
    struct issuer issuer;
    char *set;

    (void)state;
    issuer_open_url(&issuer, &server, 1000);
    set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", set);
    accepts(&issuer, signed_by(issuer.ec, "e"));
    issuer.clock_us += 299 * US_PER_SECOND;
    accepts(&issuer, signed_by(issuer.ec, "e"));
    assert_int_equal(stub_asked(&server), 1);
    issuer.clock_us += 1 * US_PER_SECOND;
    accepts(&issuer, signed_by(issuer.ec, "e"));
    await_read(&issuer, &server, 2);
    stub_say(&server, STUB_ANSWERS, 503, "", "");
    issuer.clock_us += 300 * US_PER_SECOND;
    for (int i = 0; i < 3; i++)
        accepts(&issuer, signed_by(issuer.ec, "e"));
    await_read(&issuer, &server, 3);
    refuses(&issuer, signed_by(issuer.ec, "x"), "TOKEN_KEY_UNKNOWN"); // not RETRY
    issuer.clock_us += 10 * US_PER_SECOND;
    accepts(&issuer, signed_by(issuer.ec, "e"));
    await_read(&issuer, &server, 4);
    issuer.clock_us += 10 * US_PER_SECOND;
    stub_say(&server, STUB_ANSWERS, 200, "", "{\"keys\":[]}");
    accepts(&issuer, signed_by(issuer.ec, "e")); // which has it read
    await_read(&issuer, &server, 5);
    refuses(&issuer, signed_by(issuer.ec, "e"), "TOKEN_KEY_UNKNOWN");
    stub_close(&server);
    issuer_close(&issuer);
    free(set);
}

static void plain_http_to_elsewhere_is_refused(void **state)
{
    static const char *const wrong[] = {"http://issuer.example/keys", "http://10.0.0.1/keys",
                                        "http://localhost.example/", "http://127.0.0.1.example/",
                                        "http://[::2]/"};
    static const char *const right[] = {"https://issuer.example/keys?a=b",
                                        "http://localhost:8/",
                                        "http://127.0.0.1/",
                                        "http://127.9.9.9/",
                                        "http://[::1]/",
                                        "HTTPS://issuer.example",
                                        "/no/such/file"};
    static const char *const no_url[] = {"ftp://issuer.example/", "file:///etc/passwd",
                                         "https://user:word@issuer.example/", "https://"};
    struct key_set *set = NULL;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct key_set_options options = {.source = {.location = wrong[i]}};

        assert_int_equal(key_set_new(&options, &set, &err), FATAL);
        assert_string_equal(err.reason, "CONFIGURATION");
        assert_non_null(strstr(err.text, "https://"));
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct key_set_options options = {.source = {.location = right[i]}};

        if (key_set_new(&options, &set, &err))
            fail_msg("%s: %s", right[i], err.text);
        key_set_free(set);
    }
    for (size_t i = 0; i < sizeof no_url / sizeof *no_url; i++) {
        struct key_set_options options = {.source = {.location = no_url[i]}};

        assert_int_equal(key_set_new(&options, &set, &err), FATAL);
        assert_string_equal(err.reason, "BAD_URL");
        assert_null(strstr(err.text, "word@"));
    }
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
        cmocka_unit_test(an_address_that_hangs_keeps_one_waiting),
        cmocka_unit_test(an_address_that_hangs_keeps_no_known_key_waiting),
        cmocka_unit_test(a_new_key_is_taken_right_after_a_failure),
        cmocka_unit_test(a_file_missing_at_first_is_waited_for),
        cmocka_unit_test(an_unreachable_address_at_first_is_retried),
        cmocka_unit_test(keys_rotate_at_an_address),
        cmocka_unit_test(old_keys_are_refreshed_and_outlive_a_failure),
        cmocka_unit_test(plain_http_to_elsewhere_is_refused),
        cmocka_unit_test(threads_share_a_key_set_that_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
