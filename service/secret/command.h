// SPDX-License-Identifier: Apache-2.0
// A command of the shell, and what it prints.
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

// Runs it and fills what it printed into room, at most size bytes. Its own standard input is empty,
// its standard error ours. 0; RETRY with reason SECRET_UNREADABLE: it cannot be started, fails,
// prints more, or did not end within timeout_ms; it is dead then.
int command_run(const char *command, int timeout_ms, char *room, size_t size, size_t *printed,
                struct err *err);
