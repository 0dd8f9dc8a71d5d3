// SPDX-License-Identifier: Apache-2.0
// UUIDs as 16 bytes (RFC 9562), and the digest by which an id is known that must not be kept.
#pragma once

#include "base/attributes.h"
#include "base/slice.h"

enum { UUID_BYTES = 16, UUID_TEXT_SIZE = 37 };

struct uuid {
    unsigned char bytes[UUID_BYTES];
};

// Reads the form 8-4-4-4-12 of hexadecimal digits in either case; false for anything else.
bool uuid_parse(struct slice text, struct uuid *out) MUST_CHECK;
// Lower case, NUL-terminated.
void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_SIZE]);
static inline int uuid_compare(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, UUID_BYTES);
}
// Sixteen random bytes become a version 4 UUID.
struct uuid uuid_from_random(const unsigned char random[UUID_BYTES]);
// The UUID that RFC 9562, section 5.5, derives from a name within a namespace (version 5): always
// the same for the same name. False without memory.
bool uuid_from_name(const struct uuid *space, struct slice name, struct uuid *out) MUST_CHECK;

enum { DIGEST_BYTES = 32 };
// SHA-256 of all parts, a NUL byte behind each. False without memory.
bool digest_of(const struct slice *parts, size_t count, unsigned char out[DIGEST_BYTES]) MUST_CHECK;
