// SPDX-License-Identifier: Apache-2.0
// How a key set is kept fresh from an address: what fails, what hangs, and whom that keeps waiting.
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_hangs_keeps_one_waiting),
        cmocka_unit_test(an_address_that_hangs_keeps_no_known_key_waiting),
        cmocka_unit_test(a_new_key_is_taken_right_after_a_failure),
        cmocka_unit_test(an_unreachable_address_at_first_is_retried),
        cmocka_unit_test(keys_rotate_at_an_address),
        cmocka_unit_test(old_keys_are_refreshed_and_outlive_a_failure),
        cmocka_unit_test(plain_http_to_elsewhere_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
