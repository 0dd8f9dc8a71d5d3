// SPDX-License-Identifier: Apache-2.0
// Something that fails again and again: since when, and why. One thread tells, any may ask. It is
// what /readyz and the gauges go by (docs/design.md, section 3): a failure that the next try makes
// good is nobody's business, one that goes on for half a minute is an operator's.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

enum {
    TROUBLE_LASTS_US = 30 * 1000 * 1000, // from the first failure in a row to the last
    TROUBLE_TIMES = 3,                   // in a row at least
    // Two failures further apart are not in a row: in between it went well, or nobody tried.
    TROUBLE_GAP_US = 30 * 1000 * 1000,
};

// All zeros: none.
struct trouble {
    _Atomic int64_t since_us, told_us; // the first and the last in a row (monotonic); 0: none
    _Atomic unsigned times;
    _Atomic(const char *) reason; // as in struct err, of the last
};

// It failed once more.
void trouble_tell(struct trouble *trouble, const char *reason, int64_t now_us);
// It went well.
void trouble_end(struct trouble *trouble);
// Whether it lasts, and then since when (monotonic) and why. Any thread.
bool trouble_lasts(const struct trouble *trouble, int64_t now_us, int64_t *since_us,
                   const char **reason);
// Appends a line of /readyz: what, since when (monotonic), and why.
void trouble_append(struct buffer *reasons, const char *what, int64_t since_us, const char *reason);
