// SPDX-License-Identifier: Apache-2.0
// What stands before the Avro bytes of a Kafka value and names the writer's schema: the header
// __value_schema_id with a bare value, Confluent's five bytes, or Avro's single-object ten; and
// what the serializers of another kind of registry write, where one of that kind is configured.
#pragma once

#include "base/buffer.h"
#include "core/ports.h"
#include "wire/record_limits.h"
#include "wire/schema_source.h"

// In the order of the option's choices.
enum registry_kind {
    REGISTRY_CONFLUENT,
    REGISTRY_APICURIO, // also its headers, and ids of 8 bytes in the value
    REGISTRY_GLUE,     // also AWS Glue's 18 bytes
};

enum framing { FRAMING_SINGLE_OBJECT, FRAMING_CONFLUENT }; // that we write

// A record's value and headers as Kafka has them; all borrowed.
struct wire_record {
    struct slice value; // absent: a tombstone
    const struct record_header *headers;
    size_t header_count;
};

struct framed {
    struct schema_name schema;
    struct slice payload; // borrowed from the record
    bool is_deflated;     // the payload is, by zlib (wire/inflate.h)
};

// 0; POISON: TOMBSTONE, PAYLOAD_TOO_LARGE or FRAMING.
int framing_read(const struct wire_record *record, enum registry_kind kind, struct framed *out,
                 struct err *err);

// What the record says its schema is called, for a person or as a key, whatever the kind of
// registry. False: nothing.
bool framing_name(const struct wire_record *record, struct schema_name *out);

// Whether the value is framed as a single object of one of our own schemas. Then its headers cannot
// matter to decoding, short of a bare value that begins with these very ten bytes.
bool framing_names_own_schema(struct slice value);

void framing_append_confluent(struct buffer *out, uint32_t schema_id);
void framing_append_single_object(struct buffer *out, uint64_t fingerprint);
