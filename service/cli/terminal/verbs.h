// SPDX-License-Identifier: Apache-2.0
// Commands that have verbs, like "positions list" and "positions set": what is given is held
// against their table, and help is made from it.
#pragma once

#include "base/buffer.h"
#include "cli/terminal/command.h"

// Runs the verb that the first argument names. FATAL (USAGE) if there is none, or what follows it
// is not what it takes.
int verbs_run(const struct command *command, const struct invocation *invocation, struct err *err);
// A line for each verb: how it is called.
void verbs_write_usage(const struct command *command, struct buffer *out);
// A line for each verb: what it does.
void verbs_write_help(const struct command *command, struct buffer *out);
