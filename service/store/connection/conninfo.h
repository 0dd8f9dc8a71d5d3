// SPDX-License-Identifier: Apache-2.0
// libpq connection strings: the primary's out of postgres.conninfo and the single postgres.*
// parameters, that of the replica out of http.read-conninfo besides.
#pragma once

#include "base/buffer.h"
#include "base/options.h"

// Appends it to out, NUL-terminated. A password by file or command is read again by whoever
// connects (store/connection/password.h). FATAL for what libpq does not understand.
int conninfo_build(const struct options *options, struct buffer *out, struct err *err);
// The same for the server that http.read-conninfo names: what it does not say is as for the
// primary. If it names a host or a service, nothing that says where the primary is applies to it.
int conninfo_build_replica(const struct options *options, struct buffer *out, struct err *err);
// Appends what a string so built says of a parameter, NUL-terminated, the NUL not counted; nothing
// if it does not. FATAL, or RETRY without memory.
int conninfo_value(const char *conninfo, const char *name, struct buffer *out, struct err *err);
