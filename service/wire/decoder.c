// SPDX-License-Identifier: Apache-2.0
// Joins framing, plan cache and plan for the records that are events. Nothing is allocated once
// a schema is known.
#include "wire/decoder.h"

#include <stdlib.h>

#include "wire/record_reader.h"

struct decoder {
    struct plan_cache *plans;
    bool ignore_unknown;
};

struct decoder *decoder_new(const struct decoder_options *options, struct err *err)
{
    struct plan_cache_options cache_options = {
        .schemas = options->schemas,
        .namespaces = options->namespaces,
        .layouts = event_layouts,
        .layout_count = EVENT_KINDS,
    };
    struct decoder *decoder = calloc(1, sizeof *decoder);

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

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    plan_cache_free(decoder->plans);
    free(decoder);
}

int decoder_decode(struct decoder *decoder, const struct wire_record *record, struct event *event,
                   enum decoded *what, struct err *err)
{
    const struct layout *layout;
    int rc = record_read(decoder->plans, record, event, &layout, err);

    if (rc && decoder->ignore_unknown && record_is_unknown(err)) {
        *what = DECODED_IGNORED;
        return DONE;
    }
    if (rc)
        return rc;
    event->kind = (enum event_kind)(layout - event_layouts);
    *what = DECODED_EVENT;
    return DONE;
}
