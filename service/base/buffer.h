// SPDX-License-Identifier: Apache-2.0
// A growing run of bytes. A failed append is remembered, so that one can append many times and
// ask once. Not thread-safe.
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "base/slice.h"

struct buffer {
    char *data; // owned
    size_t size, capacity;
    bool failed; // an append found no memory; the content is then unusable
};

void buffer_init(struct buffer *buffer);
void buffer_free(struct buffer *buffer);
// Empties it and keeps its memory; a failure is forgotten.
void buffer_clear(struct buffer *buffer);
// Gives back the room that is not used, as far as that is possible: for what is kept for a while.
void buffer_trim(struct buffer *buffer);
// As buffer_extend, where the room may have to be made.
char *buffer_grow(struct buffer *buffer, size_t size);
// Room for size more bytes, already counted in buffer->size; NULL (and failed) without memory.
// Inline: each column of each row that is written asks for some.
static inline char *buffer_extend(struct buffer *buffer, size_t size)
{
    if (buffer->failed || !buffer->data || buffer->capacity - buffer->size < size)
        return buffer_grow(buffer, size);
    buffer->size += size;
    return buffer->data + buffer->size - size;
}
void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
// Prose with spaces between its words, and a newline. Its first line begins at so many columns
// already; before a line would be wider than width it goes on in another, which begins with begin
// and has blanks up to that column. A word is never broken.
void buffer_append_wrapped(struct buffer *buffer, const char *prose, const char *begin, size_t at,
                           size_t width);
// Big-endian, as PostgreSQL and Kafka have them.
void buffer_append_u16(struct buffer *buffer, uint16_t value);
void buffer_append_u32(struct buffer *buffer, uint32_t value);
void buffer_append_u64(struct buffer *buffer, uint64_t value);
struct slice buffer_slice(const struct buffer *buffer);
