// SPDX-License-Identifier: Apache-2.0
// cmocka's check of a range, whose name is another since its version 2. For integers that are not
// below zero; include it behind cmocka.
#pragma once

#include <stdbool.h>
#include <stdint.h>

static inline bool is_between(uintmax_t value, uintmax_t least, uintmax_t most)
{
    return value >= least && value <= most;
}

#define assert_between(value, least, most)                                                         \
    assert_true(is_between((uintmax_t)(value), (uintmax_t)(least), (uintmax_t)(most)))
