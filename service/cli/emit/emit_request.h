// SPDX-License-Identifier: Apache-2.0
// A request to cancel, from the flags of jobtrail emit --cancel-requested.
#pragma once

#include "cli/terminal/arguments.h"
#include "wire/cancel_messages.h"

// The flags that only a request has; NULL-terminated.
extern const char *const emit_request_flags[];

// FATAL with reason USAGE for a flag that is missing, wrong or does not belong to a request. Texts
// are borrowed from the arguments.
int emit_request_read(const struct arguments *arguments, struct cancel_requested *out,
                      struct err *err);
