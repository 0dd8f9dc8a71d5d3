// SPDX-License-Identifier: Apache-2.0
// What the program's exit code means. Part of its interface: scripts rely on it.
#pragma once

#include "base/err.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,        // it was tried, and refused or found wrong
    EXIT_USAGE = 2,         // the command line is wrong
    EXIT_CONFIGURATION = 3, // an option is wrong or missing
    EXIT_TEMPORARY = 75,    // PostgreSQL, Kafka or the registry is away: try again later
};

// result is what a command returned, err what it filled.
enum exit_code exit_code_of(int result, const struct err *err);
