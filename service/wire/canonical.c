// SPDX-License-Identifier: Apache-2.0
// Names and symbols hold no character that JSON would escape (schema_names.c), so they are written
// as they are.
#include "wire/canonical.h"

#include <inttypes.h>
#include <stdlib.h>

#define CRC64_AVRO_EMPTY UINT64_C(0xc15d213aa4d7a795)

struct writer {
    enum canonical_form form;
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

// goavro keeps the object around a type only for those logical types that it knows.
static bool goavro_knows(const struct schema_node *node)
{
    static const char *const names[] = {"timestamp-millis", "timestamp-micros", "date",
                                        "time-millis",      "time-micros",      "decimal"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(node->logical_name, names[i]))
            return true;
    return false;
}

// A number that says nothing else is taken for microseconds, and a text for a UUID.
static bool changes_meaning(const struct schema_node *node)
{
    return node->logical != LOGICAL_MICROS && node->logical != LOGICAL_UUID;
}

static bool is_object(const struct writer *writer, const struct schema_node *node)
{
    if (!node->logical_name || writer->form == FORM_SPECIFIED)
        return false;
    if (writer->form == FORM_GOAVRO)
        return goavro_knows(node);
    return writer->form != FORM_MEANING || changes_meaning(node);
}

static void write_primitive(struct writer *writer, const struct schema_node *node)
{
    if (!is_object(writer, node)) {
        write_quoted(writer->out, schema_type_name(node->type));
        return;
    }
    buffer_append_text(writer->out, "{\"type\":");
    write_quoted(writer->out, schema_type_name(node->type));
    if (writer->form == FORM_LOGICAL || writer->form == FORM_MEANING) {
        buffer_append_text(writer->out, ",\"logicalType\":");
        write_quoted(writer->out, node->logical_name);
    }
    buffer_append_text(writer->out, "}");
}

static void write_type(struct writer *writer, const struct schema_node *node)
{
    if (node->type < SCHEMA_PRIMITIVES) {
        write_primitive(writer, node);
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

const char *canonical_form_name(enum canonical_form form)
{
    static const char *const names[CANONICAL_FORMS] = {
        [FORM_SPECIFIED] = "specified",
        [FORM_LOGICAL] = "logical",
        [FORM_GOAVRO] = "goavro",
        [FORM_OBJECT] = "object",
    };

    return names[form];
}

void canonical_form_write(const struct schema *schema, enum canonical_form form, struct buffer *out)
{
    struct writer writer = {form, out, calloc(schema->parts, sizeof *writer.written)};

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

int schema_fingerprint(const struct schema *schema, enum canonical_form form, uint64_t *out,
                       struct err *err)
{
    struct buffer text;
    int rc = DONE;

    buffer_init(&text);
    canonical_form_write(schema, form, &text);
    if (text.failed)
        rc = err_no_memory(err);
    else
        *out = crc64_avro(buffer_slice(&text));
    buffer_free(&text);
    return rc;
}

int schema_fingerprints(const struct schema *schema, uint64_t out[CANONICAL_FORMS], struct err *err)
{
    int rc = DONE;

    for (enum canonical_form form = 0; form < CANONICAL_FORMS && !rc; form++)
        rc = schema_fingerprint(schema, form, &out[form], err);
    return rc;
}
