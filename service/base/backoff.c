// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.h"

#include "base/random.h"

enum { FIRST_US = 100 * 1000, LONGEST_US = 5 * 1000 * 1000 };

int64_t backoff_between(int64_t first, int64_t longest, unsigned failures, uint64_t random)
{
    int64_t most = first < 1 ? 1 : first;

    while (failures-- && most < longest)
        most *= 2;
    if (most > longest)
        most = longest;
    return most - (int64_t)(random % (uint64_t)(most / 2 + 1));
}

int64_t backoff_us(unsigned failures)
{
    return backoff_between(FIRST_US, LONGEST_US, failures, random_u64());
}

void backoff_fail(struct backoff *backoff, int64_t now_us)
{
    backoff->until_us = now_us + backoff_us(backoff->failures++);
}

void backoff_end(struct backoff *backoff)
{
    *backoff = (struct backoff){0};
}
