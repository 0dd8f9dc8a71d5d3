// SPDX-License-Identifier: Apache-2.0
// The parsing canonical form of a schema (Avro specification, "Transforming into Parsing Canonical
// Form") and its 64-bit fingerprint, by which the single-object framing names a schema.
//
// Libraries do not agree on it: where a primitive type has a logical type, some write an object
// that the specification reduces to the type's name. So a schema has a fingerprint by each of the
// forms; which writes which was seen with the versions named in docs/emitters.md.
#pragma once

#include "base/buffer.h"
#include "wire/schema.h"

enum canonical_form {
    FORM_SPECIFIED, // "long"
    FORM_LOGICAL,   // {"type":"long","logicalType":"timestamp-micros"}
    FORM_GOAVRO,    // {"type":"long"}, and "string" for a uuid, whose logical type goavro does not
                    // know
    FORM_OBJECT,    // {"type":"long"}, {"type":"string"}
    CANONICAL_FORMS,
    // No library's: the specified one, with the logical types that make a value mean something else
    // than it would without. Schemas that are equal by it read a value alike.
    FORM_MEANING = CANONICAL_FORMS,
};

// "specified", "logical", "goavro", "object".
const char *canonical_form_name(enum canonical_form form);
// Appends it; without memory out->failed.
void canonical_form_write(const struct schema *schema, enum canonical_form form,
                          struct buffer *out);

// CRC-64-AVRO of any bytes.
uint64_t crc64_avro(struct slice bytes);

// The fingerprint of a schema by one form, or by each that libraries write; those of forms that do
// not differ are equal. 0, or RETRY without memory.
int schema_fingerprint(const struct schema *schema, enum canonical_form form, uint64_t *out,
                       struct err *err);
int schema_fingerprints(const struct schema *schema, uint64_t out[CANONICAL_FORMS],
                        struct err *err);
