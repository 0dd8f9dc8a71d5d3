// SPDX-License-Identifier: Apache-2.0
// The names of an Avro schema: their form, their namespaces, and which type bears which.
// Used by schema_parse alone.
#pragma once

#include "wire/schema.h"

struct schema_named {
    struct schema_named *next;
    struct schema_node *node;
};

// What a schema_parse under way knows.
struct schema_parser {
    struct arena *arena;
    struct schema_named *named; // the types named so far, newest first
    size_t parts;
    uint32_t nodes;
    struct err *err;
};

int schema_no(struct schema_parser *parser, const char *format, ...) PRINTF_LIKE(2, 3);
// Memory of the arena, cleared; NULL with err filled.
void *schema_memory(struct schema_parser *parser, size_t count, size_t size);
// Counts more parts against the cap.
int schema_count(struct schema_parser *parser, size_t parts);

// A letter or underscore, then these and digits.
bool schema_is_name(const char *name);
// The namespace in which the members of full_name are looked up: "" for none. In the arena.
const char *schema_namespace(struct schema_parser *parser, const char *full_name);
// name within a namespace, or as it is when it has a dot. Checked.
int schema_full_name(struct schema_parser *parser, const char *name, const char *space,
                     const char **out);
// The primitive of that name, or SCHEMA_PRIMITIVES.
enum schema_type schema_primitive(const char *name);
struct schema_node *schema_find(const struct schema_parser *parser, const char *full_name);
// Gives node its name and aliases from its JSON object; a name already taken is refused.
int schema_define(struct schema_parser *parser, struct schema_node *node, const json_t *object,
                  const char *space);
// The optional array of texts of that member, each checked to be a name (with_dots: a full one).
int schema_read_names(struct schema_parser *parser, const json_t *object, const char *member,
                      bool with_dots, struct schema_names *out);
