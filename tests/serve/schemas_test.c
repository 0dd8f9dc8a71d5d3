// SPDX-License-Identifier: Apache-2.0
// Which of Apicurio's two counts a number is of, by whoever wrote it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "registry/stub_server.h"
#include "serve/process/schemas.h"

enum { TIMEOUT_MS = 10 * 1000 };

// Nobody waits long for a registry: its answer is there when it is asked again.
static void assert_asks(const struct schema_source *source, struct stub_server *server,
                        const char *path)
{
    const struct schema_name name = {.kind = SCHEMA_BY_ID, .id = 7};
    struct err err = {0};
    char *json = NULL;
    int rc;

    assert_non_null(source);
    do
        rc = source->fetch(source->self, &name, &json, &err);
    while (rc == RETRY && !strcmp(err.reason, "SCHEMA_UNREACHABLE"));
    assert_int_equal(rc, DONE);
    assert_true(stub_was_told(server, path));
    free(json);
}

static void what_we_wrote_ourselves_is_counted_by_content(void **state)
{
    struct stub_server server;
    struct schemas *schemas = NULL;
    struct err err;
    char url[80];
    const struct config config = {.registry = {.kind = REGISTRY_APICURIO,
                                               .use_id = USE_GLOBAL_ID,
                                               .url = url,
                                               .timeout_ms = TIMEOUT_MS}};

    (void)state;
    stub_open(&server);
    stub_url(&server, url, sizeof url);
    strcat(url, "v3");
    stub_say(&server, STUB_ANSWERS, 200, "", "[]");
    assert_int_equal(schemas_open(&config, &schemas, &err), DONE);
    assert_asks(schemas_source(schemas), &server, "GET /base/v3/ids/globalIds/7/references ");
    assert_asks(schemas_source_of_ours(schemas), &server,
                "GET /base/v3/ids/contentIds/7/references ");
    schemas_close(schemas);
    stub_close(&server);
}

static void without_a_source_there_is_none_of_ours(void **state)
{
    const struct config config = {0};
    struct schemas *schemas = NULL;
    struct err err;

    (void)state;
    assert_int_equal(schemas_open(&config, &schemas, &err), DONE);
    assert_null(schemas_source(schemas));
    assert_null(schemas_source_of_ours(schemas));
    schemas_close(schemas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_wrote_ourselves_is_counted_by_content),
        cmocka_unit_test(without_a_source_there_is_none_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
