// SPDX-License-Identifier: Apache-2.0
#include "core/patience.h"

#include <string.h>

#include "base/time_us.h"

void patience_init(struct patience *patience, int64_t patience_us)
{
    const struct patience_wait none = {.held_since_us = TIME_NONE};

    *patience = (struct patience){.patience_us = patience_us, .for_schema = none, .for_most = none};
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

static void understood_for(struct patience_wait *wait)
{
    wait->held_since_us = TIME_NONE;
    if (wait->spent && ++wait->understood >= PATIENCE_WINDOW)
        wait->spent = false;
}

void patience_understood(struct patience *patience)
{
    understood_for(&patience->for_schema);
    understood_for(&patience->for_most);
    count(patience, false);
}

// One reason is watched, until it no longer is that of most.
static bool is_watched(struct patience *patience, const char *reason)
{
    if (patience->reason && !strcmp(patience->reason, reason))
        return true;
    if (patience->reason && patience->refused * 2 > patience->window)
        return false;
    patience->reason = reason;
    patience->window = patience->refused = 0;
    return true;
}

static bool most_are_refused(const struct patience *patience)
{
    return patience->window >= PATIENCE_WINDOW / 2 && patience->refused * 2 > PATIENCE_WINDOW &&
           patience->refused * 2 > patience->window;
}

static bool holds(struct patience_wait *wait, int64_t patience_us, int64_t now_us)
{
    if (wait->spent)
        return false;
    if (wait->held_since_us == TIME_NONE)
        wait->held_since_us = now_us;
    if (now_us - wait->held_since_us < patience_us)
        return true;
    wait->spent = true;
    return false;
}

bool patience_holds(struct patience *patience, const char *reason, bool suspicious, int64_t now_us)
{
    struct patience_wait *wait = suspicious ? &patience->for_schema : &patience->for_most;
    bool watched = is_watched(patience, reason);

    if ((suspicious || (watched && most_are_refused(patience))) &&
        holds(wait, patience->patience_us, now_us))
        return true;
    wait->held_since_us = TIME_NONE;
    wait->understood = 0;
    count(patience, watched);
    return false;
}
