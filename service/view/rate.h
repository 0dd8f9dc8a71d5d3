// SPDX-License-Identifier: Apache-2.0
// How many requests a member may make: a token bucket each, in a table of fixed size. Members are
// told apart by a hash that nobody outside can predict; of more members than there is room for, the
// one that asked longest ago is forgotten, which only ever favours them. Thread-safe.
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
