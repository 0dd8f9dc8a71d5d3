// SPDX-License-Identifier: Apache-2.0
// One libpq connection string out of postgres.conninfo and the single postgres.* parameters.
#pragma once

#include "base/buffer.h"
#include "base/options.h"

// Appends it to out, NUL-terminated. FATAL for what libpq does not understand.
int conninfo_build(const struct options *options, struct buffer *out, struct err *err);
