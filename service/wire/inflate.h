// SPDX-License-Identifier: Apache-2.0
// What an emitter deflated by zlib (RFC 1950). Nothing in it is trusted.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

// Puts what was deflated in the place of what out has; at most RECORD_VALUE_MAX_BYTES.
// 0; POISON: PAYLOAD_TOO_LARGE, or FRAMING if it is no whole stream or more than one; RETRY without
// memory.
int inflate_value(struct slice deflated, struct buffer *out, struct err *err);
