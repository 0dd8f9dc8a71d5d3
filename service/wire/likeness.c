// SPDX-License-Identifier: Apache-2.0
#include "wire/likeness.h"

#include <string.h>
#include <strings.h>

#define JSON_WORDS "JSON: write Avro's binary encoding"

struct likeness {
    struct slice begin;
    size_t at_least_bytes;
    const char *words;
};

static const struct likeness values[] = {
    {SLICE_LITERAL("Obj\x01"), 0,
     "an Avro object container file: write each event as a single object, or by a registry's "
     "serializer"},
    {SLICE_LITERAL("\x1f\x8b"), 0,
     "gzip: leave compression to the producer (compression.type), which does it by batch"},
    {SLICE_LITERAL("\x28\xb5\x2f\xfd"), 0,
     "zstd: leave compression to the producer (compression.type), which does it by batch"},
    {SLICE_LITERAL("\x04\x22\x4d\x18"), 0,
     "lz4: leave compression to the producer (compression.type), which does it by batch"},
    {SLICE_LITERAL("\x03\x00"), 18,
     "the framing of AWS Glue's registry: set schema.registry.kind=glue"},
    {SLICE_LITERAL("\x03\x05"), 18,
     "the compressed framing of AWS Glue's registry: set schema.registry.kind=glue"},
    {SLICE_LITERAL("{"), 0, JSON_WORDS},
    {SLICE_LITERAL("["), 0, JSON_WORDS},
    {SLICE_LITERAL("\xc3\x01"), 0, "an Avro single object that was cut off"},
    {SLICE_LITERAL("\0"), 0, "a registry's framing that was cut off"},
};

static const struct {
    const char *name;
    struct slice begin; // of the header's value
    const char *words;
} headers[] = {
    {"apicurio.value.globalId", SLICE_LITERAL(""),
     "what Apicurio's serializer writes with the schema's id in a header: set "
     "schema.registry.kind=apicurio here, or there apicurio.registry.headers.enabled=false, "
     "as-confluent=true and use-id=contentId"},
    {"apicurio.value.contentId", SLICE_LITERAL(""),
     "what Apicurio's serializer writes with the schema's id in a header: set "
     "schema.registry.kind=apicurio here, or there apicurio.registry.headers.enabled=false and, "
     "before 3.0, as-confluent=true"},
    {"content-type", SLICE_LITERAL("application/cloudevents"),
     "a CloudEvent in structured mode: use the binary mode, its data an Avro single object"},
    {"content-type", SLICE_LITERAL("avro/binary+"),
     "what Azure's encoder writes, which names the schema in the content type: write Avro single "
     "objects"},
    {"contentType", SLICE_LITERAL("application/vnd."),
     "what Spring Cloud Stream's Avro converter writes: use a registry's serializer"},
};

// Only behind what the value itself shows.
static const char *const bare_words =
    "bare Avro, if it is Avro: nothing in front of it, and no header __value_schema_id, names its "
    "schema";

static bool begins_with(struct slice text, struct slice begin)
{
    return text.size >= begin.size && (!begin.size || !memcmp(text.data, begin.data, begin.size));
}

static const char *by_headers(const struct wire_record *record)
{
    for (size_t i = 0; i < record->header_count; i++)
        for (size_t j = 0; j < sizeof headers / sizeof headers[0]; j++) {
            struct slice name = record->headers[i].name;

            if (name.size == strlen(headers[j].name) &&
                !strncasecmp(name.data, headers[j].name, name.size) &&
                begins_with(record->headers[i].value, headers[j].begin))
                return headers[j].words;
        }
    return NULL;
}

const char *value_likeness(const struct wire_record *record)
{
    const char *words = by_headers(record);

    for (size_t i = 0; !words && i < sizeof values / sizeof values[0]; i++)
        if (record->value.size >= values[i].at_least_bytes &&
            begins_with(record->value, values[i].begin))
            words = values[i].words;
    return words ? words : bare_words;
}

const char *payload_likeness(struct slice payload)
{
    return begins_with(payload, SLICE_LITERAL("{")) ? JSON_WORDS : NULL;
}
