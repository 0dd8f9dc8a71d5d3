// SPDX-License-Identifier: Apache-2.0
#include "core/position.h"

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t mix_slice(uint64_t hash, struct slice slice)
{
    uint64_t size = slice.data ? slice.size : UINT64_MAX;

    for (int shift = 0; shift < 64; shift += 8) {
        unsigned char byte = (unsigned char)(size >> shift);

        hash = mix(hash, &byte, 1);
    }
    return mix(hash, slice.data, slice.size);
}

int64_t record_hash(int64_t timestamp_ms, struct slice key, struct slice value)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (int shift = 0; shift < 64; shift += 8) {
        unsigned char byte = (unsigned char)((uint64_t)timestamp_ms >> shift);

        hash = mix(hash, &byte, 1);
    }
    return (int64_t)mix_slice(mix_slice(hash, key), value);
}
