// SPDX-License-Identifier: Apache-2.0
// An Avro schema as a graph of nodes, read from its JSON with caps on size, depth and number of
// parts. Unlike avro-c's it keeps what resolution needs: aliases, defaults, logical types.
// A named type is one node however often it is used, so a recursive schema is a cycle.
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum {
    SCHEMA_MAX_BYTES = 256 * 1024,
    SCHEMA_MAX_DEPTH = 32,   // of types within types, as written
    SCHEMA_MAX_PARTS = 4096, // types, fields, symbols and aliases together
};

enum schema_type {
    SCHEMA_NULL,
    SCHEMA_BOOLEAN,
    SCHEMA_INT,
    SCHEMA_LONG,
    SCHEMA_FLOAT,
    SCHEMA_DOUBLE,
    SCHEMA_BYTES,
    SCHEMA_STRING,
    SCHEMA_PRIMITIVES,
    SCHEMA_RECORD = SCHEMA_PRIMITIVES,
    SCHEMA_ENUM,
    SCHEMA_FIXED,
    SCHEMA_ARRAY,
    SCHEMA_MAP,
    SCHEMA_UNION,
    SCHEMA_TYPES,
};

// LOGICAL_OTHER: one that changes what the value means in a way we have no use for (a date, a
// decimal). One that Avro does not know, or on the wrong type, is no logical type at all.
enum schema_logical {
    LOGICAL_NONE,
    LOGICAL_UUID,
    LOGICAL_MILLIS, // timestamp-millis
    LOGICAL_MICROS,
    LOGICAL_NANOS,
    LOGICAL_LOCAL, // local-timestamp-*: what a clock on a wall says, which is no instant
    LOGICAL_OTHER,
};

struct schema_names {
    const char **names;
    size_t count;
};

struct schema_field {
    const char *name;
    struct schema_names aliases;
    struct schema_node *type;
    const json_t *default_value; // NULL: none; borrowed from the schema's json
};

struct schema_node {
    enum schema_type type;
    enum schema_logical logical;
    const char *logical_name;    // as it is written; NULL for LOGICAL_NONE
    uint32_t index;              // of this node among the schema's, from 0
    const char *full_name;       // record, enum, fixed
    struct schema_names aliases; // of the same, full names
    struct schema_names symbols; // enum
    const char *default_symbol;  // enum; NULL: none
    size_t fixed_bytes;
    struct schema_field *fields; // record
    size_t field_count;
    struct schema_node **children; // array and map: one; union: its branches
    size_t child_count;
};

struct schema {
    json_t *json; // owned: an array of what was read
    struct schema_node *root;
    size_t parts; // an upper bound of the nodes and of their uses
};

// A schema that refers to others comes with their texts, as an object that is none itself:
//     {"references": [TEXT, ...], "schema": TEXT}
// where each may use the names that those before it define.
#define SCHEMA_REFERENCES "references"
#define SCHEMA_ITSELF     "schema"

// Everything but json lives in the arena. On failure the arena may have grown.
// 0; POISON (SCHEMA_INVALID); RETRY without memory.
int schema_parse(struct slice text, struct arena *arena, struct schema *out, struct err *err);
void schema_close(struct schema *schema);

// "int", "record" and so on.
const char *schema_type_name(enum schema_type type);
// What follows the last dot of a full name.
const char *schema_short_name(const char *full_name);
bool schema_names_have(const struct schema_names *names, const char *name);
