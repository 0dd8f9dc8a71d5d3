// SPDX-License-Identifier: Apache-2.0
#include "store/connection/arrays.h"

#include "base/time_us.h"

#define POSTGRES_EPOCH_US (INT64_C(946684800) * US_PER_SECOND)

enum { MAY_HOLD_NULLS = 1 };

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
