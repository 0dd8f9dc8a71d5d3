// SPDX-License-Identifier: Apache-2.0
// A bearer token as somebody keeps it: its characters, with blanks and newlines around them.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

// What a token may be made of (RFC 6750), without what stands around it. out is appended to. FATAL
// (CONFIGURATION), which never repeats it; RETRY without memory.
int token_check(struct slice text, struct buffer *out, struct err *err);
// The same from a file.
int token_file_read(const char *path, struct buffer *out, struct err *err);
