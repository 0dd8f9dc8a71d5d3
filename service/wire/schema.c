// SPDX-License-Identifier: Apache-2.0
// Reads the JSON of a schema into nodes. Every text of a node is the JSON's own or the arena's.
// Recursion is bounded by SCHEMA_MAX_DEPTH: a named type is entered only where it is defined.
#include "wire/schema.h"

#include "wire/schema_names.h"
#include "json/parse.h"

// Where in the schema we are.
struct place {
    const char *space; // namespace of the type around
    int depth;
};

static int parse_type(struct schema_parser *parser, const json_t *json, struct place place,
                      struct schema_node **out);

static struct schema_node *new_node(struct schema_parser *parser, enum schema_type type)
{
    struct schema_node *node = schema_memory(parser, 1, sizeof *node);

    if (node) {
        node->type = type;
        node->index = parser->nodes++;
    }
    return node;
}

static enum schema_logical logical_of_text(const char *name, enum schema_type type)
{
    static const struct {
        const char *name;
        enum schema_type type;
        enum schema_logical logical;
    } known[] = {
        {"uuid", SCHEMA_STRING, LOGICAL_UUID},
        {"uuid", SCHEMA_FIXED, LOGICAL_UUID},
        {"timestamp-millis", SCHEMA_LONG, LOGICAL_MILLIS},
        {"timestamp-micros", SCHEMA_LONG, LOGICAL_MICROS},
        {"timestamp-nanos", SCHEMA_LONG, LOGICAL_NANOS},
        {"local-timestamp-millis", SCHEMA_LONG, LOGICAL_LOCAL},
        {"local-timestamp-micros", SCHEMA_LONG, LOGICAL_LOCAL},
        {"local-timestamp-nanos", SCHEMA_LONG, LOGICAL_LOCAL},
        {"time-micros", SCHEMA_LONG, LOGICAL_OTHER},
        {"time-millis", SCHEMA_INT, LOGICAL_OTHER},
        {"date", SCHEMA_INT, LOGICAL_OTHER},
        {"decimal", SCHEMA_BYTES, LOGICAL_OTHER},
        {"decimal", SCHEMA_FIXED, LOGICAL_OTHER},
        {"duration", SCHEMA_FIXED, LOGICAL_OTHER},
    };

    for (size_t i = 0; name && i < sizeof known / sizeof known[0]; i++)
        if (!strcmp(known[i].name, name) && known[i].type == type)
            return known[i].logical;
    return LOGICAL_NONE;
}

static void read_logical(const json_t *object, struct schema_node *node)
{
    const char *name = json_string_value(json_object_get(object, "logicalType"));

    node->logical = logical_of_text(name, node->type);
    node->logical_name = node->logical ? name : NULL;
}

static int parse_name(struct schema_parser *parser, const char *name, struct place place,
                      struct schema_node **out)
{
    enum schema_type type = schema_primitive(name);
    const char *full_name;
    int rc;

    if (type != SCHEMA_PRIMITIVES) {
        *out = new_node(parser, type);
        return *out ? 0 : RETRY;
    }
    rc = schema_full_name(parser, name, place.space, &full_name);
    if (rc)
        return rc;
    *out = schema_find(parser, full_name);
    return *out ? 0 : schema_no(parser, "no type is called '%.80s'", full_name);
}

static bool same_branch(const struct schema_node *a, const struct schema_node *b)
{
    return a->type == b->type && (!a->full_name || !strcmp(a->full_name, b->full_name));
}

static int parse_union(struct schema_parser *parser, const json_t *json, struct place place,
                       struct schema_node *node)
{
    size_t count = json_array_size(json);

    node->children = schema_memory(parser, count < SCHEMA_MAX_PARTS ? count : SCHEMA_MAX_PARTS,
                                   sizeof(struct schema_node *));
    if (!node->children)
        return RETRY;
    for (size_t i = 0; i < count; i++) {
        int rc = parse_type(parser, json_array_get(json, i), place, &node->children[i]);

        if (rc)
            return rc;
        if (node->children[i]->type == SCHEMA_UNION)
            return schema_no(parser, "a union is in a union");
        for (size_t j = 0; j < i; j++)
            if (same_branch(node->children[i], node->children[j]))
                return schema_no(parser, "a union has two branches of one type");
        node->child_count = i + 1;
    }
    return 0;
}

static int parse_field(struct schema_parser *parser, const json_t *json, struct place place,
                       struct schema_field *field)
{
    const json_t *type = json_object_get(json, "type");
    int rc;

    field->name = json_string_value(json_object_get(json, "name"));
    field->default_value = json_object_get(json, "default");
    if (!field->name || !schema_is_name(field->name) || !type)
        return schema_no(parser, "a field has no name or no type");
    rc = schema_read_names(parser, json, "aliases", false, &field->aliases);
    return rc ? rc : parse_type(parser, type, place, &field->type);
}

static int parse_record(struct schema_parser *parser, const json_t *json, struct place place,
                        struct schema_node *node)
{
    const json_t *fields = json_object_get(json, "fields");
    int rc = schema_define(parser, node, json, place.space);

    if (rc)
        return rc;
    if (!json_is_array(fields))
        return schema_no(parser, "the record '%.80s' has no array of fields", node->full_name);
    rc = schema_count(parser, json_array_size(fields));
    if (rc)
        return rc;
    node->fields = schema_memory(parser, json_array_size(fields), sizeof *node->fields);
    place.space = schema_namespace(parser, node->full_name);
    if (!node->fields || !place.space)
        return RETRY;
    for (size_t i = 0; i < json_array_size(fields); i++) {
        rc = parse_field(parser, json_array_get(fields, i), place, &node->fields[i]);
        if (rc)
            return rc;
        for (size_t j = 0; j < i; j++)
            if (!strcmp(node->fields[i].name, node->fields[j].name))
                return schema_no(parser, "'%.80s' has two fields '%.80s'", node->full_name,
                                 node->fields[i].name);
        node->field_count = i + 1;
    }
    return 0;
}

static int parse_enum(struct schema_parser *parser, const json_t *json, struct place place,
                      struct schema_node *node)
{
    const json_t *preset = json_object_get(json, "default");
    int rc = schema_define(parser, node, json, place.space);

    if (!rc)
        rc = schema_read_names(parser, json, "symbols", false, &node->symbols);
    if (rc)
        return rc;
    for (size_t i = 0; i < node->symbols.count; i++) {
        struct schema_names earlier = {node->symbols.names, i};

        if (schema_names_have(&earlier, node->symbols.names[i]))
            return schema_no(parser, "'%.80s' has a symbol twice", node->full_name);
    }
    if (!preset)
        return 0;
    node->default_symbol = json_string_value(preset);
    if (!node->default_symbol || !schema_names_have(&node->symbols, node->default_symbol))
        return schema_no(parser, "the default of '%.80s' is no symbol", node->full_name);
    return 0;
}

static int parse_fixed(struct schema_parser *parser, const json_t *json, struct place place,
                       struct schema_node *node)
{
    const json_t *size = json_object_get(json, "size");
    int rc = schema_define(parser, node, json, place.space);

    if (rc)
        return rc;
    if (!json_is_integer(size) || json_integer_value(size) < 0 ||
        json_integer_value(size) > INT32_MAX)
        return schema_no(parser, "'%.80s' has no usable size", node->full_name);
    node->fixed_bytes = (size_t)json_integer_value(size);
    return 0;
}

static int parse_items(struct schema_parser *parser, const json_t *items, struct place place,
                       struct schema_node *node)
{
    if (!items)
        return schema_no(parser, "a type %s does not say of what", schema_type_name(node->type));
    node->children = schema_memory(parser, 1, sizeof(struct schema_node *));
    if (!node->children)
        return RETRY;
    node->child_count = 1;
    return parse_type(parser, items, place, &node->children[0]);
}

static int parse_object(struct schema_parser *parser, const json_t *json, struct place place,
                        struct schema_node **out)
{
    const char *name = json_string_value(json_object_get(json, "type"));
    enum schema_type type = SCHEMA_RECORD;
    struct schema_node *node;
    int rc = 0;

    if (!name)
        return schema_no(parser, "the type of a schema object is not a text");
    if (!strcmp(name, "error")) // a record under another name
        name = "record";
    while (type < SCHEMA_UNION && strcmp(schema_type_name(type), name))
        type++;
    if (type == SCHEMA_UNION) {
        rc = parse_name(parser, name, place, out);
        if (!rc && (*out)->type < SCHEMA_PRIMITIVES)
            read_logical(json, *out);
        return rc;
    }
    node = *out = new_node(parser, type);
    if (!node)
        return RETRY;
    if (type == SCHEMA_RECORD)
        rc = parse_record(parser, json, place, node);
    else if (type == SCHEMA_ENUM)
        rc = parse_enum(parser, json, place, node);
    else if (type == SCHEMA_FIXED)
        rc = parse_fixed(parser, json, place, node);
    else if (type == SCHEMA_ARRAY)
        rc = parse_items(parser, json_object_get(json, "items"), place, node);
    else
        rc = parse_items(parser, json_object_get(json, "values"), place, node);
    read_logical(json, node);
    return rc;
}

static int parse_type(struct schema_parser *parser, const json_t *json, struct place place,
                      struct schema_node **out)
{
    int rc = schema_count(parser, 1);

    if (rc)
        return rc;
    if (++place.depth > SCHEMA_MAX_DEPTH)
        return schema_no(parser, "the schema is deeper than %d types", SCHEMA_MAX_DEPTH);
    if (json_is_string(json))
        return parse_name(parser, json_string_value(json), place, out);
    if (json_is_object(json))
        return parse_object(parser, json, place, out);
    if (!json_is_array(json))
        return schema_no(parser, "a type is neither a text, an object nor an array");
    *out = new_node(parser, SCHEMA_UNION);
    return *out ? parse_union(parser, json, place, *out) : RETRY;
}

// Parses a text of JSON, which becomes one of those that the schema keeps.
static int keep_json(struct schema_parser *parser, struct slice text, json_t *kept, json_t **out)
{
    json_error_t error;
    bool no_memory;

    *out = json_parse(text, &error, &no_memory);
    if (!*out && !no_memory)
        return schema_no(parser, "the schema is not JSON: %s (line %d)", error.text, error.line);
    if (!*out || json_array_append_new(kept, *out))
        return err_no_memory(parser->err);
    return 0;
}

static int parse_kept(struct schema_parser *parser, const json_t *text, json_t *kept,
                      struct schema_node **root)
{
    const struct slice slice = {json_string_value(text), json_string_length(text)};
    json_t *json;
    int rc;

    if (!json_is_string(text))
        return schema_no(parser, "what a schema refers to is not a text");
    rc = keep_json(parser, slice, kept, &json);
    return rc ? rc : parse_type(parser, json, (struct place){"", 0}, root);
}

// Those that it refers to, in the order in which they define what the next ones use, and then
// itself.
static int parse_with_references(struct schema_parser *parser, const json_t *json, json_t *kept,
                                 struct schema_node **root)
{
    const json_t *references = json_object_get(json, SCHEMA_REFERENCES);
    int rc = 0;

    for (size_t i = 0; !rc && i < json_array_size(references); i++)
        rc = parse_kept(parser, json_array_get(references, i), kept, root);
    return rc ? rc : parse_kept(parser, json_object_get(json, SCHEMA_ITSELF), kept, root);
}

static int parse_text(struct schema_parser *parser, struct slice text, json_t *kept,
                      struct schema_node **root)
{
    json_t *json;
    int rc = keep_json(parser, text, kept, &json);

    if (rc)
        return rc;
    if (!json_object_get(json, "type") && json_is_array(json_object_get(json, SCHEMA_REFERENCES)))
        return parse_with_references(parser, json, kept, root);
    return parse_type(parser, json, (struct place){"", 0}, root);
}

int schema_parse(struct slice text, struct arena *arena, struct schema *out, struct err *err)
{
    struct schema_parser parser = {.arena = arena, .err = err};
    int rc;

    *out = (struct schema){0};
    if (text.size > SCHEMA_MAX_BYTES)
        return schema_no(&parser, "the schema is longer than %d bytes", SCHEMA_MAX_BYTES);
    out->json = json_array();
    if (!out->json)
        return err_no_memory(err);
    rc = parse_text(&parser, text, out->json, &out->root);
    out->parts = parser.parts;
    if (rc)
        schema_close(out);
    return rc;
}

void schema_close(struct schema *schema)
{
    json_decref(schema->json);
    *schema = (struct schema){0};
}
