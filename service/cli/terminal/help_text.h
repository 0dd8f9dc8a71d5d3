// SPDX-License-Identifier: Apache-2.0
// Help, made from the tables of commands, flags and options.
#pragma once

#include "base/buffer.h"
#include "cli/terminal/command.h"

enum { HELP_WIDTH = 80 }; // of a terminal that nobody has made wider

// Paragraphs, in lines as a terminal has them: where options come from, and the exit codes.
extern const char help_sources[], help_exit_codes[];

void help_write_program(struct buffer *out);
void help_write_command(const struct command *command, struct buffer *out);
