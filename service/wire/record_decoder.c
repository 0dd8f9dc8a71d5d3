// SPDX-License-Identifier: Apache-2.0
// Joins framing, plan cache and plan. Nothing is allocated once a schema is known.
#include "wire/record_decoder.h"

#include <stdlib.h>

#include "wire/cursor.h"
#include "wire/inflate.h"
#include "wire/likeness.h"
#include "wire/plan_cache.h"

struct record_decoder {
    struct plan_cache *plans; // owned
    const struct layout *layouts;
    bool ignore_unknown;
    enum registry_kind registry;
    struct buffer inflated;
};

struct record_decoder *record_decoder_new(const struct layout *layouts, size_t count,
                                          const struct decoder_options *options, struct err *err)
{
    struct plan_cache_options cache_options = {
        .schemas = options->schemas,
        .namespaces = options->namespaces,
        .layouts = layouts,
        .layout_count = count,
    };
    struct record_decoder *decoder = calloc(1, sizeof *decoder);

    if (!decoder) {
        err_no_memory(err);
        return NULL;
    }
    decoder->layouts = layouts;
    decoder->ignore_unknown = options->ignore_unknown;
    decoder->registry = options->registry;
    buffer_init(&decoder->inflated);
    decoder->plans = plan_cache_new(&cache_options, err);
    if (decoder->plans)
        return decoder;
    free(decoder);
    return NULL;
}

void record_decoder_free(struct record_decoder *decoder)
{
    if (!decoder)
        return;
    plan_cache_free(decoder->plans);
    buffer_free(&decoder->inflated);
    free(decoder);
}

// The record's branch of the writer's schema; that of a root union is written before the record.
// NULL: err says why the value is POISON.
static const struct plan_branch *choose_branch(const struct plan_entry *entry,
                                               struct slice *payload, struct err *err)
{
    const unsigned char *begin = (const unsigned char *)payload->data;
    struct cursor cursor = {begin, begin + payload->size};
    int64_t branch = 0;

    if (!entry->branches) {
        *err = entry->verdict;
        return NULL;
    }
    if (entry->is_union) {
        enum fault fault = cursor_long(&cursor, &branch);

        if (fault) {
            err_set(err, POISON, fault == FAULT_VARINT ? "VARINT" : "TRUNCATED",
                    "the value has no readable branch of the schema's union");
            return NULL;
        }
        if (branch < 0 || (uint64_t)branch >= entry->branch_count) {
            err_set(err, POISON, "UNION_BRANCH",
                    "the value is of a branch that the schema's union does not have");
            return NULL;
        }
        *payload = (struct slice){(const char *)cursor.at, cursor_left(&cursor)};
    }
    return &entry->branches[branch];
}

// Only when the schema is known: until then the value may be read many times in vain.
static int inflate_payload(struct record_decoder *decoder, struct framed *framed, struct err *err)
{
    int rc = DONE;

    if (framed->is_deflated) {
        rc = inflate_value(framed->payload, &decoder->inflated, err);
        framed->payload = buffer_slice(&decoder->inflated);
    }
    return rc;
}

int record_decode(struct record_decoder *decoder, const struct wire_record *record, void *target,
                  size_t *layout, enum decoded *what, struct err *err)
{
    const struct plan_branch *branch;
    const struct plan_entry *entry;
    struct framed framed;
    int rc = framing_read(record, decoder->registry, &framed, err);

    if (!rc)
        rc = plan_cache_find(decoder->plans, &framed.schema, &entry, err);
    if (!rc)
        rc = inflate_payload(decoder, &framed, err);
    if (rc)
        return rc;
    branch = choose_branch(entry, &framed.payload, err);
    if (!branch)
        return POISON;
    if (!branch->plan) {
        *err = branch->verdict;
        if (!branch->is_foreign || !decoder->ignore_unknown)
            return POISON;
        *what = DECODED_IGNORED;
        return DONE;
    }
    *what = DECODED_RECORD;
    *layout = (size_t)(plan_layout(branch->plan) - decoder->layouts);
    rc = plan_run(branch->plan, framed.payload, target, err);
    if (rc == POISON && payload_likeness(framed.payload))
        err_set(err, POISON, err->reason, "what stands behind the schema's name looks like %s",
                payload_likeness(framed.payload));
    return rc;
}
