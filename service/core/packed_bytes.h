// SPDX-License-Identifier: Apache-2.0
// Reading and writing the packed columns, byte by byte. The writer's caller has seen to the room;
// the reader trusts nothing.
#pragma once

#include <stdint.h>

#include "base/big_endian.h"
#include "base/slice.h"
#include "base/uuid.h"

enum { TEXT_ABSENT = 0xFFFF };

static inline void put_u8(char **at, unsigned value)
{
    *(*at)++ = (char)value;
}

static inline void put_u16(char **at, unsigned value)
{
    put_u8(at, value >> 8);
    put_u8(at, value & 0xff);
}

static inline void put_i64(char **at, int64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        put_u8(at, (unsigned)((uint64_t)value >> shift) & 0xff);
}

static inline void put_uuid(char **at, const struct uuid *uuid)
{
    memcpy(*at, uuid->bytes, UUID_BYTES);
    *at += UUID_BYTES;
}

static inline void put_text(char **at, struct slice text)
{
    put_u16(at, text.data ? (unsigned)text.size : TEXT_ABSENT);
    if (text.data)
        memcpy(*at, text.data, text.size);
    *at += text.size;
}

// A reader that has run past its end stays failed and gives zeros.
struct packed_reader {
    const unsigned char *at, *end;
    bool failed;
};

static inline const unsigned char *take_bytes(struct packed_reader *reader, size_t size)
{
    static const unsigned char zeros[UUID_BYTES];

    if (reader->failed || (size_t)(reader->end - reader->at) < size) {
        reader->failed = true;
        return size <= sizeof zeros ? zeros : NULL;
    }
    reader->at += size;
    return reader->at - size;
}

static inline unsigned take_u8(struct packed_reader *reader)
{
    return *take_bytes(reader, 1);
}

static inline unsigned take_u16(struct packed_reader *reader)
{
    return big_endian_u16(take_bytes(reader, 2));
}

static inline int64_t take_i64(struct packed_reader *reader)
{
    return (int64_t)big_endian_u64(take_bytes(reader, 8));
}

static inline struct uuid take_uuid(struct packed_reader *reader)
{
    struct uuid uuid;

    memcpy(uuid.bytes, take_bytes(reader, UUID_BYTES), UUID_BYTES);
    return uuid;
}

static inline struct slice take_text(struct packed_reader *reader)
{
    unsigned size = take_u16(reader);
    const unsigned char *bytes = size == TEXT_ABSENT ? NULL : take_bytes(reader, size);

    return bytes && !reader->failed ? (struct slice){(const char *)bytes, size} : SLICE_NULL;
}
