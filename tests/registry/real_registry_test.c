// SPDX-License-Identifier: Apache-2.0
// Against the registry of JOBTRAIL_SCHEMA_REGISTRY_URL.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "registry/registry.h"

// Nobody waits long for a registry: its answer is there when it is asked again.
static int fetch(const struct schema_source *source, const struct schema_name *name, char **json,
                 struct err *err)
{
    for (;;) {
        int rc = source->fetch(source->self, name, json, err);

        if (rc != RETRY || strcmp(err->reason, "SCHEMA_UNREACHABLE"))
            return rc;
    }
}

static void what_is_registered_can_be_fetched(void **state)
{
    const char *url = getenv("JOBTRAIL_SCHEMA_REGISTRY_URL");
    struct registry_options options = {.url = url, .timeout_ms = 30000, .unknown_ttl_ms = 0};
    struct registry *registry;
    struct schema_source source;
    struct schema_name name = {.kind = SCHEMA_BY_ID};
    struct err err;
    uint32_t again = 0;
    char subject[80], schema[200], *json = NULL;

    (void)state;
    if (!url || !*url)
        fail_msg("JOBTRAIL_SCHEMA_REGISTRY_URL is not set: run through ./dev test");
    registry = registry_new(&options, &err);
    assert_non_null(registry);
    source = registry_schema_source(registry);
    snprintf(subject, sizeof(subject), "a/b c-%016llx-value", (unsigned long long)random_u64());
    snprintf(schema, sizeof(schema),
             "{\"type\":\"record\",\"name\":\"R%016llx\",\"namespace\":\"jobtrail.test\","
             "\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
             (unsigned long long)random_u64());
    if (registry_register(registry, subject, slice_of(schema), &name.id, &err))
        fail_msg("%s", err.text);
    assert_int_equal(registry_register(registry, subject, slice_of(schema), &again, &err), 0);
    assert_int_equal(again, name.id);
    if (fetch(&source, &name, &json, &err))
        fail_msg("%s", err.text);
    assert_string_equal(json, schema);
    free(json);

    assert_int_equal(registry_register(registry, subject, SLICE_LITERAL("{\"type\":\"nonsense\"}"),
                                       &again, &err),
                     FATAL);
    assert_string_equal(err.reason, "REGISTRY_REFUSED");
    name.id = INT32_MAX;
    assert_int_equal(fetch(&source, &name, &json, &err), RETRY);
    assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_registered_can_be_fetched)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
