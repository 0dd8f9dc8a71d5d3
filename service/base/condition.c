// SPDX-License-Identifier: Apache-2.0
#include "base/condition.h"

#include <time.h>

#include "base/time_us.h"

void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t until_us)
{
    const struct timespec until = {.tv_sec = (time_t)(until_us / US_PER_SECOND),
                                   .tv_nsec = (long)(until_us % US_PER_SECOND) * 1000};

    return !pthread_cond_timedwait(condition, mutex, &until);
}
