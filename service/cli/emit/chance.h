// SPDX-License-Identifier: Apache-2.0
// Chance that follows from a seed: the same seed, the same luck. For made-up worlds alone, never
// for what must not be guessed (base/random.h).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/uuid.h"

struct chance {
    uint64_t state; // begins as the seed
};

// 0 to limit - 1; limit is at least 1.
uint64_t chance_below(struct chance *chance, uint64_t limit);
// True in so many of a hundred cases.
bool chance_happens(struct chance *chance, unsigned percent);
struct uuid chance_uuid(struct chance *chance);
