// SPDX-License-Identifier: Apache-2.0
// Any value with any __value_schema_id header: the first byte says how many of the next are the
// header's (0: none). Decoded with our own schemas alone.
#include "fuzz/fuzz_target.h"
#include "wire/event_messages.h"
#include "wire/headers.h"

static struct record_decoder *decoder;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct decoder_options options = {0};
    struct err err;

    (void)argc;
    (void)argv;
    decoder = event_decoder_new(&options, &err);
    return decoder ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t header_bytes = size ? data[0] : 0;
    struct record_header header = {slice_of(HEADER_VALUE_SCHEMA_ID), {(const char *)data + 1, 0}};
    struct wire_record record = {.headers = &header};
    struct framed framed;
    struct event event;
    enum decoded what;
    struct err err = {0};
    int rc;

    if (!size || header_bytes > size - 1)
        return -1;
    header.value.size = header_bytes;
    record.header_count = header_bytes ? 1 : 0;
    record.value = (struct slice){(const char *)data + 1 + header_bytes, size - 1 - header_bytes};
    for (int kind = REGISTRY_CONFLUENT; kind <= REGISTRY_GLUE; kind++) {
        if (framing_read(&record, (enum registry_kind)kind, &framed, &err))
            continue;
        MUST(framed.payload.data >= record.value.data);
        MUST(framed.payload.data + framed.payload.size == record.value.data + record.value.size);
    }
    rc = decode_event(decoder, &record, &event, &what, &err);
    MUST(rc == 0 || rc == POISON || rc == RETRY);
    MUST(rc == 0 || (err.reason && err.disposition == (enum disposition)rc));
    return 0;
}
