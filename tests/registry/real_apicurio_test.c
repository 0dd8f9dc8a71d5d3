// SPDX-License-Identifier: Apache-2.0
// Apicurio by its own interface, both versions of it: the registry of JOBTRAIL_SCHEMA_REGISTRY_URL,
// which is the same one's Confluent interface.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "fetch/fetch.h"
#include "registry/answer.h"
#include "registry/http.h"
#include "registry/registry.h"
#include "support/between.h"

enum { URL_BYTES = 256, TRIES = 64 };

static void own_interface(char version, char out[URL_BYTES])
{
    const char *url = getenv("JOBTRAIL_SCHEMA_REGISTRY_URL");
    const char *end = url ? strstr(url, "/apis/ccompat") : NULL;

    if (!end)
        fail_msg("JOBTRAIL_SCHEMA_REGISTRY_URL is not Apicurio's: run through ./dev test");
    else
        snprintf(out, URL_BYTES, "%.*s/apis/registry/v%c", (int)(end - url), url, version);
}

static struct registry *open_apicurio(char version, enum use_id use_id)
{
    char url[URL_BYTES];
    const struct registry_options options = {
        .kind = REGISTRY_APICURIO, .use_id = use_id, .url = url, .timeout_ms = 30000};
    struct registry *registry;
    struct err err;

    own_interface(version, url);
    registry = registry_new(&options, &err);
    if (!registry)
        fail_msg("%s", err.text);
    return registry;
}

// Of a text that is nobody else's; references is a JSON array.
static uint32_t add_schema(const char *subject, const char *text, const char *references)
{
    const struct registry_options options = {.url = getenv("JOBTRAIL_SCHEMA_REGISTRY_URL"),
                                             .timeout_ms = 30000};
    struct registry_http *http;
    struct buffer answer;
    struct err err;
    char path[128], body[1024];
    uint32_t id = 0;
    long status = 0;

    snprintf(path, sizeof path, "/subjects/%s/versions", subject);
    snprintf(body, sizeof body, "{\"schema\":\"%s\",\"references\":%s}", text, references);
    buffer_init(&answer);
    http = registry_http_new(&options, &err);
    assert_non_null(http);
    if (registry_http_ask(http, path, body, "REGISTRY_UNREACHABLE", &status, &answer, &err) ||
        status >= 300 || answer_id(buffer_slice(&answer), &id, &err))
        fail_msg("status %ld: %.*s", status, (int)answer.size, answer.data);
    registry_http_free(http);
    buffer_free(&answer);
    return id;
}

// As its own serializers do at each start. Given back what it has, it uses up a content id for it.
static void register_natively(const char *artifact, const char *text)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    const struct fetch_options options = {
        .who = "schema registry", .headers = headers, .timeout_ms = 30000, .most_bytes = 65536};
    char base[URL_BYTES], url[URL_BYTES + 128], body[1024];
    const struct fetch_request request = {
        .url = url, .shown = base, .body = body, .reason = "REGISTRY_UNREACHABLE"};
    struct fetcher *fetcher;
    struct buffer answer;
    struct err err;
    long status = 0;

    own_interface('3', base);
    snprintf(url, sizeof url, "%s/groups/default/artifacts?ifExists=FIND_OR_CREATE_VERSION", base);
    snprintf(body, sizeof body,
             "{\"artifactId\":\"%s\",\"artifactType\":\"AVRO\",\"firstVersion\":{\"content\":"
             "{\"content\":\"%s\",\"contentType\":\"application/json\"}}}",
             artifact, text);
    buffer_init(&answer);
    fetcher = fetcher_new(&options, &err);
    assert_non_null(fetcher);
    if (fetch(fetcher, &request, &status, &answer, &err))
        fail_msg("%s", err.text);
    assert_int_equal(status, 200);
    fetcher_free(fetcher);
    buffer_free(&answer);
}

// Nobody waits long for a registry: its answer is there when it is asked again.
static int fetch_schema(struct registry *registry, enum schema_name_kind kind, uint32_t id,
                        char **json, struct err *err)
{
    const struct schema_source source = registry_schema_source(registry);
    const struct schema_name name = {.kind = kind, .id = id};

    for (;;) {
        int rc = source.fetch(source.self, &name, json, err);

        if (rc != RETRY || strcmp(err->reason, "SCHEMA_UNREACHABLE"))
            return rc;
    }
}

static void assert_is(struct registry *registry, enum schema_name_kind kind, uint32_t id,
                      const char *part)
{
    struct err err = {0};
    char *json = NULL;

    if (fetch_schema(registry, kind, id, &json, &err))
        fail_msg("%s: %s", err.reason, err.text);
    if (!strstr(json, part))
        fail_msg("%s has no %s", json, part);
    free(json);
}

#define RECORD_TEXT(fields)                                                                        \
    "{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"R%016llx\\\",\\\"fields\\\":[" fields "]}"

static void its_two_counts_are_told_apart(char version)
{
    struct registry *agreeing = open_apicurio(version, USE_AGREEING_IDS);
    struct registry *by_content = open_apicurio(version, USE_CONTENT_ID);
    struct registry *by_global = open_apicurio(version, USE_GLOBAL_ID);
    char subject[40], text[256], name[20], *json = NULL;
    struct err err = {0};
    int rc = DONE;

    for (int i = 0; i < TRIES && rc != POISON; i++) {
        const unsigned long long number = random_u64();
        uint32_t id = 0;

        snprintf(name, sizeof name, "R%016llx", number);
        snprintf(text, sizeof text, RECORD_TEXT(""), number);
        snprintf(subject, sizeof subject, "s%016llx", number);
        id = add_schema(subject, text, "[]");
        register_natively(subject, text);
        assert_is(by_content, SCHEMA_BY_ID, id, name);
        assert_is(by_content, SCHEMA_BY_CONTENT_ID, id, name);
        assert_is(agreeing, SCHEMA_BY_CONTENT_ID, id, name);
        free(json);
        json = NULL;
        rc = fetch_schema(agreeing, SCHEMA_BY_ID, id, &json, &err);
        if (rc != POISON)
            continue;
        assert_non_null(strstr(err.text, "schema.registry.use-id"));
        // As a global id it is another's, or nobody's yet.
        if (!fetch_schema(by_global, SCHEMA_BY_ID, id, &json, &err))
            assert_null(strstr(json, name));
    }
    free(json);
    assert_int_equal(rc, POISON);
    assert_int_equal(fetch_schema(agreeing, SCHEMA_BY_ID, INT32_MAX, &json, &err), RETRY);
    assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    assert_int_equal(fetch_schema(agreeing, SCHEMA_BY_GUID, 0, &json, &err), POISON);
    registry_free(agreeing);
    registry_free(by_content);
    registry_free(by_global);
}

static void a_schema_comes_with_those_that_it_refers_to(char version)
{
    struct registry *registry = open_apicurio(version, USE_CONTENT_ID);
    const unsigned long long base = random_u64(), user = random_u64();
    char subject[40], text[256], references[256], name[20], itself[20];
    uint32_t id;

    snprintf(name, sizeof name, "R%016llx", base);
    snprintf(itself, sizeof itself, "R%016llx", user);
    snprintf(text, sizeof text, RECORD_TEXT(""), base);
    snprintf(subject, sizeof subject, "base-%016llx", base);
    add_schema(subject, text, "[]");
    snprintf(references, sizeof references, "[{\"name\":\"%s\",\"subject\":\"%s\",\"version\":1}]",
             name, subject);
    snprintf(text, sizeof text,
             RECORD_TEXT("{\\\"name\\\":\\\"b\\\",\\\"type\\\":\\\"R%016llx\\\"}"), user, base);
    snprintf(subject, sizeof subject, "user-%016llx", user);
    id = add_schema(subject, text, references);
    assert_is(registry, SCHEMA_BY_ID, id, "{\"references\":[\"{\\\"type\\\":\\\"record\\\",");
    assert_is(registry, SCHEMA_BY_ID, id, itself);
    registry_free(registry);
}

static void it_says_how_much_it_has(char version)
{
    struct registry *registry = open_apicurio(version, USE_CONTENT_ID);
    struct err err = {0};
    size_t count = 0;

    add_schema("counted", "\\\"int\\\"", "[]");
    assert_int_equal(registry_count_subjects(registry, &count, &err), DONE);
    assert_between(count, 1, 1000000);
    registry_free(registry);
}

static void by_version_2(void **state)
{
    (void)state;
    its_two_counts_are_told_apart('2');
    a_schema_comes_with_those_that_it_refers_to('2');
    it_says_how_much_it_has('2');
}

static void by_version_3(void **state)
{
    (void)state;
    its_two_counts_are_told_apart('3');
    a_schema_comes_with_those_that_it_refers_to('3');
    it_says_how_much_it_has('3');
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_version_2),
                                       cmocka_unit_test(by_version_3)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
