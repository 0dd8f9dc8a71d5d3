// SPDX-License-Identifier: Apache-2.0
// Random choices that a seed repeats: what every made test world is drawn from. The generator is
// SplitMix64: good enough to test with, and nothing else. Not thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline struct dice dice_from(uint64_t seed)
{
    return (struct dice){seed};
}

static inline uint64_t dice_u64(struct dice *dice)
{
    uint64_t x = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

// 0 to below - 1; below is at least 1.
static inline size_t dice_below(struct dice *dice, size_t below)
{
    return (size_t)(dice_u64(dice) % below);
}

// least to most, both possible.
static inline size_t dice_between(struct dice *dice, size_t least, size_t most)
{
    return least + dice_below(dice, most - least + 1);
}

static inline bool dice_percent(struct dice *dice, size_t percent)
{
    return dice_below(dice, 100) < percent;
}
