// SPDX-License-Identifier: Apache-2.0
// Where writer schemas come from, as a port: wire does not know registries or folders.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/slice.h"

enum schema_name_kind {
    SCHEMA_BY_ID,
    SCHEMA_BY_GUID,
    SCHEMA_BY_FINGERPRINT,
    SCHEMA_BY_GLOBAL_ID,  // Apicurio's, of a version of an artifact
    SCHEMA_BY_CONTENT_ID, // Apicurio's, of a text
    SCHEMA_BY_VERSION,    // AWS Glue's
};

// What a framed value says of its writer's schema.
struct schema_name {
    enum schema_name_kind kind;
    union {
        uint32_t id;            // Confluent framing; which of Apicurio's ids, if it is its, is
                                // for the source to know
        unsigned char guid[16]; // Confluent framing by header; a Glue version
        uint64_t fingerprint;   // CRC-64-AVRO of the parsing canonical form
    };
};

enum { SCHEMA_NAME_KEY_BYTES = 17, SCHEMA_NAME_TEXT_SIZE = 64 };

static inline bool schema_name_is_number(const struct schema_name *name)
{
    return name->kind == SCHEMA_BY_ID || name->kind == SCHEMA_BY_GLOBAL_ID ||
           name->kind == SCHEMA_BY_CONTENT_ID;
}

// The name as bytes to compare, never all zeros.
void schema_name_key(const struct schema_name *name, unsigned char key[SCHEMA_NAME_KEY_BYTES]);
// The name for a person: "id 7", "GUID 0123...", "fingerprint 63ee...", which is the number as
// `jobtrail schemas list` has it.
void schema_name_text(const struct schema_name *name, char out[SCHEMA_NAME_TEXT_SIZE]);

// Fetches the JSON of a writer schema, with those that it refers to (schema_parse). May block for
// as long as its time limits say. *json is malloc'ed, NUL-terminated and the caller's to free.
// Returns 0; RETRY with reason SCHEMA_UNREACHABLE (the source cannot be asked now); RETRY with
// reason SCHEMA_UNKNOWN (it was asked and has no such schema: the caller decides how long to hope);
// POISON with that reason (there is nothing to hope for); RETRY without memory.
struct schema_source {
    void *self;
    int (*fetch)(void *self, const struct schema_name *name, char **json, struct err *err);
};

// Fills err and returns POISON: SCHEMA_UNKNOWN, and nobody will ever know it.
int schema_no_hope(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

// Whether what failed had the reason SCHEMA_UNKNOWN; its disposition says whether there is hope.
static inline bool schema_is_unknown(const struct err *err)
{
    return !strcmp(err->reason, "SCHEMA_UNKNOWN");
}
