// SPDX-License-Identifier: Apache-2.0
// How far long work is, on standard error: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *unit; // what is counted, "jobs"
    uint64_t total;   // 0: endless
    int64_t began_us, shown_us;
    bool is_terminal, is_open; // is_open: the terminal's line is not ended yet
};

// now_us is of a clock that never goes back (clock_monotonic_us).
void progress_begin(struct progress *progress, const char *unit, uint64_t total, int64_t now_us);
// Shows done of total, and the rate of events, when it is time to.
void progress_show(struct progress *progress, uint64_t done, uint64_t events, int64_t now_us);
// The last state, and the end of the terminal's line.
void progress_end(struct progress *progress, uint64_t done, uint64_t events, int64_t now_us);
