// SPDX-License-Identifier: Apache-2.0
// A password that is kept in a file or told by a command, and read anew for each connection. Where
// it is stands before all else in a connection string of ours, as password_file='...' or
// password_command='...'; what follows is libpq's.
#pragma once

#include "base/buffer.h"
#include "base/err.h"
#include "base/secret_source.h"

// Appends it to out, which is still empty.
void password_append_source(const struct secret_source *source, struct buffer *out);
// What of a connection string is libpq's.
const char *password_skip_source(const char *conninfo);
// Appends the password, NUL-terminated, if conninfo says where it is: then *is_renewed. RETRY with
// reason SECRET_UNREADABLE, or without memory.
int password_read(const char *conninfo, struct buffer *password, bool *is_renewed, struct err *err);
