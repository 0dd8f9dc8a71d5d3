// SPDX-License-Identifier: Apache-2.0
// How long to wait after the n-th failure in a row: doubling from 100 ms to 5 s, with a random part
// so that many processes do not come back at once.
#pragma once

#include "base/random.h"

static inline int64_t backoff_us(unsigned failures)
{
    int64_t most_us = INT64_C(100000) << (failures < 6 ? failures : 6);

    if (most_us > INT64_C(5000000))
        most_us = INT64_C(5000000);
    return most_us / 2 + (int64_t)(random_u64() % (uint64_t)(most_us / 2));
}
