// SPDX-License-Identifier: Apache-2.0
#include "live/change_window.h"

#include <string.h>

#include "base/time_us.h"
#include "core/stream_resume.h"

void change_window_begin(struct change_window *window, int64_t highest)
{
    window->highest = highest;
    window->missing_count = 0;
}

static void forget(struct change_window *window, size_t at, size_t count)
{
    size_t behind = window->missing_count - at - count;

    memmove(window->missing + at, window->missing + at + count, behind * sizeof *window->missing);
    memmove(window->since_us + at, window->since_us + at + count,
            behind * sizeof *window->since_us);
    window->missing_count -= count;
}

// Notes the ids between the highest seen and id as missing.
static void miss(struct change_window *window, int64_t id, int64_t visible_us)
{
    int64_t from = window->highest + 1;
    size_t count, over;

    if (id - from > MISSING_MAX)
        from = id - MISSING_MAX;
    count = (size_t)(id - from);
    over = window->missing_count + count > MISSING_MAX ? window->missing_count + count - MISSING_MAX
                                                       : 0;
    forget(window, 0, over);
    for (; from < id; from++) {
        window->missing[window->missing_count] = from;
        window->since_us[window->missing_count++] = visible_us;
    }
}

bool change_window_see(struct change_window *window, int64_t id, int64_t visible_us)
{
    if (id > window->highest) {
        miss(window, id, visible_us);
        window->highest = id;
        return true;
    }
    for (size_t i = 0; i < window->missing_count; i++)
        if (window->missing[i] == id) {
            forget(window, i, 1);
            return true;
        }
    return false;
}

void change_window_turn(struct change_window *window, int64_t asked_us)
{
    size_t old = 0;

    // The longer an id has been missing, the farther in front it stands, or nearly so.
    while (old < window->missing_count &&
           asked_us - window->since_us[old] >= CHANGE_ROLLED_BACK_AFTER_S * US_PER_SECOND)
        old++;
    forget(window, 0, old);
}
