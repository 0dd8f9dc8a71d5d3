// SPDX-License-Identifier: Apache-2.0
#include "store/connection/parameters.h"

#include <limits.h>

// What is usual when little happens; a chunk of rows has more, and costs less to allocate than to
// write.
#define KEPT_BYTES ((size_t)64 * 1024)

void parameters_init(struct parameters *parameters)
{
    *parameters = (struct parameters){0};
}

void parameters_free(struct parameters *parameters)
{
    buffer_free(&parameters->bytes);
    parameters->count = 0;
}

void parameters_clear(struct parameters *parameters)
{
    if (parameters->bytes.capacity > KEPT_BYTES)
        buffer_free(&parameters->bytes);
    buffer_clear(&parameters->bytes);
    parameters->count = 0;
}

struct buffer *parameters_next(struct parameters *parameters)
{
    int index = parameters->count;

    if (index == PARAMETERS_MAX) {
        parameters->bytes.failed = true;
        return &parameters->bytes;
    }
    parameters->begin[index] = parameters->bytes.size;
    parameters->absent[index] = false;
    parameters->count++;
    return &parameters->bytes;
}

void parameters_add_int4(struct parameters *parameters, int32_t value)
{
    buffer_append_u32(parameters_next(parameters), (uint32_t)value);
}

void parameters_add_int8(struct parameters *parameters, int64_t value)
{
    buffer_append_u64(parameters_next(parameters), (uint64_t)value);
}

void parameters_add_bytes(struct parameters *parameters, struct slice value)
{
    struct buffer *bytes = parameters_next(parameters);

    if (slice_is_null(value) && parameters->count)
        parameters->absent[parameters->count - 1] = true;
    buffer_append(bytes, value.data, value.size);
}

bool parameters_ready(struct parameters *parameters)
{
    struct slice all = buffer_slice(&parameters->bytes);

    if (parameters->bytes.failed)
        return false;
    for (int i = 0; i < parameters->count; i++) {
        size_t end = i + 1 < parameters->count ? parameters->begin[i + 1] : all.size;

        if (end - parameters->begin[i] > INT_MAX)
            return false;
        parameters->values[i] = parameters->absent[i] ? NULL : all.data + parameters->begin[i];
        parameters->lengths[i] = (int)(end - parameters->begin[i]);
        parameters->formats[i] = 1;
    }
    return true;
}
