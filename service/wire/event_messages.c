// SPDX-License-Identifier: Apache-2.0
#include "wire/event_messages.h"

#include "wire/record_writer.h"

struct record_decoder *event_decoder_new(const struct decoder_options *options, struct err *err)
{
    return record_decoder_new(event_layouts, EVENT_KINDS, options, err);
}

int decode_event(struct record_decoder *decoder, const struct wire_record *record,
                 struct event *event, enum decoded *what, struct err *err)
{
    size_t kind;
    int rc = record_decode(decoder, record, event, &kind, what, err);

    if (!rc && *what == DECODED_RECORD)
        event->kind = (enum event_kind)kind;
    return rc;
}

int encode_event(const struct event *event, enum framing framing,
                 const uint32_t schema_ids[EVENT_KINDS], struct buffer *out, struct err *err)
{
    size_t count;

    if (framing == FRAMING_CONFLUENT)
        framing_append_confluent(out, schema_ids[event->kind]);
    else
        framing_append_single_object(out,
                                     own_schemas(&count)[event->kind].fingerprints[FORM_SPECIFIED]);
    record_write(&event_layouts[event->kind], event, out);
    return out->failed ? err_no_memory(err) : DONE;
}
