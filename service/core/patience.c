// SPDX-License-Identifier: Apache-2.0
#include "core/patience.h"

#include <string.h>

#include "base/time_us.h"

void patience_init(struct patience *patience, int64_t patience_us)
{
    *patience = (struct patience){.patience_us = patience_us};
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
    count(patience, false);
}

static bool is_counted(const struct patience *patience, const char *reason)
{
    return patience->reason && !strcmp(patience->reason, reason);
}

static void count_refused(struct patience *patience, const char *reason)
{
    if (!is_counted(patience, reason)) {
        // What was understood is true whatever the reason.
        patience->reason = reason;
        patience->refused = 0;
    }
    count(patience, true);
}

static bool most_are_refused(const struct patience *patience, const char *reason)
{
    return is_counted(patience, reason) && patience->window >= PATIENCE_WINDOW / 2 &&
           patience->refused * 2 > PATIENCE_WINDOW && patience->refused * 2 > patience->window;
}

static bool is_over(const struct patience_wait *wait, int64_t now_us)
{
    if (!wait->awaited.reason)
        return true;
    return wait->in_vain_us == TIME_NONE ? now_us - wait->asked_us >= PATIENCE_ABANDONED_US
                                         : now_us - wait->in_vain_us >= PATIENCE_REMEMBERS_US;
}

static bool is_for(const struct patience_wait *wait, const struct awaited *awaited)
{
    return !strcmp(wait->awaited.reason, awaited->reason) &&
           !memcmp(wait->awaited.name, awaited->name, AWAITED_NAME_BYTES);
}

static struct patience_wait *find(struct patience *patience, const struct awaited *awaited,
                                  int64_t now_us)
{
    for (size_t i = 0; i < PATIENCE_WAITS; i++) {
        struct patience_wait *wait = &patience->waits[i];

        if (!is_over(wait, now_us) && is_for(wait, awaited))
            return wait;
    }
    return NULL;
}

// NULL: there are too many already.
static struct patience_wait *begin(struct patience *patience, const struct awaited *awaited,
                                   int64_t now_us)
{
    struct patience_wait *free = NULL;
    int in_vain = 0;

    for (size_t i = 0; i < PATIENCE_WAITS; i++) {
        struct patience_wait *wait = &patience->waits[i];

        if (is_over(wait, now_us))
            free = wait;
        else if (wait->in_vain_us != TIME_NONE)
            in_vain++;
    }
    if (!free || in_vain >= PATIENCE_IN_VAIN)
        return NULL;
    *free =
        (struct patience_wait){.awaited = *awaited, .since_us = now_us, .in_vain_us = TIME_NONE};
    return free;
}

static bool goes_on(const struct patience *patience, struct patience_wait *wait, int64_t now_us)
{
    wait->asked_us = now_us;
    if (wait->in_vain_us == TIME_NONE && now_us - wait->since_us >= patience->patience_us)
        wait->in_vain_us = now_us;
    return wait->in_vain_us == TIME_NONE;
}

bool patience_holds(struct patience *patience, const struct awaited *awaited, bool suspicious,
                    int64_t now_us)
{
    struct patience_wait *wait = find(patience, awaited, now_us);

    if (!wait && (suspicious || most_are_refused(patience, awaited->reason)))
        wait = begin(patience, awaited, now_us);
    if (wait && goes_on(patience, wait, now_us))
        return true;
    count_refused(patience, awaited->reason);
    return false;
}
