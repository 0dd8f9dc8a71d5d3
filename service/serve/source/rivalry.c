// SPDX-License-Identifier: Apache-2.0
#include "serve/source/rivalry.h"

enum {
    TIMES = 3,
    FOR_US = 10 * 1000 * 1000, // longer than who lost a partition takes to learn of it
    GAP_US = 60 * 1000 * 1000, // further apart it is no row
    TELL_EVERY_US = 60 * 1000 * 1000,
};

bool rivalry_fenced(struct rivalry *rivalry, int64_t now_us, int64_t given_at_us)
{
    if (!rivalry->times || now_us - rivalry->last_us >= GAP_US || given_at_us > rivalry->first_us) {
        rivalry->first_us = now_us;
        rivalry->times = 0;
    }
    rivalry->last_us = now_us;
    rivalry->times++;
    if (rivalry->times < TIMES || now_us - rivalry->first_us < FOR_US ||
        (rivalry->told_us && now_us - rivalry->told_us < TELL_EVERY_US))
        return false;
    rivalry->told_us = now_us;
    return true;
}
