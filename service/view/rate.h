// SPDX-License-Identifier: Apache-2.0
// How many requests a member may make: each has a token bucket, in a table of fixed size. A hash
// tells members apart that nobody outside can predict. When the table is full, it forgets the
// member who asked longest ago, who thereby loses nothing. Thread-safe.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct rate;

// per_second and burst: at least 1. RETRY without memory.
int rate_new(uint32_t per_second, uint32_t burst, struct rate **out, struct err *err);
void rate_free(struct rate *rate);
// Whether one more request is allowed at now_us (monotonic); it is then counted.
bool rate_take(struct rate *rate, struct slice organization_id, struct slice member,
               int64_t now_us) MUST_CHECK;
