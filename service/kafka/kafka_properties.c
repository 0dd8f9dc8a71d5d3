// SPDX-License-Identifier: Apache-2.0
#include "kafka/kafka_properties.h"

#include <string.h>

static const char prefix[] = "kafka.";

static const char *copy(struct arena *memory, struct slice text)
{
    struct slice out;

    return arena_copy(memory, text, &out) ? out.data : NULL;
}

static bool fill(struct kafka_property *property, struct arena *memory, struct slice name,
                 const char *value)
{
    property->name = copy(memory, name);
    property->value = copy(memory, slice_of(value));
    return property->name && property->value;
}

static bool fill_source(struct kafka_property *property, struct arena *memory, const char *name,
                        const struct secret_source *source)
{
    struct buffer text;
    bool filled;

    buffer_init(&text);
    buffer_append_format(&text, "%s.%s", name, source->file ? "file" : "command");
    filled = !text.failed && fill(property, memory, buffer_slice(&text),
                                  source->file ? source->file : source->command);
    buffer_free(&text);
    return filled;
}

bool kafka_properties_copy(const struct options *options, struct arena *memory,
                           const struct kafka_property **out, size_t *count)
{
    struct kafka_property *properties;
    struct option_value value;
    size_t most = 0;

    while (options_value_at(options, most, &value))
        most++;
    properties = arena_alloc(memory, (2 * most + 1) * sizeof *properties);
    if (!properties)
        return false;
    *out = properties;
    *count = 0;
    for (size_t i = 0; i < most && options_value_at(options, i, &value); i++) {
        const char *name = value.name + sizeof prefix - 1;

        if (strncmp(value.name, prefix, sizeof prefix - 1) || !strcmp(name, "group.id"))
            continue;
        if (!fill(&properties[(*count)++], memory, slice_of(name), value.value))
            return false;
        if ((value.source.file || value.source.command) &&
            !fill_source(&properties[(*count)++], memory, name, &value.source))
            return false;
    }
    return true;
}
