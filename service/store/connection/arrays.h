// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's binary form of a one-dimensional array, written straight into a buffer: a header,
// then each element with its length. Whoever begins an array adds exactly as many elements as
// announced. A lack of memory is remembered by the buffer.
#pragma once

#include <endian.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/time_us.h"

// Type oids, which never change.
enum array_element {
    ARRAY_BOOL = 16,
    ARRAY_BYTEA = 17,
    ARRAY_INT8 = 20,
    ARRAY_INT2 = 21,
    ARRAY_INT4 = 23,
    ARRAY_TEXT = 25,
    ARRAY_TIMESTAMPTZ = 1184,
    ARRAY_UUID = 2950,
};

void array_begin(struct buffer *out, enum array_element element, size_t count);

// PostgreSQL counts from 2000-01-01. A time out of its range becomes one that it refuses.
int64_t time_to_postgres(int64_t time_us);
int64_t time_from_postgres(int64_t postgres_us);

// The elements. Inline: they run for every column of every row.
static inline void array_element(struct buffer *out, const void *big_endian, uint32_t size)
{
    uint32_t length = htobe32(size);
    char *room = buffer_extend(out, sizeof length + size);

    if (!room)
        return;
    memcpy(room, &length, sizeof length);
    memcpy(room + sizeof length, big_endian, size);
}

static inline void array_null(struct buffer *out)
{
    uint32_t null_length = UINT32_MAX;
    char *room = buffer_extend(out, sizeof null_length);

    if (room)
        memcpy(room, &null_length, sizeof null_length);
}

static inline void array_bool(struct buffer *out, bool value)
{
    array_element(out, &(char){value ? 1 : 0}, 1);
}

static inline void array_int2(struct buffer *out, int16_t value)
{
    array_element(out, &(uint16_t){htobe16((uint16_t)value)}, sizeof value);
}

static inline void array_int4(struct buffer *out, int32_t value)
{
    array_element(out, &(uint32_t){htobe32((uint32_t)value)}, sizeof value);
}

static inline void array_int8(struct buffer *out, int64_t value)
{
    array_element(out, &(uint64_t){htobe64((uint64_t)value)}, sizeof value);
}

// text or bytea, or a uuid's 16 bytes; absent is null.
static inline void array_bytes(struct buffer *out, struct slice value)
{
    if (slice_is_null(value))
        array_null(out);
    else if (value.size > INT32_MAX)
        out->failed = true;
    else
        array_element(out, value.data, (uint32_t)value.size);
}

// TIME_NONE is null.
static inline void array_time(struct buffer *out, int64_t time_us)
{
    if (time_us == TIME_NONE)
        array_null(out);
    else
        array_int8(out, time_to_postgres(time_us));
}
