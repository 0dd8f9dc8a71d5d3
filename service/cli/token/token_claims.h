// SPDX-License-Identifier: Apache-2.0
// What "jobtrail token sign" puts into a token, from its arguments and the configuration.
#pragma once

#include <jansson.h>

#include "cli/terminal/command.h"

// A new reference. now_us: when the token is said to be issued. FATAL with reason USAGE for
// arguments that are missing or wrong; RETRY without memory.
int token_claims_build(const struct invocation *invocation, int64_t now_us, json_t **out,
                       struct err *err);
