// SPDX-License-Identifier: Apache-2.0
// The header is looked at first: a bare value may begin with any byte.
#include "wire/framing.h"

#include "base/big_endian.h"
#include "wire/framing_foreign.h"
#include "wire/headers.h"
#include "wire/likeness.h"
#include "wire/schemas.h"

enum {
    GUID_BYTES = 16,
    CONFLUENT_BYTES = 5,
    SINGLE_OBJECT_BYTES = 10,
    MARK_ID = 0x00,
    MARK_GUID = 0x01,
    MARK_SINGLE_OBJECT_1 = 0xc3,
    MARK_SINGLE_OBJECT_2 = 0x01,
};

static uint64_t read_little_endian_64(const unsigned char *p)
{
    uint64_t value = 0;

    for (int i = 7; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

static int read_header(struct slice header, struct slice value, struct framed *out, struct err *err)
{
    const unsigned char *p = (const unsigned char *)header.data;

    out->payload = value;
    if (header.size == 1 + GUID_BYTES && p[0] == MARK_GUID) {
        out->schema.kind = SCHEMA_BY_GUID;
        memcpy(out->schema.guid, p + 1, GUID_BYTES);
        return DONE;
    }
    if (header.size == CONFLUENT_BYTES && p[0] == MARK_ID) {
        out->schema.kind = SCHEMA_BY_ID;
        out->schema.id = big_endian_u32(p + 1);
        return DONE;
    }
    return err_set(err, POISON, "FRAMING", "the header %s of %zu bytes names no schema",
                   HEADER_VALUE_SCHEMA_ID, header.size);
}

// False: the value is no single object.
static bool read_fingerprint(struct slice value, uint64_t *fingerprint)
{
    const unsigned char *p = (const unsigned char *)value.data;

    if (value.size < SINGLE_OBJECT_BYTES || p[0] != MARK_SINGLE_OBJECT_1 ||
        p[1] != MARK_SINGLE_OBJECT_2)
        return false;
    *fingerprint = read_little_endian_64(p + 2);
    return true;
}

bool framing_names_own_schema(struct slice value)
{
    uint64_t fingerprint;

    return read_fingerprint(value, &fingerprint) && own_schema_by_fingerprint(fingerprint);
}

// Registries count from 1.
static int no_such_id(struct err *err)
{
    return err_set(
        err, POISON, "FRAMING",
        "the value names schema 0, which no registry has; it looks like an id of 8 bytes: "
        "set schema.registry.kind=apicurio here, or id-handler of Apicurio's serializer to its "
        "4-byte one (before 3.0: as-confluent=true) and use-id=contentId");
}

static int read_value(const struct wire_record *record, struct framed *out, struct err *err)
{
    struct slice value = record->value;
    const unsigned char *p = (const unsigned char *)value.data;

    if (value.size >= CONFLUENT_BYTES && p[0] == MARK_ID) {
        out->schema.kind = SCHEMA_BY_ID;
        out->schema.id = big_endian_u32(p + 1);
        out->payload = (struct slice){value.data + CONFLUENT_BYTES, value.size - CONFLUENT_BYTES};
        return out->schema.id ? DONE : no_such_id(err);
    }
    if (read_fingerprint(value, &out->schema.fingerprint)) {
        out->schema.kind = SCHEMA_BY_FINGERPRINT;
        out->payload =
            (struct slice){value.data + SINGLE_OBJECT_BYTES, value.size - SINGLE_OBJECT_BYTES};
        return DONE;
    }
    return err_set(
        err, POISON, "FRAMING",
        "the value of %zu bytes begins with none of the known framings; it looks like %s",
        value.size, value_likeness(record));
}

int framing_read(const struct wire_record *record, enum registry_kind kind, struct framed *out,
                 struct err *err)
{
    const struct slice value = record->value;
    const struct record_header *header;
    bool is_foreign = false;
    int rc = DONE;

    memset(out, 0, sizeof *out);
    if (!value.data)
        return err_set(err, POISON, "TOMBSTONE", "the record has no value");
    if (value.size > RECORD_VALUE_MAX_BYTES)
        return err_set(err, POISON, "PAYLOAD_TOO_LARGE", "the value has %zu bytes, more than %d",
                       value.size, RECORD_VALUE_MAX_BYTES);
    header = header_find(record->headers, record->header_count, HEADER_VALUE_SCHEMA_ID);
    if (header)
        return read_header(header->value, value, out, err);
    if (kind == REGISTRY_APICURIO)
        is_foreign = framing_apicurio(record, out, &rc, err);
    else if (kind == REGISTRY_GLUE)
        is_foreign = framing_glue(record, out);
    return is_foreign ? rc : read_value(record, out, err);
}

bool framing_name(const struct wire_record *record, struct schema_name *out)
{
    struct framed framed;
    struct err err;

    for (int kind = REGISTRY_CONFLUENT; kind <= REGISTRY_GLUE; kind++)
        if (!framing_read(record, (enum registry_kind)kind, &framed, &err)) {
            *out = framed.schema;
            return true;
        }
    return false;
}

void framing_append_confluent(struct buffer *out, uint32_t schema_id)
{
    buffer_append(out, "\0", 1);
    buffer_append_u32(out, schema_id);
}

void framing_append_single_object(struct buffer *out, uint64_t fingerprint)
{
    unsigned char bytes[SINGLE_OBJECT_BYTES] = {MARK_SINGLE_OBJECT_1, MARK_SINGLE_OBJECT_2};

    for (int i = 0; i < 8; i++)
        bytes[2 + i] = (unsigned char)(fingerprint >> (8 * i));
    buffer_append(out, bytes, sizeof bytes);
}
