// SPDX-License-Identifier: Apache-2.0
#include "serve/process/own_schema_ids.h"

// *out is NULL where none is configured: then there is nothing to register.
static int open_registry(const struct registry_options *options, enum framing *framing,
                         struct registry **out, struct err *err)
{
    *out = NULL;
    *framing = registry_takes_ours(options) ? FRAMING_CONFLUENT : FRAMING_SINGLE_OBJECT;
    if (!registry_takes_ours(options))
        return DONE;
    *out = registry_new(options, err);
    return *out ? DONE : (int)err->disposition;
}

static int register_own(struct registry *registry, const struct layout *layout, uint32_t *id,
                        struct err *err)
{
    const struct own_schema *own = own_schema_find(layout->record);

    return registry_register(registry, own->full_name, own->json, id, err);
}

int event_schema_ids(const struct registry_options *options, enum framing *framing,
                     uint32_t ids[EVENT_KINDS], struct err *err)
{
    struct registry *registry;
    int rc = open_registry(options, framing, &registry, err);

    for (size_t kind = 0; !rc && registry && kind < EVENT_KINDS; kind++)
        rc = register_own(registry, &event_layouts[kind], &ids[kind], err);
    if (registry)
        registry_free(registry);
    return rc;
}

int cancel_schema_ids(const struct registry_options *options, const enum cancel_message_kind *kinds,
                      size_t count, enum framing *framing, uint32_t ids[CANCEL_MESSAGE_KINDS],
                      struct err *err)
{
    struct registry *registry;
    int rc = open_registry(options, framing, &registry, err);

    for (size_t i = 0; !rc && registry && i < count; i++)
        rc = register_own(registry, &cancel_layouts[kinds[i]], &ids[kinds[i]], err);
    if (registry)
        registry_free(registry);
    return rc;
}
