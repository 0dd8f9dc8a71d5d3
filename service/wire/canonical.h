// SPDX-License-Identifier: Apache-2.0
// The parsing canonical form of a schema (Avro specification, "Transforming into Parsing Canonical
// Form") and its 64-bit fingerprint, by which the single-object framing names a schema.
#pragma once

#include "base/buffer.h"
#include "wire/schema.h"

// Appends the form; without memory out->failed.
void canonical_form(const struct schema *schema, struct buffer *out);

// CRC-64-AVRO of any bytes.
uint64_t crc64_avro(struct slice bytes);

// The fingerprint of a schema; 0, or RETRY without memory.
int schema_fingerprint(const struct schema *schema, uint64_t *out, struct err *err);
