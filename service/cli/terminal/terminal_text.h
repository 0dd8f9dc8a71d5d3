// SPDX-License-Identifier: Apache-2.0
// Text of others for a terminal: what would steer it (control characters, C1 too, and those that
// turn the direction of writing) becomes a blank.
#pragma once

#include "base/buffer.h"

// text is UTF-8. Look at out->failed afterwards.
void terminal_text_append(struct buffer *out, struct slice text);
// How many columns the text takes: two for what is wide (East Asian letters, pictures), none for
// what sits on the letter before it.
size_t terminal_text_width(struct slice text);
// How many bytes of it, whole characters, take at most so many columns.
size_t terminal_text_prefix(struct slice text, size_t columns);
// How many bytes its first character has; 0 of an empty text.
size_t terminal_text_character(struct slice text);
// At most size - 1 bytes of it into out, cut between two characters, NUL-terminated.
void terminal_text_copy(char *out, size_t size, struct slice text);
