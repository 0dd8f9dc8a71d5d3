// SPDX-License-Identifier: Apache-2.0
// The events of a job as their structs, and their way from and to Avro.
#pragma once

#include "base/buffer.h"
#include "core/event.h"
#include "wire/record_decoder.h"

// A decoder for decode_event alone.
struct record_decoder *event_decoder_new(const struct decoder_options *options, struct err *err);
// As record_decode. *event is filled unless DECODED_IGNORED.
int decode_event(struct record_decoder *decoder, const struct wire_record *record,
                 struct event *event, enum decoded *what, struct err *err);

// Appends the framed event to out, in our own newest schema. schema_ids: the registry's id of each
// kind's schema, for FRAMING_CONFLUENT; else NULL. 0, or RETRY without memory.
int encode_event(const struct event *event, enum framing framing,
                 const uint32_t schema_ids[EVENT_KINDS], struct buffer *out, struct err *err);
