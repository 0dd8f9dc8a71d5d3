// SPDX-License-Identifier: Apache-2.0
// The parameters of one statement, in binary, in one buffer that is used again for the next.
#pragma once

#include "base/buffer.h"
#include "base/slice.h"

enum { PARAMETERS_MAX = 32 };

struct parameters {
    struct buffer bytes;
    int count;
    size_t begin[PARAMETERS_MAX];
    bool absent[PARAMETERS_MAX];
    // For libpq, once parameters_ready said so; they point into bytes.
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
};

void parameters_init(struct parameters *parameters);
void parameters_free(struct parameters *parameters);
// Empties them, and gives back memory far beyond what a usual statement needs.
void parameters_clear(struct parameters *parameters);
// Begins the next one; its bytes are then appended to the buffer returned.
struct buffer *parameters_next(struct parameters *parameters);
void parameters_add_int4(struct parameters *parameters, int32_t value);
void parameters_add_int8(struct parameters *parameters, int64_t value);
// text or bytea; absent is null.
void parameters_add_bytes(struct parameters *parameters, struct slice value);
// False without memory, or when one is larger than the protocol can say.
bool parameters_ready(struct parameters *parameters) MUST_CHECK;
