// SPDX-License-Identifier: Apache-2.0
// From struct err to what callers of the library are told. out may be NULL.
#pragma once

#include <jobtrail/error.h>

#include "base/err.h"

// Fills out and returns code. reason: of at most 31 bytes.
int error_tell(struct jobtrail_error *out, int code, const char *reason, const char *format, ...)
    PRINTF_LIKE(4, 5);
// The same of what a room below told; out of memory is JOBTRAIL_NO_MEMORY whatever code says.
int error_pass(struct jobtrail_error *out, int code, const struct err *err);
// JOBTRAIL_NO_MEMORY.
int error_no_memory(struct jobtrail_error *out);
