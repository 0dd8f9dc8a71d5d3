// SPDX-License-Identifier: Apache-2.0
// A command of the program: one file each, gathered in the table of command_table.c.
#pragma once

#include "cli/terminal/arguments.h"
#include "serve/process/config.h"

// What a command is run with; all borrowed for the call.
struct invocation {
    const struct arguments *arguments;
    const struct options *options;
    const struct config *config;
};

typedef int command_run(const struct invocation *invocation, struct err *err);

enum { ANY_NUMBER = -1 };

// What a command does by the word behind its name.
struct verb {
    const char *name;
    const char *arguments; // what follows it, as help shows it; "" for nothing
    int argument_count;    // how many words that is, or ANY_NUMBER
    const char *help;      // a line
    command_run *run;
};

struct command {
    const char *name;
    const char *summary;     // a line, for the list of commands
    const char *synopsis;    // what follows the name; without verbs
    const char *description; // paragraphs, for --help; NULL: the summary says it all
    const char *example;     // for --help
    const struct flag *flags;
    size_t flag_count;
    const struct verb *verbs; // NULL: it has none, but run
    size_t verb_count;
    // Returns 0 or a disposition; how it becomes an exit code is in exit_code.h.
    command_run *run;
};

extern const struct command *const command_table[]; // NULL-terminated

extern const struct command serve_command, migrate_command, emit_command, positions_command,
    dead_letters_command, cancellations_command, list_command, show_command, watch_command,
    cancel_command, schemas_command, token_command, doctor_command, verify_command, erase_command,
    rebuild_command, retention_command, ready_command, login_command, logout_command, help_command;

// The command of that name, or NULL; then *nearest is the name that may be meant, or NULL.
const struct command *command_find(const char *name, const char **nearest);
