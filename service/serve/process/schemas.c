// SPDX-License-Identifier: Apache-2.0
#include "serve/process/schemas.h"

#include <stdlib.h>

#include "registry/registry.h"
#include "wire/schema_directory.h"

struct schemas {
    struct registry *registry;          // owned; NULL: none configured
    struct schema_directory *directory; // owned; NULL: none configured
    struct schema_source registry_source, source, source_of_ours;
};

int schemas_check(const struct config *config, struct err *err)
{
    const struct registry_options *registry = &config->registry;

    if (registry->basic_auth && registry->bearer_token)
        return err_set(err, FATAL, "CONFIGURATION",
                       "schema.registry.user-info and schema.registry.token exclude each other");
    if (registry->kind == REGISTRY_APICURIO && !registry->url)
        return err_set(err, FATAL, "CONFIGURATION",
                       "schema.registry.kind=apicurio needs schema.registry.url");
    if (registry->kind != REGISTRY_APICURIO && registry->use_id != USE_AGREEING_IDS)
        return err_set(err, FATAL, "CONFIGURATION",
                       "schema.registry.use-id is of schema.registry.kind=apicurio alone: "
                       "Confluent's interface of Apicurio counts by content ids, whatever it says");
    if (registry->kind == REGISTRY_GLUE && (registry->url || !config->schema_directory))
        return err_set(err, FATAL, "CONFIGURATION",
                       "schema.registry.kind=glue: AWS Glue is not asked itself. Put each schema "
                       "into schema.directory, in a file called by its version (UUID.avsc), and "
                       "leave schema.registry.url empty");
    return DONE;
}

static int open_registry(struct schemas *schemas, const struct config *config, struct err *err)
{
    if (!config->registry.url)
        return DONE;
    schemas->registry = registry_new(&config->registry, err);
    if (!schemas->registry)
        return (int)err->disposition;
    schemas->registry_source = schemas->source = registry_schema_source(schemas->registry);
    return DONE;
}

static int open_directory(struct schemas *schemas, const struct config *config, struct err *err)
{
    const struct schema_source *otherwise = schemas->registry ? &schemas->registry_source : NULL;

    if (!config->schema_directory)
        return DONE;
    schemas->directory =
        schema_directory_new(config->schema_directory, config->registry.kind, otherwise, err);
    if (!schemas->directory)
        return (int)err->disposition;
    schemas->source = schema_directory_source(schemas->directory);
    return DONE;
}

static int fetch_of_ours(void *self, const struct schema_name *name, char **json, struct err *err)
{
    const struct schemas *schemas = self;
    struct schema_name ours = *name;

    if (ours.kind == SCHEMA_BY_ID)
        ours.kind = SCHEMA_BY_CONTENT_ID;
    return schemas->source.fetch(schemas->source.self, &ours, json, err);
}

int schemas_open(const struct config *config, struct schemas **out, struct err *err)
{
    struct schemas *schemas = calloc(1, sizeof *schemas);
    int rc;

    if (!schemas)
        return err_no_memory(err);
    rc = open_registry(schemas, config, err);
    if (!rc)
        rc = open_directory(schemas, config, err);
    if (rc) {
        schemas_close(schemas);
        return rc;
    }
    schemas->source_of_ours = config->registry.kind == REGISTRY_APICURIO
                                  ? (struct schema_source){schemas, fetch_of_ours}
                                  : schemas->source;
    *out = schemas;
    return DONE;
}

void schemas_close(struct schemas *schemas)
{
    if (!schemas)
        return;
    if (schemas->directory)
        schema_directory_free(schemas->directory);
    if (schemas->registry)
        registry_free(schemas->registry);
    free(schemas);
}

const struct schema_source *schemas_source(const struct schemas *schemas)
{
    return schemas->source.fetch ? &schemas->source : NULL;
}

const struct schema_source *schemas_source_of_ours(const struct schemas *schemas)
{
    return schemas->source_of_ours.fetch ? &schemas->source_of_ours : NULL;
}
