// SPDX-License-Identifier: Apache-2.0
// The command line behind the command's name: flags from a table, and what stands between them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { FLAGS_MAX = 40, POSITIONAL_MAX = 8, ASSIGNMENTS_MAX = 128 };

struct flag {
    const char *name;  // without its two dashes
    const char *value; // what stands for the value in help; NULL: a switch
    const char *prose;
    char letter; // a short form; 0: none
};

// Understood by every command, besides its own.
extern const struct flag common_flags[];
extern const size_t common_flag_count;

struct arguments {
    const struct flag *flags; // the command's own, at most FLAGS_MAX
    size_t flag_count;
    const char *values[FLAGS_MAX]; // parallel to flags; NULL: not given; "" for a switch
    const char *positional[POSITIONAL_MAX];
    size_t positional_count;
    const char *config_file;                  // --config
    const char *assignments[ASSIGNMENTS_MAX]; // --set, in order
    size_t assignment_count;
    bool help;
};

// "--name value", "--name=value", "-n value"; "--" ends the flags. All strings are borrowed from
// argv. FATAL with reason USAGE, naming the nearest flag.
int arguments_parse(struct arguments *arguments, const struct flag *flags, size_t flag_count,
                    int argc, char *const *argv, struct err *err);
// NULL: not given. The name must be one of the command's own flags.
const char *arguments_value(const struct arguments *arguments, const char *name);
bool arguments_given(const struct arguments *arguments, const char *name);
// A whole number from least to most, or fallback if not given. FATAL with reason USAGE.
int arguments_integer(const struct arguments *arguments, const char *name, long long least,
                      long long most, long long fallback, long long *out, struct err *err);
