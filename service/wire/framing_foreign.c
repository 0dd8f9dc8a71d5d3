// SPDX-License-Identifier: Apache-2.0
#include "wire/framing_foreign.h"

#include "base/big_endian.h"
#include "wire/headers.h"

#define HEADER_GLOBAL_ID    "apicurio.value.globalId"
#define HEADER_CONTENT_ID   "apicurio.value.contentId"
#define HEADER_CONTENT_HASH "apicurio.value.contentHash"
#define HEADER_ARTIFACT_ID  "apicurio.value.artifactId"
#define HEADER_ENCODING     "apicurio.value.encoding"

enum {
    LONG_ID_BYTES = 8,
    LONG_ID_FRAMING_BYTES = 1 + LONG_ID_BYTES,
    GLUE_BYTES = 18,
    GLUE_VERSION = 3,
    GLUE_PLAIN = 0,
    GLUE_ZLIB = 5,
};

static const struct record_header *find(const struct wire_record *record, const char *name)
{
    return header_find(record->headers, record->header_count, name);
}

// Registries count from 1, and none has had four billion schemas: a larger number is none of
// theirs.
static int take_long_id(const unsigned char *p, struct framed *out, struct err *err)
{
    const uint64_t id = big_endian_u64(p);

    if (!id || id > UINT32_MAX)
        return err_set(err, POISON, "FRAMING", "the id %llu is none that a registry has",
                       (unsigned long long)id);
    out->schema.id = (uint32_t)id;
    return DONE;
}

static bool is_binary(const struct record_header *encoding)
{
    static const char *const encodings_read[] = {"BINARY"}; // the other one is JSON

    return !encoding || slice_equal(encoding->value, slice_of(encodings_read[0]));
}

static int read_id_header(const struct wire_record *record, const struct record_header *header,
                          struct framed *out, struct err *err)
{
    if (!is_binary(find(record, HEADER_ENCODING)))
        return err_set(err, POISON, "FRAMING",
                       "the header " HEADER_ENCODING " is not BINARY: set "
                       "apicurio.registry.avro.encoding=BINARY");
    if (header->value.size != LONG_ID_BYTES)
        return err_set(err, POISON, "FRAMING", "the header %.*s has %zu bytes, and should have %d",
                       (int)header->name.size, header->name.data, header->value.size,
                       LONG_ID_BYTES);
    out->payload = record->value;
    return take_long_id((const unsigned char *)header->value.data, out, err);
}

static int no_id(struct err *err)
{
    return err_set(err, POISON, "FRAMING",
                   "Apicurio's headers name the schema by no id: set "
                   "apicurio.registry.use-id=contentId or =globalId");
}

// Both may be there: the global id names a version of an artifact, and so its references, too.
static bool read_headers(const struct wire_record *record, struct framed *out, int *rc,
                         struct err *err)
{
    const struct record_header *global = find(record, HEADER_GLOBAL_ID);
    const struct record_header *content = find(record, HEADER_CONTENT_ID);

    if (global || content) {
        out->schema.kind = global ? SCHEMA_BY_GLOBAL_ID : SCHEMA_BY_CONTENT_ID;
        *rc = read_id_header(record, global ? global : content, out, err);
        return true;
    }
    if (!find(record, HEADER_CONTENT_HASH) && !find(record, HEADER_ARTIFACT_ID))
        return false;
    *rc = no_id(err);
    return true;
}

bool framing_apicurio(const struct wire_record *record, struct framed *out, int *rc,
                      struct err *err)
{
    const struct slice value = record->value;

    if (read_headers(record, out, rc, err))
        return true;
    // An id of 4 bytes is never 0: this is the upper half of one of 8.
    if (value.size < LONG_ID_FRAMING_BYTES || memcmp(value.data, "\0\0\0\0\0", 5) != 0)
        return false;
    out->schema.kind = SCHEMA_BY_ID;
    out->payload =
        (struct slice){value.data + LONG_ID_FRAMING_BYTES, value.size - LONG_ID_FRAMING_BYTES};
    *rc = take_long_id((const unsigned char *)value.data + 1, out, err);
    return true;
}

bool framing_glue(const struct wire_record *record, struct framed *out)
{
    const struct slice value = record->value;

    if (value.size < GLUE_BYTES || value.data[0] != GLUE_VERSION ||
        (value.data[1] != GLUE_PLAIN && value.data[1] != GLUE_ZLIB))
        return false;
    out->schema.kind = SCHEMA_BY_VERSION;
    memcpy(out->schema.guid, value.data + 2, sizeof out->schema.guid);
    out->payload = (struct slice){value.data + GLUE_BYTES, value.size - GLUE_BYTES};
    out->is_deflated = value.data[1] == GLUE_ZLIB;
    return true;
}
