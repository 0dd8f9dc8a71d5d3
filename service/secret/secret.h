// SPDX-License-Identifier: Apache-2.0
// Secrets that are kept in a file or told by a command: read whenever they are wanted, so that
// whoever renews one need not tell us. Any thread.
#pragma once

#include "base/buffer.h"
#include "base/err.h"
#include "base/secret_source.h"

enum { SECRET_MAX_BYTES = 64 * 1024, SECRET_COMMAND_MS = 10 * 1000 };

// Appends the secret, without a newline at its end and NUL-terminated; the NUL is not counted. A
// command gets SECRET_COMMAND_MS and then is killed, with whatever it started. RETRY with reason
// SECRET_UNREADABLE: neither the secret nor the command is in the text.
int secret_read(const struct secret_source *source, struct buffer *out, struct err *err);
// Frees a buffer and leaves nothing of the secret in memory.
void secret_wipe(struct buffer *secret);
