// SPDX-License-Identifier: Apache-2.0
// What stands at the other end of a descriptor: how wide it is, and whether colours are wanted.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cli/terminal/arguments.h"

#define COLOR_FLAG                                                                                 \
    {                                                                                              \
        "color", "WHEN", "auto, always or never (default: auto: on a terminal without NO_COLOR)",  \
            0                                                                                      \
    }

// 0: it is no terminal, and nothing is made to fit. COLUMNS of the environment wins over what the
// terminal says.
size_t screen_columns(int fd);
// What --color says, or else NO_COLOR (any value but an empty one) and TERM (dumb). FATAL (USAGE).
int screen_wants_color(const struct arguments *arguments, int fd, bool *wants, struct err *err);
