// SPDX-License-Identifier: Apache-2.0
// What other registries' serializers are said to have written, decoded with a schema that is there
// for every name. The first byte says how many of the next are the header's (0: none), which is
// each of Apicurio's in turn. An inflated value is decoded like any other.
#include "base/utf8.h"
#include "fuzz/fuzz_target.h"
#include "wire/event_messages.h"
#include "wire/schemas.h"

static const char *const names[] = {"apicurio.value.globalId", "apicurio.value.contentId",
                                    "apicurio.value.encoding"};
static struct record_decoder *apicurio, *glue;

int LLVMFuzzerInitialize(int *argc, char ***argv);

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    const struct own_schema *own = own_schema_find("JobStarted");

    (void)self, (void)name;
    *json = strndup(own->json.data, own->json.size);
    return *json ? 0 : err_no_memory(err);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct schema_source source = {NULL, fetch};
    struct decoder_options options = {.schemas = &source, .registry = REGISTRY_APICURIO};
    struct err err;

    (void)argc, (void)argv;
    apicurio = event_decoder_new(&options, &err);
    options.registry = REGISTRY_GLUE;
    glue = event_decoder_new(&options, &err);
    return apicurio && glue ? 0 : 1;
}

static void decode(struct record_decoder *decoder, const struct wire_record *record)
{
    struct event event;
    enum decoded what;
    struct err err = {0};
    int rc = decode_event(decoder, record, &event, &what, &err);

    MUST(rc == 0 || rc == POISON || rc == RETRY);
    MUST(rc == 0 || (err.reason && err.disposition == (enum disposition)rc));
    if (rc)
        return;
    MUST(event.kind < EVENT_KINDS);
    MUST(utf8_is_text(event.organization_id) && utf8_is_text(event.job_id));
    MUST(slice_is_null(event.message) || utf8_is_text(event.message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t header_bytes = size ? data[0] : 0;
    struct record_header header = {.value = {(const char *)data + 1, header_bytes}};
    struct wire_record record = {.headers = &header};

    if (!size || header_bytes > size - 1)
        return -1;
    record.header_count = header_bytes ? 1 : 0;
    record.value = (struct slice){(const char *)data + 1 + header_bytes, size - 1 - header_bytes};
    decode(glue, &record);
    for (size_t i = 0; i < sizeof names / sizeof *names && (!i || header_bytes); i++) {
        header.name = slice_of(names[i]);
        decode(apicurio, &record);
    }
    return 0;
}
