// SPDX-License-Identifier: Apache-2.0
// UTF-8 (RFC 3629): what PostgreSQL's text can hold.
#pragma once

#include "base/slice.h"

// Well-formed and without U+0000.
bool utf8_is_text(struct slice text);
// The largest number of bytes, at most limit, at which well-formed text can be cut between two
// characters.
size_t utf8_cut(struct slice text, size_t limit);
