// SPDX-License-Identifier: Apache-2.0
#include "wire/record_writer.h"

static void write_long(struct buffer *out, int64_t value)
{
    uint64_t zigzag = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    unsigned char bytes[10];
    size_t size = 0;

    while (zigzag >= 0x80) {
        bytes[size++] = (unsigned char)(zigzag | 0x80);
        zigzag >>= 7;
    }
    bytes[size++] = (unsigned char)zigzag;
    buffer_append(out, bytes, size);
}

static void write_text(struct buffer *out, struct slice text)
{
    write_long(out, (int64_t)text.size);
    buffer_append(out, text.data, text.size);
}

static void write_uuid(struct buffer *out, const void *at)
{
    struct uuid uuid;
    char text[UUID_TEXT_SIZE];

    memcpy(&uuid, at, sizeof uuid);
    uuid_format(&uuid, text);
    write_text(out, slice_of(text));
}

static void write_bool(struct buffer *out, const void *at)
{
    bool value;

    memcpy(&value, at, sizeof value);
    buffer_append(out, value ? "\1" : "\0", 1);
}

static bool is_null(const struct layout_field *field, const char *source)
{
    struct slice text;
    bool is_there;

    if (field->type == LAYOUT_TEXT) {
        memcpy(&text, source + field->offset, sizeof text);
        return slice_is_null(text);
    }
    memcpy(&is_there, source + field->flag_offset, sizeof is_there);
    return !is_there;
}

static void write_value(const struct layout_field *field, const char *at, struct buffer *out)
{
    struct slice text;
    int32_t number;
    int64_t time_us;

    switch (field->type) {
    case LAYOUT_TEXT:
        memcpy(&text, at, sizeof text);
        write_text(out, text);
        break;
    case LAYOUT_UUID:
        write_uuid(out, at);
        break;
    case LAYOUT_INT:
    case LAYOUT_ENUM:
        memcpy(&number, at, sizeof number);
        write_long(out, number);
        break;
    case LAYOUT_TIME_US:
        memcpy(&time_us, at, sizeof time_us);
        write_long(out, time_us);
        break;
    case LAYOUT_BOOL:
        write_bool(out, at);
        break;
    }
}

void record_write(const struct layout *layout, const void *source, struct buffer *out)
{
    for (size_t i = 0; i < layout->field_count; i++) {
        const struct layout_field *field = &layout->fields[i];

        if (field->nullable) {
            bool null = is_null(field, source);

            write_long(out, null ? 0 : 1); // null is the union's first branch
            if (null)
                continue;
        }
        write_value(field, (const char *)source + field->offset, out);
    }
}
