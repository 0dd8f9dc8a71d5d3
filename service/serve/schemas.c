// SPDX-License-Identifier: Apache-2.0
#include "serve/schemas.h"

#include <stdlib.h>

#include "registry/registry.h"
#include "wire/schema_directory.h"

struct schemas {
    struct registry *registry;          // owned; NULL: none configured
    struct schema_directory *directory; // owned; NULL: none configured
};

int schemas_open(const struct config *config, struct schemas **out, struct err *err)
{
    struct schemas *schemas = calloc(1, sizeof *schemas);
    int rc = DONE;

    if (!schemas)
        return err_no_memory(err);
    if (config->schema_directory)
        rc = schema_directory_open(config->schema_directory, &schemas->directory, err);
    if (!rc && config->registry.url) {
        schemas->registry = registry_new(&config->registry, err);
        rc = schemas->registry ? DONE : (int)err->disposition;
    }
    if (rc) {
        schemas_close(schemas);
        return rc;
    }
    *out = schemas;
    return DONE;
}

void schemas_close(struct schemas *schemas)
{
    if (!schemas)
        return;
    if (schemas->registry)
        registry_free(schemas->registry);
    if (schemas->directory)
        schema_directory_close(schemas->directory);
    free(schemas);
}

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct schemas *schemas = self;
    struct schema_source from;

    if (name->kind == SCHEMA_BY_FINGERPRINT && schemas->directory)
        from = schema_directory_source(schemas->directory);
    else if (name->kind != SCHEMA_BY_FINGERPRINT && schemas->registry)
        from = registry_schema_source(schemas->registry);
    else
        return err_set(err, RETRY, "SCHEMA_UNKNOWN",
                       "the record names a schema by its %s, but no %s is configured",
                       name->kind == SCHEMA_BY_FINGERPRINT ? "fingerprint" : "id",
                       name->kind == SCHEMA_BY_FINGERPRINT ? "schema.directory"
                                                           : "schema.registry.url");
    return from.fetch(from.self, name, json, err);
}

struct schema_source schemas_source(struct schemas *schemas)
{
    return (struct schema_source){.self = schemas, .fetch = fetch};
}
