// SPDX-License-Identifier: Apache-2.0
// UTF-8 (RFC 3629): what PostgreSQL's text can hold.
#pragma once

#include "base/arena.h"

// Well-formed and without U+0000.
bool utf8_is_text(struct slice text);
// The largest number of bytes, at most limit, at which well-formed text can be cut between two
// characters.
size_t utf8_cut(struct slice text, size_t limit);
// Cuts well-formed text that is longer than most_bytes (at least 3) at a character and puts "…" at
// its end, within them. What is cut lives in the arena. False without memory.
bool utf8_shorten(struct slice *text, size_t most_bytes, struct arena *arena) MUST_CHECK;
