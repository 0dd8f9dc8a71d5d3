// SPDX-License-Identifier: Apache-2.0
// Moments and spans in a table's cell. Pure, but for the machine's time zone.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/time_us.h"
#include "cli/terminal/arguments.h"

enum time_style {
    TIME_EXACT,    // 2026-11-23T15:00:05.123456Z
    TIME_ZULU,     // 2026-11-23T15:00:05Z
    TIME_LOCAL,    // 2026-11-23T16:00:05+01:00
    TIME_RELATIVE, // 5m ago
    TIME_CLOCK,    // 16:00:05 of today, 11-22 16:00 of another day
    TIME_BOTH,     // 2026-11-23T16:00:05+01:00 (5m ago)
};

enum time_use {
    TIMES_OF_ROWS,
    TIMES_THAT_STAY, // of rows to which others come: a relative time would not hold
    TIMES_OF_ONE,    // of one thing, whose moments have room
};

#define TIME_FLAG                                                                                  \
    {                                                                                              \
        "time", "STYLE",                                                                           \
            "relative or absolute (default: relative on a terminal, absolute in UTC elsewhere)", 0 \
    }

// What --time says, on a terminal or elsewhere. FATAL (USAGE).
int time_style_read(const struct arguments *arguments, bool is_terminal, enum time_use use,
                    enum time_style *out, struct err *err);

enum { TIME_WORDS_SIZE = 48 };
void time_words(int64_t time_us, enum time_style style, int64_t now_us, char out[TIME_WORDS_SIZE]);
// "45s", "3m12s", "2h05m", "3d04h"; 0s for what is below zero, as where clocks differ.
void span_words(int64_t span_us, char out[TIME_WORDS_SIZE]);
