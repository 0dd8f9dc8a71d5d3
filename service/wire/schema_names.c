// SPDX-License-Identifier: Apache-2.0
// Avro's rules for names (specification, "Names"): a name without a dot belongs to the namespace
// stated beside it, else to that of the type around it.
#include "wire/schema_names.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const type_names[SCHEMA_TYPES] = {
    "null",   "boolean", "int",  "long",  "float", "double", "bytes",
    "string", "record",  "enum", "fixed", "array", "map",    "union"};

const char *schema_type_name(enum schema_type type)
{
    return type_names[type];
}

const char *schema_short_name(const char *full_name)
{
    const char *dot = strrchr(full_name, '.');

    return dot ? dot + 1 : full_name;
}

bool schema_names_have(const struct schema_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (!strcmp(names->names[i], name))
            return true;
    return false;
}

int schema_no(struct schema_parser *parser, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return err_set(parser->err, POISON, "SCHEMA_INVALID", "%s", text);
}

void *schema_memory(struct schema_parser *parser, size_t count, size_t size)
{
    void *memory = arena_alloc(parser->arena, count * size + 1);

    if (memory)
        memset(memory, 0, count * size + 1);
    else
        err_no_memory(parser->err);
    return memory;
}

int schema_count(struct schema_parser *parser, size_t parts)
{
    if (parts > SCHEMA_MAX_PARTS - parser->parts)
        return schema_no(parser, "the schema has more than %d parts", SCHEMA_MAX_PARTS);
    parser->parts += parts;
    return 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The length of the name at the beginning of text; 0: there is none.
static size_t name_length(const char *text)
{
    size_t length = 0;

    while (is_letter(text[length]) || (length && text[length] >= '0' && text[length] <= '9'))
        length++;
    return length;
}

bool schema_is_name(const char *name)
{
    size_t length = name_length(name);

    return length && !name[length];
}

static bool is_full_name(const char *name)
{
    for (;;) {
        size_t length = name_length(name);

        if (!length)
            return false;
        name += length;
        if (!*name)
            return true;
        if (*name++ != '.')
            return false;
    }
}

const char *schema_namespace(struct schema_parser *parser, const char *full_name)
{
    const char *dot = strrchr(full_name, '.');
    size_t length = dot ? (size_t)(dot - full_name) : 0;
    char *space = schema_memory(parser, length + 1, 1);

    if (space)
        memcpy(space, full_name, length);
    return space;
}

int schema_full_name(struct schema_parser *parser, const char *name, const char *space,
                     const char **out)
{
    bool is_bare = strchr(name, '.') || !*space;
    size_t size = strlen(name) + strlen(space) + 2;
    char *full = schema_memory(parser, size, 1);

    if (!full)
        return RETRY;
    snprintf(full, size, "%s%s%s", is_bare ? "" : space, is_bare ? "" : ".", name);
    if (!is_full_name(full))
        return schema_no(parser, "'%.80s' is not a name", full);
    *out = full;
    return 0;
}

enum schema_type schema_primitive(const char *name)
{
    enum schema_type type = SCHEMA_NULL;

    while (type < SCHEMA_PRIMITIVES && strcmp(type_names[type], name))
        type++;
    return type;
}

struct schema_node *schema_find(const struct schema_parser *parser, const char *full_name)
{
    for (const struct schema_named *named = parser->named; named; named = named->next)
        if (!strcmp(named->node->full_name, full_name))
            return named->node;
    return NULL;
}

static int read_aliases(struct schema_parser *parser, struct schema_node *node,
                        const json_t *object)
{
    const char *space = schema_namespace(parser, node->full_name);
    int rc;

    if (!space)
        return RETRY;
    rc = schema_read_names(parser, object, "aliases", true, &node->aliases);
    for (size_t i = 0; !rc && i < node->aliases.count; i++)
        rc = schema_full_name(parser, node->aliases.names[i], space, &node->aliases.names[i]);
    return rc;
}

int schema_define(struct schema_parser *parser, struct schema_node *node, const json_t *object,
                  const char *space)
{
    const json_t *name = json_object_get(object, "name");
    const json_t *own_space = json_object_get(object, "namespace");
    struct schema_named *named;
    int rc;

    if (!json_is_string(name))
        return schema_no(parser, "a %s has no name", schema_type_name(node->type));
    if (json_is_string(own_space))
        space = json_string_value(own_space);
    rc = schema_full_name(parser, json_string_value(name), space, &node->full_name);
    if (rc)
        return rc;
    if (schema_primitive(node->full_name) != SCHEMA_PRIMITIVES)
        return schema_no(parser, "'%s' is the name of a primitive type", node->full_name);
    if (schema_find(parser, node->full_name))
        return schema_no(parser, "'%.80s' is defined twice", node->full_name);
    named = schema_memory(parser, 1, sizeof *named);
    if (!named)
        return RETRY;
    *named = (struct schema_named){parser->named, node};
    parser->named = named;
    return read_aliases(parser, node, object);
}

int schema_read_names(struct schema_parser *parser, const json_t *object, const char *member,
                      bool with_dots, struct schema_names *out)
{
    const json_t *list = json_object_get(object, member);
    int rc;

    if (!list)
        return 0;
    if (!json_is_array(list))
        return schema_no(parser, "'%s' is not an array", member);
    rc = schema_count(parser, json_array_size(list));
    if (rc)
        return rc;
    out->names = schema_memory(parser, json_array_size(list), sizeof *out->names);
    if (!out->names)
        return RETRY;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (!name || !(with_dots ? is_full_name(name) : schema_is_name(name)))
            return schema_no(parser, "'%s' has something that is not a name", member);
        out->names[out->count++] = name;
    }
    return 0;
}
