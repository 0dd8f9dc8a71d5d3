// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <sys/random.h>

void random_bytes(void *out, size_t size)
{
    char *at = out;

    while (size) {
        ssize_t got = getrandom(at, size, 0); // interrupted at most: the pool cannot fail

        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}

uint64_t random_u64(void)
{
    uint64_t value;

    random_bytes(&value, sizeof value);
    return value;
}
