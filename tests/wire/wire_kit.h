// SPDX-License-Identifier: Apache-2.0
// What the tests of the wire share: writing bare Avro by hand, and decoding it as if a writer with
// a given schema had sent it.
#pragma once

#include "wire/event_messages.h"

// A schema_source that gives one text for every name, and counts how often it was asked.
struct one_schema {
    const char *json; // NULL: cannot be asked (RETRY SCHEMA_UNREACHABLE)
    int asked;
};
struct schema_source one_schema_source(struct one_schema *one);

void put_long(struct buffer *out, int64_t value);
void put_text(struct buffer *out, const char *text);
void put_raw(struct buffer *out, const char *bytes, size_t size);
#define PUT_RAW(out, literal) put_raw(out, "" literal, sizeof(literal) - 1)
// A valid event_id, organization_id, job_id, attempt, occurred_at and null message.
void put_common(struct buffer *out);

// Decodes Avro bytes of a writer with that schema with a decoder of its own. The decoder and the
// framed bytes live until kit_close.
struct kit {
    struct one_schema one;
    struct schema_source source;
    struct decoder_options options;
    struct record_decoder *decoder;
    struct buffer framed;
    struct event event;
    enum decoded what;
    struct err err;
};
void kit_open(struct kit *kit, const char *writer_json);
int kit_decode(struct kit *kit, const struct buffer *avro);
void kit_close(struct kit *kit);

// Opens, decodes, asserts success (or that reason) and closes.
void assert_decodes(const char *writer_json, const struct buffer *avro);
void assert_refused(const char *writer_json, const struct buffer *avro, const char *reason);

// Texts of our common fields, to build writers' schemas from.
#define UUID_TYPE   "{\"type\":\"string\",\"logicalType\":\"uuid\"}"
#define TIME_TYPE   "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"
#define FIELD(n, t) "{\"name\":\"" n "\",\"type\":" t "}"
#define TO_JOB                                                                                     \
    FIELD("event_id", UUID_TYPE)                                                                   \
    "," FIELD("organization_id", "\"string\"") "," FIELD("job_id", "\"string\"")
#define COMMON                                                                                     \
    TO_JOB "," FIELD("attempt", "\"int\"") "," FIELD("occurred_at", TIME_TYPE) "," FIELD(          \
        "message", "[\"null\",\"string\"]")
#define RECORD(name, fields)                                                                       \
    "{\"type\":\"record\",\"name\":\"" name "\",\"namespace\":\"jobtrail.v1\",\"fields\":[" fields \
    "]}"
#define SAMPLE_UUID "3f2b8c01-7d4e-4a6f-9b01-020304050607"
