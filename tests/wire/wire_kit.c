// SPDX-License-Identifier: Apache-2.0
#include "wire/wire_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int fetch_one(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct one_schema *one = self;

    (void)name;
    one->asked++;
    if (!one->json)
        return err_set(err, RETRY, "SCHEMA_UNREACHABLE", "nobody answers");
    *json = strdup(one->json);
    return *json ? 0 : err_no_memory(err);
}

struct schema_source one_schema_source(struct one_schema *one)
{
    return (struct schema_source){one, fetch_one};
}

void put_long(struct buffer *out, int64_t value)
{
    uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);

    do {
        unsigned char byte = (unsigned char)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));

        buffer_append(out, &byte, 1);
        rest >>= 7;
    } while (rest);
}

void put_raw(struct buffer *out, const char *bytes, size_t size)
{
    buffer_append(out, bytes, size);
}

void put_text(struct buffer *out, const char *text)
{
    put_long(out, (int64_t)strlen(text));
    buffer_append_text(out, text);
}

void put_common(struct buffer *out)
{
    put_text(out, SAMPLE_UUID);
    put_text(out, "geo-portal");
    put_text(out, "job-42");
    put_long(out, 3);
    put_long(out, 1000001);
    put_long(out, 0);
}

void kit_open(struct kit *kit, const char *writer_json)
{
    *kit = (struct kit){.one = {.json = writer_json}};
    kit->source = one_schema_source(&kit->one);
    kit->options.schemas = &kit->source;
    kit->decoder = event_decoder_new(&kit->options, &kit->err);
    assert_non_null(kit->decoder);
    buffer_init(&kit->framed);
}

int kit_decode(struct kit *kit, const struct buffer *avro)
{
    struct wire_record record = {0};
    char *exact;
    int rc;

    buffer_clear(&kit->framed);
    PUT_RAW(&kit->framed, "\0\0\0\0\7");
    put_raw(&kit->framed, avro->data ? avro->data : "", avro->size);
    // The capacity is the size, so that a sanitizer sees a byte read past the end.
    exact = realloc(kit->framed.data, kit->framed.size);
    assert_non_null(exact);
    kit->framed.data = exact;
    kit->framed.capacity = kit->framed.size;
    record.value = buffer_slice(&kit->framed);
    kit->err = (struct err){0};
    rc = decode_event(kit->decoder, &record, &kit->event, &kit->what, &kit->err);
    if (rc)
        assert_int_equal(rc, kit->err.disposition);
    return rc;
}

void kit_close(struct kit *kit)
{
    record_decoder_free(kit->decoder);
    buffer_free(&kit->framed);
}

void assert_decodes(const char *writer_json, const struct buffer *avro)
{
    struct kit kit;

    kit_open(&kit, writer_json);
    if (kit_decode(&kit, avro))
        fail_msg("%s: %s", kit.err.reason, kit.err.text);
    assert_int_equal(kit.what, DECODED_RECORD);
    kit_close(&kit);
}

void assert_refused(const char *writer_json, const struct buffer *avro, const char *reason)
{
    struct kit kit;

    kit_open(&kit, writer_json);
    assert_int_equal(kit_decode(&kit, avro), POISON);
    assert_string_equal(kit.err.reason, reason);
    assert_int_not_equal(strlen(kit.err.text), 0);
    kit_close(&kit);
}
