// SPDX-License-Identifier: Apache-2.0
#include "serve/process/own_schema_ids.h"

#include "wire/schemas.h"

int own_schema_ids(const struct registry_options *options, size_t first, size_t count,
                   enum framing *framing, uint32_t *ids, struct err *err)
{
    struct registry *registry;
    size_t all;
    const struct own_schema *schemas = own_schemas(&all) + first;
    int result = DONE;

    *framing = FRAMING_SINGLE_OBJECT;
    if (!options->url)
        return DONE;
    registry = registry_new(options, err);
    if (!registry)
        return (int)err->disposition;
    *framing = FRAMING_CONFLUENT;
    for (size_t i = 0; !result && i < count; i++)
        result = registry_register(registry, schemas[i].full_name, schemas[i].json, &ids[i], err);
    registry_free(registry);
    return result;
}
