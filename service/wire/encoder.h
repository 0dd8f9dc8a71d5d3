// SPDX-License-Identifier: Apache-2.0
// From an event to Avro bytes, in our own newest schema. An encoder belongs to one thread.
#pragma once

#include "base/buffer.h"
#include "core/event.h"

enum framing { FRAMING_SINGLE_OBJECT, FRAMING_CONFLUENT };

// Appends the framed event to out. schema_ids: the registry's id of each kind's schema, for
// FRAMING_CONFLUENT; else NULL. 0, or RETRY without memory.
int encode_event(const struct event *event, enum framing framing,
                 const uint32_t schema_ids[EVENT_KINDS], struct buffer *out, struct err *err);
