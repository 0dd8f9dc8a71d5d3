// SPDX-License-Identifier: Apache-2.0
// How the values of parameters are written: lists, types, whole numbers, moments. Pure. What is
// read is borrowed from the value or the arena.
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

// The next part of a list with commas; *list is what stands behind it, null at the end. False:
// there is none.
bool query_value_next(struct slice *list, struct slice *part);
// The same of a list of types, in whose names a comma and a backslash have a backslash in front of
// them: what clients encode of a list differs, so that an encoded comma cannot be told from one
// that separates. False, too, without memory: *failed.
bool query_value_next_type(struct slice *list, struct arena *arena, struct slice *type,
                           bool *failed);
// A type as an element of such a list. False without memory.
bool query_value_write_type(struct slice type, struct arena *arena, struct slice *out) MUST_CHECK;
// A whole number; more than most is that.
bool query_value_number(struct slice text, int64_t most, int64_t *out) MUST_CHECK;
// What an answer can write as in RFC 3339: the years 0000 to 9999, in UTC.
#define QUERY_MOMENT_FIRST_US INT64_C(-62167219200000000)
#define QUERY_MOMENT_LAST_US  INT64_C(253402300799999999)
// A moment as in RFC 3339 within those, or two with a slash between them, the earlier one first. An
// open end (nothing, or ..) is TIME_NONE.
bool query_value_interval(struct slice value, struct arena *arena, int64_t *from_us,
                          int64_t *to_us) MUST_CHECK;
