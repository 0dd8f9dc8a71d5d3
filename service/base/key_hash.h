// SPDX-License-Identifier: Apache-2.0
// The hash of uthash's tables here, eight bytes a step: their keys are a hundred bytes and each
// event looks one up; and its non-fatal mode, in which a failed insertion leaves the table as it
// was. To be included instead of uthash.h where tables are changed. Nothing that is stored depends
// on it.
#pragma once

#include <stdint.h>
#include <string.h>

#define HASH_NONFATAL_OOM              1
#define HASH_FUNCTION(key, size, hash) ((hash) = key_hash(key, size))
#include <uthash.h>

#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) ((void)(element))

// Each word is mixed into all that came before; the last fold brings the high bits, which depend on
// every byte, to the low ones, which choose the bucket.
static inline uint32_t key_hash(const void *key, size_t size)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    const char *at = key;
    uint64_t hash = size * odd, word;

    for (; size >= sizeof word; size -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, at, size);
    hash = (hash ^ word) * odd;
    return (uint32_t)(hash >> 32 ^ hash >> 15);
}
