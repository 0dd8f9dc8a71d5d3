// SPDX-License-Identifier: Apache-2.0
// How far long work is, on standard error: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *unit; // what is counted, "jobs"
    uint64_t done, total, events;
    int64_t began_us, shown_us;
    bool is_terminal, is_open; // is_open: the terminal's line is not ended yet
};

void progress_begin(struct progress *progress, const char *unit);
// How far it is: done of total (0: endless), for which so many events were handled, which may be
// the same number. Shown when it is time to.
void progress_tell(struct progress *progress, uint64_t done, uint64_t total, uint64_t events);
// Shows what was told last, and ends the terminal's line.
void progress_end(struct progress *progress);
