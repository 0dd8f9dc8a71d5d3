// SPDX-License-Identifier: Apache-2.0
// Which changes were seen. A transaction draws its id when it begins to write, and the id becomes
// visible when the transaction commits: a higher one may be there before a lower one. An id that
// was skipped is missing until it is seen, or until CHANGE_ROLLED_BACK_AFTER_S
// (core/stream_resume.h) have passed; then its transaction was rolled back. They pass by the
// primary's clock, since a replica that stands still is no reason to give an id up. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MISSING_MAX = 1000 };

struct change_window {
    int64_t highest;              // seen
    int64_t missing[MISSING_MAX]; // ascending
    int64_t since_us[MISSING_MAX];
    size_t missing_count;
};

// Forgets all; every id up to highest counts as seen.
void change_window_begin(struct change_window *window, int64_t highest);
// Notes the id as seen. True if it was not seen before. visible_us: its change was visible on the
// primary by then, so that the transactions of all lower ids had begun. If more ids are missing
// than there is room for, the lowest count as rolled back.
bool change_window_see(struct change_window *window, int64_t id, int64_t visible_us);
// All that was visible on the primary at asked_us was seen: ids that have been missing for too long
// by then count as rolled back.
void change_window_turn(struct change_window *window, int64_t asked_us);
