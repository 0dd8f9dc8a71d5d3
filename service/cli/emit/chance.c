// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/chance.h"

// SplitMix64: small, and good enough to look like life.
static uint64_t next(struct chance *chance)
{
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t chance_below(struct chance *chance, uint64_t limit)
{
    return next(chance) % limit;
}

bool chance_happens(struct chance *chance, unsigned percent)
{
    return chance_below(chance, 100) < percent;
}

struct uuid chance_uuid(struct chance *chance)
{
    uint64_t words[2] = {next(chance), next(chance)};
    unsigned char bytes[UUID_BYTES];

    memcpy(bytes, words, sizeof bytes);
    return uuid_from_random(bytes);
}
