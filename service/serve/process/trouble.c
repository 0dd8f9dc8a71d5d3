// SPDX-License-Identifier: Apache-2.0
#include "serve/process/trouble.h"

#include "base/clock.h"

void trouble_tell(struct trouble *trouble, const char *reason, int64_t now_us)
{
    if (!trouble->since_us || now_us - trouble->told_us >= TROUBLE_GAP_US) {
        trouble->times = 0;
        trouble->since_us = now_us;
    }
    trouble->told_us = now_us;
    trouble->reason = reason;
    trouble->times++;
}

void trouble_end(struct trouble *trouble)
{
    trouble->since_us = 0;
    trouble->times = 0;
}

// Its members are read one by one: what is told meanwhile may show half. The next question has the
// whole.
bool trouble_lasts(const struct trouble *trouble, int64_t now_us, int64_t *since_us,
                   const char **reason)
{
    int64_t told_us = trouble->told_us;

    *since_us = trouble->since_us;
    *reason = trouble->reason;
    return *since_us && *reason && trouble->times >= TROUBLE_TIMES &&
           told_us - *since_us >= TROUBLE_LASTS_US && now_us - told_us < TROUBLE_GAP_US;
}

void trouble_append(struct buffer *reasons, const char *what, int64_t since_us, const char *reason)
{
    char since[TIME_TEXT_SIZE];

    time_format_us(clock_now_us() - (clock_monotonic_us() - since_us), since);
    buffer_append_format(reasons, "%s since %s: %s\n", what, since, reason);
}
