// SPDX-License-Identifier: Apache-2.0
#include "store/connection/values.h"

#include <endian.h>

#include "store/connection/arrays.h"

static bool copy_value(const PGresult *result, int row, int column, void *out, int size)
{
    if (PQgetisnull(result, row, column) || PQgetlength(result, row, column) != size)
        return false;
    memcpy(out, PQgetvalue(result, row, column), (size_t)size);
    return true;
}

int32_t value_int4(const PGresult *result, int row, int column)
{
    uint32_t value;

    return copy_value(result, row, column, &value, sizeof value) ? (int32_t)be32toh(value) : 0;
}

int64_t value_int8(const PGresult *result, int row, int column)
{
    uint64_t value;

    return copy_value(result, row, column, &value, sizeof value) ? (int64_t)be64toh(value) : 0;
}

bool value_bool(const PGresult *result, int row, int column)
{
    char value;

    return copy_value(result, row, column, &value, sizeof value) && value;
}

struct slice value_bytes(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return SLICE_NULL;
    return (struct slice){PQgetvalue(result, row, column),
                          (size_t)PQgetlength(result, row, column)};
}

struct uuid value_uuid(const PGresult *result, int row, int column)
{
    struct uuid value = {0};

    copy_value(result, row, column, value.bytes, UUID_BYTES);
    return value;
}

int64_t value_time(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return TIME_NONE;
    return time_from_postgres(value_int8(result, row, column));
}
