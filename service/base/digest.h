// SPDX-License-Identifier: Apache-2.0
// SHA-256 of texts one after another.
#pragma once

#include "base/attributes.h"
#include "base/slice.h"

enum { DIGEST_BYTES = 32 };

// Of all parts, a NUL byte behind each. False without memory.
bool digest_of(const struct slice *parts, size_t count, unsigned char out[DIGEST_BYTES]) MUST_CHECK;
