// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's binary form of a one-dimensional array, written straight into a buffer: a header,
// then each element with its length. Whoever begins an array adds exactly as many elements as
// announced. A lack of memory is remembered by the buffer.
#pragma once

#include "base/buffer.h"
#include "base/slice.h"

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
void array_null(struct buffer *out);
void array_bool(struct buffer *out, bool value);
void array_int2(struct buffer *out, int16_t value);
void array_int4(struct buffer *out, int32_t value);
void array_int8(struct buffer *out, int64_t value);
// text or bytea, or a uuid's 16 bytes; absent is null.
void array_bytes(struct buffer *out, struct slice value);
// TIME_NONE is null. A time out of PostgreSQL's range is sent as one that PostgreSQL refuses.
void array_time(struct buffer *out, int64_t time_us);

// PostgreSQL counts from 2000-01-01.
int64_t time_to_postgres(int64_t time_us);
int64_t time_from_postgres(int64_t postgres_us);
