// SPDX-License-Identifier: Apache-2.0
// Names and symbols hold no character that JSON would escape (schema_names.c), so they are written
// as they are.
#include "wire/canonical.h"

#include <inttypes.h>
#include <stdlib.h>

#define CRC64_AVRO_EMPTY UINT64_C(0xc15d213aa4d7a795)

struct writer {
    struct buffer *out;
    bool *written; // by node: a named type is written in full once
};

static void write_type(struct writer *writer, const struct schema_node *node);

static void write_quoted(struct buffer *out, const char *text)
{
    buffer_append(out, "\"", 1);
    buffer_append_text(out, text);
    buffer_append(out, "\"", 1);
}

static void write_fields(struct writer *writer, const struct schema_node *node)
{
    buffer_append_text(writer->out, ",\"fields\":[");
    for (size_t i = 0; i < node->field_count; i++) {
        buffer_append_text(writer->out, i ? ",{\"name\":" : "{\"name\":");
        write_quoted(writer->out, node->fields[i].name);
        buffer_append_text(writer->out, ",\"type\":");
        write_type(writer, node->fields[i].type);
        buffer_append_text(writer->out, "}");
    }
    buffer_append_text(writer->out, "]");
}

static void write_symbols(struct writer *writer, const struct schema_node *node)
{
    buffer_append_text(writer->out, ",\"symbols\":[");
    for (size_t i = 0; i < node->symbols.count; i++) {
        if (i)
            buffer_append_text(writer->out, ",");
        write_quoted(writer->out, node->symbols.names[i]);
    }
    buffer_append_text(writer->out, "]");
}

static void write_named(struct writer *writer, const struct schema_node *node)
{
    if (writer->written[node->index]) {
        write_quoted(writer->out, node->full_name);
        return;
    }
    writer->written[node->index] = true;
    buffer_append_text(writer->out, "{\"name\":");
    write_quoted(writer->out, node->full_name);
    buffer_append_format(writer->out, ",\"type\":\"%s\"", schema_type_name(node->type));
    if (node->type == SCHEMA_RECORD)
        write_fields(writer, node);
    else if (node->type == SCHEMA_ENUM)
        write_symbols(writer, node);
    else
        buffer_append_format(writer->out, ",\"size\":%zu", node->fixed_bytes);
    buffer_append_text(writer->out, "}");
}

static void write_union(struct writer *writer, const struct schema_node *node)
{
    buffer_append_text(writer->out, "[");
    for (size_t i = 0; i < node->child_count; i++) {
        if (i)
            buffer_append_text(writer->out, ",");
        write_type(writer, node->children[i]);
    }
    buffer_append_text(writer->out, "]");
}

static void write_type(struct writer *writer, const struct schema_node *node)
{
    if (node->type < SCHEMA_PRIMITIVES) {
        write_quoted(writer->out, schema_type_name(node->type));
    } else if (node->full_name) {
        write_named(writer, node);
    } else if (node->type == SCHEMA_UNION) {
        write_union(writer, node);
    } else {
        buffer_append_format(writer->out, "{\"type\":\"%s\",\"%s\":", schema_type_name(node->type),
                             node->type == SCHEMA_ARRAY ? "items" : "values");
        write_type(writer, node->children[0]);
        buffer_append_text(writer->out, "}");
    }
}

void canonical_form(const struct schema *schema, struct buffer *out)
{
    struct writer writer = {out, calloc(schema->parts, sizeof *writer.written)};

    if (writer.written)
        write_type(&writer, schema->root);
    else
        out->failed = true;
    free(writer.written);
}

uint64_t crc64_avro(struct slice bytes)
{
    uint64_t crc = CRC64_AVRO_EMPTY;

    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= (unsigned char)bytes.data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (CRC64_AVRO_EMPTY & -(crc & 1));
    }
    return crc;
}

int schema_fingerprint(const struct schema *schema, uint64_t *out, struct err *err)
{
    struct buffer form;
    int rc = 0;

    buffer_init(&form);
    canonical_form(schema, &form);
    if (form.failed)
        rc = err_no_memory(err);
    else
        *out = crc64_avro(buffer_slice(&form));
    buffer_free(&form);
    return rc;
}
