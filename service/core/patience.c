// SPDX-License-Identifier: Apache-2.0
#include "core/patience.h"

#include <string.h>

#include "base/time_us.h"

void patience_init(struct patience *patience, int64_t patience_us)
{
    *patience = (struct patience){.patience_us = patience_us, .held_since_us = TIME_NONE};
}

static void count(struct patience *patience, bool refused)
{
    if (patience->window >= PATIENCE_WINDOW) { // an ageing window: old records weigh half
        patience->window /= 2;
        patience->refused /= 2;
    }
    patience->window++;
    patience->refused += refused;
}

void patience_understood(struct patience *patience)
{
    patience->held_since_us = TIME_NONE;
    count(patience, false);
    if (++patience->understood >= PATIENCE_WINDOW)
        patience->spent = false;
}

static bool most_are_refused(const struct patience *patience)
{
    return patience->window >= PATIENCE_WINDOW / 2 && patience->refused * 2 > PATIENCE_WINDOW &&
           patience->refused * 2 > patience->window;
}

bool patience_holds(struct patience *patience, const char *reason, bool suspicious, int64_t now_us)
{
    if (!patience->reason || strcmp(patience->reason, reason)) {
        // What was understood, and that waiting was in vain, is true whatever the reason.
        patience->reason = reason;
        patience->refused = 0;
        patience->held_since_us = TIME_NONE;
    }
    if (!patience->spent && (suspicious || most_are_refused(patience))) {
        if (patience->held_since_us == TIME_NONE)
            patience->held_since_us = now_us;
        if (now_us - patience->held_since_us < patience->patience_us)
            return true;
        patience->spent = true;
    }
    patience->held_since_us = TIME_NONE;
    patience->understood = 0;
    count(patience, true);
    return false;
}
