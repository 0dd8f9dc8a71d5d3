// SPDX-License-Identifier: Apache-2.0
#include "base/buffer.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){0};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

void buffer_trim(struct buffer *buffer)
{
    char *data = buffer->size && buffer->size < buffer->capacity
                     ? realloc(buffer->data, buffer->size)
                     : NULL;

    if (!data)
        return;
    buffer->data = data;
    buffer->capacity = buffer->size;
}

char *buffer_grow(struct buffer *buffer, size_t size)
{
    if (buffer->failed || size > SIZE_MAX / 4 - buffer->size) {
        buffer->failed = true;
        return NULL;
    }
    if (buffer->capacity - buffer->size < size || !buffer->data) {
        size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
        char *data;

        while (capacity < buffer->size + size)
            capacity *= 2;
        data = realloc(buffer->data, capacity);
        if (!data) {
            buffer->failed = true;
            return NULL;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    buffer->size += size;
    return buffer->data + buffer->size - size;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    char *room = buffer_extend(buffer, size);

    if (room && size)
        memcpy(room, bytes, size);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    int length;
    char *room;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        buffer->failed = true;
        return;
    }
    room = buffer_extend(buffer, (size_t)length + 1); // vsnprintf wants its NUL
    if (!room)
        return;
    va_start(arguments, format);
    vsnprintf(room, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->size--;
}

void buffer_append_wrapped(struct buffer *buffer, const char *prose, const char *begin, size_t at,
                           size_t width)
{
    size_t column = at;

    while (*prose) {
        size_t size = strcspn(prose, " ");

        if (column > at && column + 1 + size > width) {
            buffer_append_format(buffer, "\n%-*s", (int)at, begin);
            column = at;
        } else if (column > at) {
            buffer_append_text(buffer, " ");
            column++;
        }
        buffer_append(buffer, prose, size);
        column += size;
        prose += size;
        prose += strspn(prose, " ");
    }
    buffer_append_text(buffer, "\n");
}

void buffer_append_u16(struct buffer *buffer, uint16_t value)
{
    value = htobe16(value);
    buffer_append(buffer, &value, sizeof value);
}

void buffer_append_u32(struct buffer *buffer, uint32_t value)
{
    value = htobe32(value);
    buffer_append(buffer, &value, sizeof value);
}

void buffer_append_u64(struct buffer *buffer, uint64_t value)
{
    value = htobe64(value);
    buffer_append(buffer, &value, sizeof value);
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data ? buffer->data : "", buffer->size};
}
