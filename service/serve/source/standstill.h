// SPDX-License-Identifier: Apache-2.0
// Which partitions of ours stand still, for readiness and gauges: one that was not started for half
// a minute, and one that failed again and again for so long without its position moving on. Any
// thread.
#pragma once

#include "base/buffer.h"
#include "serve/process/meters.h"
#include "serve/source/readings.h"

struct standstill {
    const char *reason; // as in struct err
    int64_t since_us;   // monotonic
    bool is_silent;     // it is not started; else it is, again and again, and does not move on
};

// Whether it stands still at that moment (monotonic).
bool reading_stands_still(const struct reading *reading, int64_t now_us, struct standstill *out);

// One that is started and fails has something to do, so that its failing matters. NULL: each has.
typedef bool reading_waits(struct reading *reading);

// Appends a line for each that stands still, a few of them in full; whether none does.
bool readings_are_ready(const struct readings *readings, enum partition_role role,
                        reading_waits *waits, struct buffer *reasons);
void readings_set_gauges(const struct readings *readings, enum partition_role role,
                         reading_waits *waits, struct metrics *metrics);
