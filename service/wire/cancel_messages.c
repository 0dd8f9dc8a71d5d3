// SPDX-License-Identifier: Apache-2.0
#include "wire/cancel_messages.h"

#include <stdlib.h>

#include "wire/record_reader.h"
#include "wire/record_writer.h"

struct cancel_decoder {
    struct plan_cache *plans;
    bool ignore_unknown;
};

struct cancel_decoder *cancel_decoder_new(const struct decoder_options *options, struct err *err)
{
    struct plan_cache_options cache_options = {
        .schemas = options->schemas,
        .namespaces = options->namespaces,
        .layouts = cancel_layouts,
        .layout_count = CANCEL_MESSAGE_KINDS,
    };
    struct cancel_decoder *decoder = calloc(1, sizeof *decoder);

    if (!decoder) {
        err_no_memory(err);
        return NULL;
    }
    decoder->ignore_unknown = options->ignore_unknown;
    decoder->plans = plan_cache_new(&cache_options, err);
    if (decoder->plans)
        return decoder;
    free(decoder);
    return NULL;
}

void cancel_decoder_free(struct cancel_decoder *decoder)
{
    if (!decoder)
        return;
    plan_cache_free(decoder->plans);
    free(decoder);
}

int cancel_decoder_decode(struct cancel_decoder *decoder, const struct wire_record *record,
                          struct cancel_message *message, enum decoded *what, struct err *err)
{
    const struct layout *layout;
    // The union's members begin where requested does.
    int rc = record_read(decoder->plans, record, &message->requested, &layout, err);

    if (rc && decoder->ignore_unknown && record_is_unknown(err)) {
        *what = DECODED_IGNORED;
        return DONE;
    }
    if (rc)
        return rc;
    message->kind = (enum cancel_message_kind)(layout - cancel_layouts);
    *what = DECODED_EVENT;
    return DONE;
}

int encode_cancel_message(const struct cancel_message *message, enum framing framing,
                          const uint32_t schema_ids[CANCEL_MESSAGE_KINDS], struct buffer *out,
                          struct err *err)
{
    const struct layout *layout = &cancel_layouts[message->kind];

    if (framing == FRAMING_CONFLUENT)
        framing_append_confluent(out, schema_ids[message->kind]);
    else
        framing_append_single_object(out, own_schema_find(layout->record)->fingerprint);
    record_write(layout, &message->requested, out);
    return out->failed ? err_no_memory(err) : 0;
}
