// SPDX-License-Identifier: Apache-2.0
// Which changes were seen. Ids are drawn when a transaction begins to write and become visible when
// it commits, so a higher one may be there before a lower one: an id that was left out is missing
// until it comes, or until CHANGE_ROLLED_BACK_AFTER_S (core/resume.h) are over. Pure.
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

// All up to that id counts as seen.
void change_window_begin(struct change_window *window, int64_t highest);
// True if this change was not seen before. now_us never goes back. Of more ids missing than there
// is room for, the lowest count as rolled back.
bool change_window_see(struct change_window *window, int64_t id, int64_t now_us);
// Those missing for too long count as rolled back.
void change_window_turn(struct change_window *window, int64_t now_us);
