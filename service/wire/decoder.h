// SPDX-License-Identifier: Apache-2.0
// From the bytes of a Kafka record to an event: framing, writer schema, decode plan, mapping.
// A decoder belongs to one thread. It keeps a plan for each writer schema it has met.
#pragma once

#include "core/event.h"
#include "wire/framing.h"
#include "wire/schema_source.h"

struct decoder;

struct decoder_options {
    const struct schema_source *schemas; // borrowed for the decoder's life; may be NULL: then only
                                         // our own schemas (by fingerprint) are known
    const char *const *namespaces;       // besides "jobtrail.v1"; NULL-terminated, may be NULL
    bool ignore_unknown;                 // events.unknown=ignore
};

enum decoded { DECODED_EVENT, DECODED_IGNORED };

// NULL with err filled when there is no memory.
struct decoder *decoder_new(const struct decoder_options *options, struct err *err);
void decoder_free(struct decoder *decoder);

// Decodes one record. The slices of *event borrow from record->value, or from the decoder
// (defaults of a schema), and live until both are gone.
// Returns 0 and *what; POISON with the reason: TOMBSTONE, PAYLOAD_TOO_LARGE, FRAMING,
// SCHEMA_INVALID, SCHEMA_INCOMPATIBLE, UNKNOWN_RECORD, and those of the plan: TRUNCATED, VARINT,
// INT_RANGE, LENGTH, BOOLEAN, UNION_BRANCH, ENUM_SYMBOL, UTF8, NUL_IN_TEXT, TOO_MANY_ITEMS,
// TOO_DEEP, TRAILING_BYTES, UUID; or RETRY as schema_source.h has it, and without memory.
int decoder_decode(struct decoder *decoder, const struct wire_record *record, struct event *event,
                   enum decoded *what, struct err *err);
