// SPDX-License-Identifier: Apache-2.0
// Points in time: microseconds since 1970-01-01T00:00:00Z, in an int64_t whose name ends in _us.
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "base/slice.h"

#define TIME_NONE     INT64_MIN // not known; SQL's null
#define US_PER_SECOND INT64_C(1000000)

enum { TIME_TEXT_SIZE = 96 };

// RFC 3339 in UTC with six decimals, as in 2026-11-23T15:00:00.000000Z; "-" for TIME_NONE.
// Years outside 0000 to 9999 are written as they are, never past the buffer.
void time_format_us(int64_t time_us, char out[TIME_TEXT_SIZE]);
// Reads RFC 3339 with any offset and 0 to 6 decimals; false for anything else.
bool time_parse_us(struct slice text, int64_t *out) MUST_CHECK;
