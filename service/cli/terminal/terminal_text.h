// SPDX-License-Identifier: Apache-2.0
// Text of others for a terminal: what would steer it (control characters, C1 too, and those that
// turn the direction of writing) becomes a blank.
#pragma once

#include "base/buffer.h"

// text is UTF-8. Look at out->failed afterwards.
void terminal_text_append(struct buffer *out, struct slice text);
// How many columns the text takes, if each character takes one.
size_t terminal_text_width(struct slice text);
// At most size - 1 bytes of it into out, cut between two characters, NUL-terminated.
void terminal_text_copy(char *out, size_t size, struct slice text);
