// SPDX-License-Identifier: Apache-2.0
// Apicurio's own interface, by a server that answers badly; well it answers in
// real_apicurio_test.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/registry.h"
#include "registry/stub_server.h"

enum { TIMEOUT_MS = 1000 };

// In the place of a reason: SCHEMA_UNKNOWN for good.
static const char hopeless[] = "hopeless";

static int fetch(struct registry *registry, uint32_t id, char **json, struct err *err)
{
    const struct schema_source source = registry_schema_source(registry);
    const struct schema_name name = {.kind = SCHEMA_BY_ID, .id = id};

    *json = NULL;
    return source.fetch(source.self, &name, json, err);
}

static void apicurios_own_interface_is_told_by_its_address(void **state)
{
    static const char *const urls[] = {"http://r/apis/ccompat/v7", "http://r/v4", "http://r",
                                       "http://v", "http://r/v2,http://s/v3"};
    struct registry_options options = {.kind = REGISTRY_APICURIO, .timeout_ms = TIMEOUT_MS};
    struct registry *registry;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        options.url = urls[i];
        assert_null(registry_new(&options, &err));
        assert_int_equal(err.disposition, FATAL);
        assert_non_null(strstr(err.text, "/apis/registry/v3"));
    }
    options.url = "http://r/apis/registry/v2, http://s/v2/";
    registry = registry_new(&options, &err);
    assert_non_null(registry);
    registry_free(registry);
}

// Its answers are a text and a list, by two questions.
static void apicurios_bad_answers_are_told_apart(void **state)
{
    static const struct {
        enum stub_manner manner;
        int status;
        const char *body, *reason;
    } answers[] = {
        {STUB_ANSWERS, 404, "{\"title\":\"No version\"}", "SCHEMA_UNKNOWN"},
        {STUB_ANSWERS, 401, "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 500, "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "", "SCHEMA_UNREACHABLE"},
        {STUB_ANSWERS, 200, "\"string\"", "SCHEMA_UNREACHABLE"}, // no list of references
        {STUB_ANSWERS, 200, "[7]", hopeless},
        {STUB_ANSWERS, 200, "[{\"artifactId\":\"a\"}]", hopeless},
        {STUB_ANSWERS, 200, "[{\"artifactId\":7,\"version\":\"1\"}]", hopeless},
        {STUB_ENDLESS, 0, "", hopeless},
        {STUB_GARBAGE, 0, "", "SCHEMA_UNREACHABLE"},
    };
    struct registry_options options = {
        .kind = REGISTRY_APICURIO, .use_id = USE_GLOBAL_ID, .timeout_ms = TIMEOUT_MS};
    struct stub_server server;
    struct registry *registry;
    struct err err;
    char url[80], *json;

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof(url));
    strcat(url, "v3");
    options.url = url;
    registry = registry_new(&options, &err);
    assert_non_null(registry);
    for (uint32_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const bool is_hopeless = answers[i].reason == hopeless;

        stub_say(&server, answers[i].manner, answers[i].status, "", answers[i].body);
        assert_int_equal(fetch(registry, 100 + i, &json, &err), is_hopeless ? POISON : RETRY);
        assert_string_equal(err.reason, is_hopeless ? "SCHEMA_UNKNOWN" : answers[i].reason);
        assert_null(json);
    }
    stub_say(&server, STUB_ANSWERS, 200, "",
             "[{\"groupId\":null,\"artifactId\":\"a/b\",\"version\":\"1\"}]");
    assert_int_equal(fetch(registry, 5, &json, &err), DONE);
    free(json);
    assert_true(stub_was_told(
        &server, "GET /base/v3/groups/default/artifacts/a%2Fb/versions/1/references "));
    registry_free(registry);
    stub_close(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apicurios_own_interface_is_told_by_its_address),
        cmocka_unit_test(apicurios_bad_answers_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
