// SPDX-License-Identifier: Apache-2.0
// Numbers as Kafka, PostgreSQL and our packed columns have them. The caller has seen to the room.
#pragma once

#include <stdint.h>

static inline uint16_t big_endian_u16(const unsigned char *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t big_endian_u32(const unsigned char *p)
{
    return (uint32_t)big_endian_u16(p) << 16 | big_endian_u16(p + 2);
}

static inline uint64_t big_endian_u64(const unsigned char *p)
{
    return (uint64_t)big_endian_u32(p) << 32 | big_endian_u32(p + 4);
}
