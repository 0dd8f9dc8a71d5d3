// SPDX-License-Identifier: Apache-2.0
// Which changes were seen. A transaction draws its id when it begins to write, and the id becomes
// visible when the transaction commits: a higher one may be there before a lower one. An id that
// was skipped is missing until it is seen, or until CHANGE_ROLLED_BACK_AFTER_S
// (core/stream_resume.h) have passed; then its transaction was rolled back. Pure.
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
// Notes the id as seen. True if it was not seen before. now_us never goes back. If more ids are
// missing than there is room for, the lowest count as rolled back.
bool change_window_see(struct change_window *window, int64_t id, int64_t now_us);
// Ids that have been missing for too long count as rolled back from now on.
void change_window_turn(struct change_window *window, int64_t now_us);
