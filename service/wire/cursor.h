// SPDX-License-Identifier: Apache-2.0
// Reads Avro's primitives from a run of bytes, never past its end. Inline: this is the hot path.
// Each returns what was wrong with the bytes, or FAULT_NONE.
#pragma once

#include <stdint.h>

#include "base/slice.h"

enum fault {
    FAULT_NONE,
    FAULT_TRUNCATED,
    FAULT_VARINT,
    FAULT_INT_RANGE,
    FAULT_LENGTH,
    FAULT_BOOLEAN,
    FAULT_UNION_BRANCH,
    FAULT_ENUM_SYMBOL,
    FAULT_UTF8,
    FAULT_NUL_IN_TEXT,
    FAULT_UUID,
    FAULT_TOO_MANY_ITEMS,
    FAULT_TOO_DEEP,
    FAULT_TRAILING_BYTES,
    FAULTS,
};

struct cursor {
    const unsigned char *at, *end;
};

static inline size_t cursor_left(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

// Zigzag varint of at most ten bytes and 64 bits.
static inline enum fault cursor_long(struct cursor *cursor, int64_t *out)
{
    uint64_t value = 0;

    if (cursor->at < cursor->end && *cursor->at < 0x80) { // most numbers are this short
        value = *cursor->at++;
        *out = (int64_t)(value >> 1 ^ -(value & 1));
        return FAULT_NONE;
    }
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint64_t byte;

        if (cursor->at == cursor->end)
            return FAULT_TRUNCATED;
        byte = *cursor->at++;
        if (shift == 63 && byte > 1)
            return FAULT_VARINT;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = (int64_t)(value >> 1 ^ -(value & 1));
            return FAULT_NONE;
        }
    }
    return FAULT_VARINT;
}

static inline enum fault cursor_int(struct cursor *cursor, int32_t *out)
{
    int64_t value;
    enum fault fault = cursor_long(cursor, &value);

    if (fault)
        return fault;
    if (value < INT32_MIN || value > INT32_MAX)
        return FAULT_INT_RANGE;
    *out = (int32_t)value;
    return FAULT_NONE;
}

static inline enum fault cursor_bytes(struct cursor *cursor, size_t size, struct slice *out)
{
    if (size > cursor_left(cursor))
        return FAULT_TRUNCATED;
    *out = (struct slice){(const char *)cursor->at, size};
    cursor->at += size;
    return FAULT_NONE;
}

// A length and that many bytes.
static inline enum fault cursor_sized(struct cursor *cursor, struct slice *out)
{
    int64_t size;
    enum fault fault = cursor_long(cursor, &size);

    if (fault)
        return fault;
    if (size < 0 || (uint64_t)size > cursor_left(cursor))
        return FAULT_LENGTH;
    return cursor_bytes(cursor, (size_t)size, out);
}
