// SPDX-License-Identifier: Apache-2.0
// Loaded before a program (LD_PRELOAD), it sets that program's wall clock an hour ahead.
#define _GNU_SOURCE // syscall
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now);

int clock_gettime(clockid_t clock, struct timespec *now)
{
    long rc = syscall(SYS_clock_gettime, clock, now);

    if (!rc && clock == CLOCK_REALTIME)
        now->tv_sec += 3600;
    return (int)rc;
}
