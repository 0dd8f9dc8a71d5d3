// SPDX-License-Identifier: Apache-2.0
#include "store/connection/array_read.h"

#include <endian.h>
#include <stdint.h>

// Dimensions, flags and the elements' type; then size and first index of each dimension.
enum { HEAD_BYTES = 12, DIMENSION_BYTES = 8, LENGTH_BYTES = 4 };

static int32_t int4_at(const char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return (int32_t)be32toh(value);
}

static struct slice behind(struct slice bytes, size_t size)
{
    return (struct slice){bytes.data + size, bytes.size - size};
}

bool array_read(struct slice bytes, struct array_reader *out)
{
    int32_t count;

    *out = (struct array_reader){SLICE_NULL, 0};
    if (bytes.size < HEAD_BYTES)
        return false;
    if (!int4_at(bytes.data))
        return true;
    if (int4_at(bytes.data) != 1 || bytes.size < HEAD_BYTES + DIMENSION_BYTES)
        return false;
    count = int4_at(bytes.data + HEAD_BYTES);
    if (count < 0 || (size_t)count > bytes.size / LENGTH_BYTES)
        return false;
    *out = (struct array_reader){behind(bytes, HEAD_BYTES + DIMENSION_BYTES), (size_t)count};
    return true;
}

bool array_read_next(struct array_reader *reader, struct slice *out)
{
    int32_t length;

    *out = SLICE_NULL;
    if (!reader->count || reader->rest.size < LENGTH_BYTES)
        return false;
    length = int4_at(reader->rest.data);
    reader->rest = behind(reader->rest, LENGTH_BYTES);
    if (length >= 0) {
        if ((size_t)length > reader->rest.size)
            return false;
        *out = (struct slice){reader->rest.data, (size_t)length};
        reader->rest = behind(reader->rest, (size_t)length);
    }
    reader->count--;
    return true;
}
