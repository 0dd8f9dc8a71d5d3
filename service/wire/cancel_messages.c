// SPDX-License-Identifier: Apache-2.0
#include "wire/cancel_messages.h"

#include "wire/record_writer.h"

struct record_decoder *cancel_decoder_new(const struct decoder_options *options, struct err *err)
{
    return record_decoder_new(cancel_layouts, CANCEL_MESSAGE_KINDS, options, err);
}

int decode_cancel_message(struct record_decoder *decoder, const struct wire_record *record,
                          struct cancel_message *message, enum decoded *what, struct err *err)
{
    size_t kind;
    // The union's members begin where requested does.
    int rc = record_decode(decoder, record, &message->requested, &kind, what, err);

    if (!rc && *what == DECODED_RECORD)
        message->kind = (enum cancel_message_kind)kind;
    return rc;
}

int encode_cancel_message(const struct cancel_message *message, enum framing framing,
                          const uint32_t schema_ids[CANCEL_MESSAGE_KINDS], struct buffer *out,
                          struct err *err)
{
    const struct layout *layout = &cancel_layouts[message->kind];

    if (framing == FRAMING_CONFLUENT)
        framing_append_confluent(out, schema_ids[message->kind]);
    else
        framing_append_single_object(out,
                                     own_schema_find(layout->record)->fingerprints[FORM_SPECIFIED]);
    record_write(layout, &message->requested, out);
    return out->failed ? err_no_memory(err) : DONE;
}
