// SPDX-License-Identifier: Apache-2.0
#include "base/wake.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int wake_open(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void wake_up(int fd)
{
    const uint64_t one = 1;

    if (write(fd, &one, sizeof one) < 0)
        return; // the counter is full: it is readable as it is
}

void wake_clear(int fd)
{
    uint64_t count;

    if (read(fd, &count, sizeof count) < 0)
        return; // nobody had woken
}
