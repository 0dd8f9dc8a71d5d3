// SPDX-License-Identifier: Apache-2.0
// Help, made from the tables of commands, flags and options.
#pragma once

#include "base/buffer.h"
#include "cli/terminal/command.h"

void help_write_program(struct buffer *out);
void help_write_command(const struct command *command, struct buffer *out);
