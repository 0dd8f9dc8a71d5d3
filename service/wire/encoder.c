// SPDX-License-Identifier: Apache-2.0
// Walks the layout, which has the fields in the schema's order.
#include "wire/encoder.h"

#include "wire/framing.h"
#include "wire/record_writer.h"

int encode_event(const struct event *event, enum framing framing,
                 const uint32_t schema_ids[EVENT_KINDS], struct buffer *out, struct err *err)
{
    size_t count;

    if (framing == FRAMING_CONFLUENT)
        framing_append_confluent(out, schema_ids[event->kind]);
    else
        framing_append_single_object(out, own_schemas(&count)[event->kind].fingerprint);
    record_write(&event_layouts[event->kind], event, out);
    return out->failed ? err_no_memory(err) : 0;
}
