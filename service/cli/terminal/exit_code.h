// SPDX-License-Identifier: Apache-2.0
// What the program's exit code means. Part of its interface: scripts rely on it.
#pragma once

#include "base/err.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,         // it was tried, and refused or found wrong
    EXIT_USAGE = 2,          // the command line is wrong
    EXIT_CONFIGURATION = 3,  // an option is wrong or missing
    EXIT_JOB_FAILED = 10,    // watch: the job failed
    EXIT_JOB_CANCELLED = 11, // watch: the job was cancelled
    EXIT_REFUSED = 20,       // cancel: the request was refused
    EXIT_OVERTAKEN = 21,     // cancel --wait: the job ended otherwise, or began anew
    EXIT_UNANSWERED = 22,    // cancel --wait: the command was not answered in time
    EXIT_TEMPORARY = 75,     // PostgreSQL, Kafka, the registry or the API is away: try again later
    EXIT_NO_PERMISSION = 77, // the API does not accept the token
    EXIT_INTERRUPTED = 130,  // Ctrl-C before there was an answer
};

// rc is what a command returned, err what it filled.
enum exit_code exit_code_of(int rc, const struct err *err);
