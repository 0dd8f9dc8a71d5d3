// SPDX-License-Identifier: Apache-2.0
// The registry client against a server that answers well and badly.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry/asker.h"
#include "registry/cache.h"
#include "registry/registry.h"
#include "registry/stub_server.h"
#include "support/between.h"

enum { TIMEOUT_MS = 1000, LONG_MS = 3600000 };

#define SCHEMA_ANSWER "{\"schema\":\"\\\"string\\\"\"}"

static struct registry *open_registry(const char *url, int unknown_ttl_ms, const char *basic,
                                      const char *bearer)
{
    struct registry_options options = {.url = url,
                                       .basic_auth = basic,
                                       .bearer_token = bearer,
                                       .timeout_ms = TIMEOUT_MS,
                                       .unknown_ttl_ms = unknown_ttl_ms};
    struct err err;
    struct registry *registry = registry_new(&options, &err);

    if (!registry)
        fail_msg("%s", err.text);
    return registry;
}

static int fetch(struct registry *registry, uint32_t id, char **json, struct err *err)
{
    struct schema_source source = registry_schema_source(registry);
    struct schema_name name = {.kind = SCHEMA_BY_ID, .id = id};

    *json = NULL;
    return source.fetch(source.self, &name, json, err);
}

static void fetches_once_and_remembers(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct schema_source source;
    struct schema_name guid = {.kind = SCHEMA_BY_GUID};
    struct schema_name fingerprint = {.kind = SCHEMA_BY_FINGERPRINT, .fingerprint = 7};
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, LONG_MS, NULL, NULL);
    source = registry_schema_source(registry);
    stub_say(&server, STUB_ANSWERS, 200, "", SCHEMA_ANSWER);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fetch(registry, 4294967295u, &json, &err), 0);
        assert_string_equal(json, "\"string\"");
        free(json);
    }
    assert_int_equal(stub_asked(&server), 1);
    assert_true(stub_was_told(&server, "GET /base/schemas/ids/4294967295 HTTP/1.1\r\n"));
    assert_true(stub_was_told(&server, "Accept: application/vnd.schemaregistry.v1+json"));
    assert_false(stub_was_told(&server, "Authorization"));

    memcpy(guid.guid, "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", 16);
    stub_say(&server, STUB_ANSWERS, 200, "",
             "{\"schemaType\":\"AVRO\",\"references\":[],\"schema\":\"\\\"int\\\"\"}");
    assert_int_equal(source.fetch(source.self, &guid, &json, &err), 0);
    assert_string_equal(json, "\"int\"");
    free(json);
    assert_true(
        stub_was_told(&server, "GET /base/schemas/guids/01234567-89ab-cdef-0123-456789abcdef "));
    assert_int_equal(source.fetch(source.self, &fingerprint, &json, &err), POISON);
    assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    assert_non_null(strstr(err.text, "0000000000000007"));
    assert_int_equal(stub_asked(&server), 2);
    registry_free(registry);
    stub_close(&server);
}

struct bad_answer {
    enum stub_manner manner;
    int status;
    const char *header, *body, *reason;
};

// In the place of a reason: SCHEMA_UNKNOWN for good.
static const char hopeless[] = "hopeless";

static void bad_answers_are_told_apart(void **state)
{
    static const struct bad_answer answers[] = {
        {STUB_ANSWERS, 404, "", "{\"error_code\":40403,\"message\":\"Schema not found\"}",
         "SCHEMA_UNKNOWN"},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"schemaType\":\"JSON\"}", hopeless},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"schemaType\":7}", hopeless},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"references\":[{\"name\":\"a\"}]}", hopeless},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"references\":7}", hopeless},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"references\":[7]}", hopeless},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"references\":[{\"subject\":\"a\"}]}",
         hopeless},
        {STUB_ANSWERS, 200, "", "<html>", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "[]", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "{\"schema\":7}", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"a\\u0000b\"}", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"a\",\"schema\":\"b\"}", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "{\"schema\":\"\xff\"}", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 401, "", "{\"message\":\"no\"}", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 403, "", "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 429, "", "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 500, "", SCHEMA_ANSWER, "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 407, "", "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 400, "", "{\"message\":\"no such id\"}", "SCHEMA_UNKNOWN"},
        {STUB_ANSWERS, 422, "", "", "SCHEMA_UNKNOWN"},
        {STUB_ENDLESS, 0, "", "", hopeless},
        {STUB_CUTS, 200, "", SCHEMA_ANSWER, "SCHEMA_UNREACHABLE"},
        {STUB_GARBAGE, 0, "", "", "SCHEMA_UNREACHABLE"},
    };
    struct stub_server server;
    struct registry *registry;
    bool is_hopeless;
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, 0, NULL, NULL);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        stub_say(&server, answers[i].manner, answers[i].status, answers[i].header, answers[i].body);
        print_message("%zu: status %d %s\n", i, answers[i].status, answers[i].body);
        is_hopeless = answers[i].reason == hopeless;
        assert_int_equal(fetch(registry, 5, &json, &err), is_hopeless ? POISON : RETRY);
        assert_string_equal(err.reason, is_hopeless ? "SCHEMA_UNKNOWN" : answers[i].reason);
        assert_null(json);
    }
    stub_say(&server, STUB_ANSWERS, 200, "", SCHEMA_ANSWER); // none of it stays
    assert_int_equal(fetch(registry, 5, &json, &err), 0);
    free(json);
    registry_free(registry);
    stub_close(&server);
}

// Which is, here, a schema in a circle: each is asked for once, and told before what uses it.
static void a_schema_comes_with_those_that_it_refers_to(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, 0, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "",
             "{\"schema\":\"[\\\"a\\\"]\",\"references\":[{\"name\":\"a\",\"subject\":\"a b/c\","
             "\"version\":3}]}");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fetch(registry, 5, &json, &err), DONE);
        assert_string_equal(json, "{\"references\":[\"[\\\"a\\\"]\"],\"schema\":\"[\\\"a\\\"]\"}");
        free(json);
    }
    assert_int_equal(stub_asked(&server), 2);
    assert_true(stub_was_told(&server, "GET /base/subjects/a%20b%2Fc/versions/3?deleted=true "));
    registry_free(registry);
    stub_close(&server);
}

// A worker that waited for it could do nothing else.
static void nobody_waits_for_one_that_does_not_answer(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, 0, NULL, NULL);
    stub_say(&server, STUB_SILENT, 0, "", "");
    for (uint32_t id = 0; id < 3 * ASKER_QUESTIONS_MAX; id++) { // the first one waits, for a moment
        assert_int_equal(fetch(registry, id, &json, &err), RETRY);
        assert_string_equal(err.reason, "SCHEMA_UNREACHABLE");
    }
    assert_between(stub_asked(&server), 0, 20); // one after the other, by a thread of its own
    registry_free(registry);                    // nor does this wait
    stub_close(&server);
}

static void one_that_answers_again_is_waited_for_again(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, 0, NULL, NULL);
    stub_say(&server, STUB_SILENT, 0, "", "");
    assert_int_equal(fetch(registry, 5, &json, &err), RETRY);
    stub_say(&server, STUB_ANSWERS, 200, "", SCHEMA_ANSWER);
    while (fetch(registry, 5, &json, &err)) { // what was asked meanwhile ends by its own time limit
        assert_string_equal(err.reason, "SCHEMA_UNREACHABLE");
        usleep(20 * 1000);
    }
    free(json);
    for (uint32_t id = 6; id < 9; id++) {
        assert_int_equal(fetch(registry, id, &json, &err), DONE);
        free(json);
    }
    registry_free(registry);
    stub_close(&server);
}

// Also when it is asked for again.
static void what_is_hopeless_is_remembered_as_such(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, LONG_MS, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", "{\"schema\":\"x\",\"schemaType\":\"JSON\"}");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fetch(registry, 5, &json, &err), POISON);
        assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
        assert_int_equal(err.disposition, POISON);
    }
    assert_int_equal(stub_asked(&server), 1);
    registry_free(registry);
    stub_close(&server);
}

static void a_missing_schema_is_believed_for_its_time(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct err err;
    char url[64], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    stub_say(&server, STUB_ANSWERS, 404, "", "{\"message\":\"Schema 5 not found\"}");
    registry = open_registry(url, LONG_MS, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fetch(registry, 5, &json, &err), RETRY);
        assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
        assert_non_null(strstr(err.text, "Schema 5 not found"));
    }
    assert_int_equal(stub_asked(&server), 1);
    registry_free(registry);
    registry = open_registry(url, 0, NULL, NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fetch(registry, 5, &json, &err), RETRY);
    assert_int_equal(stub_asked(&server), 4);
    registry_free(registry);
    stub_close(&server);
}

static void credentials_stay_with_the_configured_host(void **state)
{
    struct stub_server server, other;
    struct registry *registry;
    struct err err;
    char url[64], elsewhere[64], header[128], *json;

    (void)state;
    stub_open(&server);
    stub_open(&other);
    stub_url(&server, url, sizeof(url));
    stub_url(&other, elsewhere, sizeof(elsewhere));
    stub_say(&other, STUB_ANSWERS, 200, "", SCHEMA_ANSWER);
    snprintf(header, sizeof(header), "Location: %s\r\n", elsewhere);
    for (int i = 0; i < 2; i++) {
        registry = open_registry(url, 0, i ? NULL : "ann:hush-hush", i ? "tok-hush-hush" : NULL);
        for (int status = 301; status <= 308; status += 7) {
            stub_say(&server, STUB_ANSWERS, status, header, "");
            assert_int_equal(fetch(registry, 1, &json, &err), RETRY);
            assert_string_equal(err.reason, "SCHEMA_UNREACHABLE");
            assert_null(strstr(err.text, "hush"));
            assert_true(
                stub_was_told(&server, i ? "Authorization: Bearer tok-hush-hush\r\n"
                                         : "Authorization: Basic YW5uOmh1c2gtaHVzaA==\r\n"));
        }
        stub_say(&server, STUB_ANSWERS, 401, "", "");
        assert_int_equal(fetch(registry, 1, &json, &err), RETRY);
        assert_null(strstr(err.text, "hush"));
        registry_free(registry);
    }
    assert_int_equal(stub_asked(&other), 0);
    stub_close(&other);
    stub_close(&server);
}

static void several_urls_are_tried_in_order(void **state)
{
    struct stub_server first, second;
    struct registry *registry;
    struct err err;
    char urls[2][64], list[160], *json;

    (void)state;
    stub_open(&first);
    stub_open(&second);
    stub_url(&first, urls[0], sizeof(urls[0]));
    stub_url(&second, urls[1], sizeof(urls[1]));
    snprintf(list, sizeof(list), "http://127.0.0.1:1, %s ,%s", urls[0], urls[1]);
    registry = open_registry(list, 0, NULL, NULL);
    stub_say(&second, STUB_ANSWERS, 200, "", SCHEMA_ANSWER);
    assert_int_equal(fetch(registry, 1, &json, &err), 0); // refused, 500, right
    free(json);
    stub_say(&first, STUB_ANSWERS, 404, "", ""); // an answer: nobody else is asked
    assert_int_equal(fetch(registry, 2, &json, &err), RETRY);
    assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    assert_int_equal(stub_asked(&first), 2);
    assert_int_equal(stub_asked(&second), 1);
    registry_free(registry);
    stub_close(&second);
    stub_close(&first);
}

static void registering_gives_an_id_or_says_why_not(void **state)
{
    struct stub_server server;
    struct registry *registry;
    struct err err;
    uint32_t id = 0;
    char url[64];

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    registry = open_registry(url, 0, NULL, NULL);
    stub_say(&server, STUB_ANSWERS, 200, "", "{\"id\":42}");
    assert_int_equal(
        registry_register(registry, "a/b c?-value", SLICE_LITERAL("\"int\""), &id, &err), 0);
    assert_int_equal(id, 42);
    assert_true(stub_was_told(&server, "POST /base/subjects/a%2Fb%20c%3F-value/versions HTTP"));
    assert_true(stub_was_told(&server, "Content-Type: application/vnd.schemaregistry.v1+json\r\n"));
    assert_true(stub_was_told(&server, "\r\n\r\n{\"schema\":\"\\\"int\\\"\"}"));
    stub_say(&server, STUB_ANSWERS, 409, "", "{\"message\":\"incompatible,\\n really\"}");
    assert_int_equal(registry_register(registry, "s", SLICE_LITERAL("\"int\""), &id, &err), FATAL);
    assert_string_equal(err.reason, "REGISTRY_REFUSED");
    assert_non_null(strstr(err.text, "incompatible,  really"));
    stub_say(&server, STUB_ANSWERS, 503, "", "");
    assert_int_equal(registry_register(registry, "s", SLICE_LITERAL("\"int\""), &id, &err), RETRY);
    assert_string_equal(err.reason, "REGISTRY_UNREACHABLE");
    stub_say(&server, STUB_ANSWERS, 200, "", "{\"id\":4294967296}");
    assert_int_equal(registry_register(registry, "s", SLICE_LITERAL("\"int\""), &id, &err), RETRY);
    assert_int_equal(id, 42);
    registry_free(registry);
    stub_close(&server);
}

static void unusable_options_are_refused(void **state)
{
    static const char *const urls[] = {"",
                                       "registry:8081",
                                       "ftp://registry/",
                                       "file:///etc/passwd",
                                       "http://ann:hush@registry/",
                                       "http://registry/?a=b",
                                       "http://registry/,",
                                       "http://registry/,gopher://x/"};
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct registry_options options = {.url = urls[i], .timeout_ms = TIMEOUT_MS};

        print_message("%s\n", urls[i]);
        assert_null(registry_new(&options, &err));
        assert_int_equal(err.disposition, FATAL);
        assert_null(strstr(err.text, "hush"));
    }
    struct registry_options options = {
        .url = "https://registry", .ca_file = "/nowhere/ca.pem", .timeout_ms = TIMEOUT_MS};

    assert_null(registry_new(&options, &err));
    assert_int_equal(err.disposition, FATAL);
    assert_string_equal(err.reason, "BAD_CA_FILE");
}

static void the_cache_is_bounded_and_drops_the_oldest(void **state)
{
    struct schema_cache *cache = schema_cache_new(1000);
    char text[201], *json;
    struct err err;

    (void)state;
    assert_non_null(cache);
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (uint32_t id = 1; id <= 100; id++) {
        struct schema_name name = {.kind = SCHEMA_BY_ID, .id = id};

        schema_cache_add(cache, &name, text);
        assert_int_equal(schema_cache_find(cache, &name, 0, &json, &err), CACHE_SCHEMA);
        free(json);
    }
    for (uint32_t id = 1; id <= 96; id++) {
        struct schema_name name = {.kind = SCHEMA_BY_ID, .id = id};

        assert_int_equal(schema_cache_find(cache, &name, 0, &json, &err), CACHE_NOTHING);
    }
    schema_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetches_once_and_remembers),
        cmocka_unit_test(bad_answers_are_told_apart),
        cmocka_unit_test(a_schema_comes_with_those_that_it_refers_to),
        cmocka_unit_test(nobody_waits_for_one_that_does_not_answer),
        cmocka_unit_test(one_that_answers_again_is_waited_for_again),
        cmocka_unit_test(what_is_hopeless_is_remembered_as_such),
        cmocka_unit_test(a_missing_schema_is_believed_for_its_time),
        cmocka_unit_test(credentials_stay_with_the_configured_host),
        cmocka_unit_test(several_urls_are_tried_in_order),
        cmocka_unit_test(registering_gives_an_id_or_says_why_not),
        cmocka_unit_test(unusable_options_are_refused),
        cmocka_unit_test(the_cache_is_bounded_and_drops_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
