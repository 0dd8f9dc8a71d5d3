// SPDX-License-Identifier: Apache-2.0
// Our own prose in a column of its own, as help has it. Pure.
#pragma once

#include "base/buffer.h"

enum { WRAPPED_WIDTH = 80 }; // of a terminal that nobody has made wider

// Appends the text, of which the first line begins at so many columns already, and a newline. It
// goes on below where a line would be wider than a terminal; a word is never broken.
void wrapped_append(const char *text, size_t at, struct buffer *out);
