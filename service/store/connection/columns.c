// SPDX-License-Identifier: Apache-2.0
#include "store/connection/columns.h"

#include "base/uuid.h"
#include "store/connection/arrays.h"

static const void *at(struct strided items, size_t index, size_t member)
{
    return (const char *)items.first + index * items.stride + member;
}

static struct buffer *begin(struct parameters *parameters, enum array_element element, size_t count)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, element, count);
    return out;
}

void column_texts(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = begin(parameters, ARRAY_TEXT, items.count);

    for (size_t i = 0; i < items.count; i++)
        array_bytes(out, *(const struct slice *)at(items, i, member));
}

void column_int4s(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = begin(parameters, ARRAY_INT4, items.count);

    for (size_t i = 0; i < items.count; i++)
        array_int4(out, *(const int32_t *)at(items, i, member));
}

void column_int8s(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = begin(parameters, ARRAY_INT8, items.count);

    for (size_t i = 0; i < items.count; i++)
        array_int8(out, *(const int64_t *)at(items, i, member));
}

void column_int4s_if(struct parameters *parameters, struct strided items, size_t member,
                     size_t is_there)
{
    struct buffer *out = begin(parameters, ARRAY_INT4, items.count);

    for (size_t i = 0; i < items.count; i++)
        if (*(const bool *)at(items, i, is_there))
            array_int4(out, *(const int32_t *)at(items, i, member));
        else
            array_null(out);
}

void column_int8s_if(struct parameters *parameters, struct strided items, size_t member,
                     size_t is_there)
{
    struct buffer *out = begin(parameters, ARRAY_INT8, items.count);

    for (size_t i = 0; i < items.count; i++)
        if (*(const bool *)at(items, i, is_there))
            array_int8(out, *(const int64_t *)at(items, i, member));
        else
            array_null(out);
}

void column_bools(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = begin(parameters, ARRAY_BOOL, items.count);

    for (size_t i = 0; i < items.count; i++)
        array_bool(out, *(const bool *)at(items, i, member));
}

void column_times(struct parameters *parameters, struct strided items, size_t member)
{
    struct buffer *out = begin(parameters, ARRAY_TIMESTAMPTZ, items.count);

    for (size_t i = 0; i < items.count; i++)
        array_time(out, *(const int64_t *)at(items, i, member));
}

static void add_uuids(struct parameters *parameters, struct strided items, size_t member,
                      bool zero_is_null)
{
    static const struct uuid zero;
    struct buffer *out = begin(parameters, ARRAY_UUID, items.count);

    for (size_t i = 0; i < items.count; i++) {
        const struct uuid *uuid = at(items, i, member);

        if (zero_is_null && !uuid_compare(uuid, &zero))
            array_null(out);
        else
            array_bytes(out, (struct slice){(const char *)uuid->bytes, UUID_BYTES});
    }
}

void column_uuids(struct parameters *parameters, struct strided items, size_t member)
{
    add_uuids(parameters, items, member, false);
}

void column_uuids_or_null(struct parameters *parameters, struct strided items, size_t member)
{
    add_uuids(parameters, items, member, true);
}
