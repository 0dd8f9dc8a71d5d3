// SPDX-License-Identifier: Apache-2.0
// From the bytes of a Kafka record to one of our structs: framing, writer schema, decode plan,
// mapping. Which records a decoder takes is said by its layouts: those of the events
// (event_messages.h) or those of cancelling (cancel_messages.h). A decoder belongs to one thread.
// It keeps a plan for each writer schema it has met.
#pragma once

#include "wire/framing.h"
#include "wire/layout.h"

struct record_decoder;

struct decoder_options {
    const struct schema_source *schemas; // borrowed for the decoder's life; may be NULL: then only
                                         // our own schemas (by fingerprint) are known
    const char *const *namespaces;       // besides "jobtrail.v1"; NULL-terminated, may be NULL
    bool ignore_unknown;                 // events.unknown=ignore
    enum registry_kind registry;         // whose serializers' framings are read
};

enum decoded {
    DECODED_RECORD,
    DECODED_IGNORED, // it is none of the layouts', and the options say to ignore such
};

// The layouts are borrowed for the decoder's life. NULL with err filled when there is no memory.
struct record_decoder *record_decoder_new(const struct layout *layouts, size_t count,
                                          const struct decoder_options *options, struct err *err);
// Accepts NULL.
void record_decoder_free(struct record_decoder *decoder);

// Decodes one record into target, which has room for the largest of the layouts' structs; *layout
// is the place of the one that it is. Texts borrow from record->value, or from the decoder
// (defaults of a schema), and live until both are gone; those of a deflated value (AWS Glue's) live
// until the next one is decoded.
// DONE and *what; POISON with the reason: TOMBSTONE, PAYLOAD_TOO_LARGE, FRAMING, SCHEMA_INVALID,
// SCHEMA_INCOMPATIBLE, UNKNOWN_RECORD, and those of the plan: TRUNCATED, VARINT, INT_RANGE, LENGTH,
// BOOLEAN, UNION_BRANCH, ENUM_SYMBOL, UTF8, NUL_IN_TEXT, TOO_MANY_ITEMS, TOO_DEEP, TRAILING_BYTES,
// UUID; SCHEMA_UNKNOWN as RETRY or POISON, SCHEMA_UNREACHABLE as schema_source.h has them; or RETRY
// without memory.
int record_decode(struct record_decoder *decoder, const struct wire_record *record, void *target,
                  size_t *layout, enum decoded *what, struct err *err);
