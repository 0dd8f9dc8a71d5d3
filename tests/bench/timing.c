// SPDX-License-Identifier: Apache-2.0
#include "bench/timing.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

void timing_sleep_until(int64_t until_us)
{
    int64_t left_us = until_us - clock_monotonic_us();

    if (left_us > 0)
        nanosleep(&(struct timespec){left_us / US_PER_SECOND, left_us % US_PER_SECOND * 1000},
                  NULL);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

void timing_sort(int64_t *durations_us, size_t count)
{
    qsort(durations_us, count, sizeof *durations_us, compare);
}

double timing_percentile_ms(const int64_t *sorted_us, size_t count, size_t percent)
{
    return (double)sorted_us[(count - 1) * percent / 100] / 1000;
}
