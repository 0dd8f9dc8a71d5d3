// SPDX-License-Identifier: Apache-2.0
#include "store/connection/arrays.h"

#include <endian.h>

#include "base/time_us.h"

#define POSTGRES_EPOCH_US (INT64_C(946684800) * US_PER_SECOND)

enum { LENGTH_BYTES = 4, NULL_LENGTH = -1, MAY_HOLD_NULLS = 1 };

void array_begin(struct buffer *out, enum array_element element, size_t count)
{
    buffer_append_u32(out, count ? 1 : 0); // dimensions: an empty array has none
    buffer_append_u32(out, MAY_HOLD_NULLS);
    buffer_append_u32(out, (uint32_t)element);
    if (!count)
        return;
    if (count > INT32_MAX)
        out->failed = true;
    buffer_append_u32(out, (uint32_t)count);
    buffer_append_u32(out, 1); // the first index
}

// One call for length and value: this runs for every column of every row.
static void append_fixed(struct buffer *out, const void *big_endian, uint32_t size)
{
    uint32_t length = htobe32(size);
    char *room = buffer_extend(out, LENGTH_BYTES + size);

    if (!room)
        return;
    memcpy(room, &length, LENGTH_BYTES);
    memcpy(room + LENGTH_BYTES, big_endian, size);
}

void array_null(struct buffer *out)
{
    buffer_append_u32(out, (uint32_t)NULL_LENGTH);
}

void array_bool(struct buffer *out, bool value)
{
    append_fixed(out, &(char){value ? 1 : 0}, 1);
}

void array_int2(struct buffer *out, int16_t value)
{
    append_fixed(out, &(uint16_t){htobe16((uint16_t)value)}, sizeof value);
}

void array_int4(struct buffer *out, int32_t value)
{
    append_fixed(out, &(uint32_t){htobe32((uint32_t)value)}, sizeof value);
}

void array_int8(struct buffer *out, int64_t value)
{
    append_fixed(out, &(uint64_t){htobe64((uint64_t)value)}, sizeof value);
}

void array_bytes(struct buffer *out, struct slice value)
{
    if (slice_is_null(value)) {
        array_null(out);
        return;
    }
    if (value.size > INT32_MAX) {
        out->failed = true;
        return;
    }
    append_fixed(out, value.data, (uint32_t)value.size);
}

void array_time(struct buffer *out, int64_t time_us)
{
    if (time_us == TIME_NONE)
        array_null(out);
    else
        array_int8(out, time_to_postgres(time_us));
}

int64_t time_to_postgres(int64_t time_us)
{
    int64_t postgres_us;

    // INT64_MIN itself would be read as -infinity.
    if (__builtin_sub_overflow(time_us, POSTGRES_EPOCH_US, &postgres_us) ||
        postgres_us == INT64_MIN)
        return INT64_MIN + 1;
    return postgres_us;
}

int64_t time_from_postgres(int64_t postgres_us)
{
    int64_t time_us;

    if (__builtin_add_overflow(postgres_us, POSTGRES_EPOCH_US, &time_us))
        return INT64_MAX;
    return time_us;
}
