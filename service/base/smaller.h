// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

static inline int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
