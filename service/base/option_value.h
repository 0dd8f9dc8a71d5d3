// SPDX-License-Identifier: Apache-2.0
// The grammar of option values: from text to what an option's type means.
#pragma once

#include "base/options.h"
#include "base/slice.h"

// Holds text against the option's type and bounds. FATAL: the text of err says what is expected,
// and never repeats the value of a secret.
int option_value_check(const struct option *option, const char *text, struct err *err);

// Whole numbers; durations in ms; bytes. False if it is none, or overflows.
bool option_value_integer(enum option_type type, const char *text, int64_t *out) MUST_CHECK;

// A duration within these bounds, in us; 0 for "0" and "never". False if it is none.
bool option_value_wait(struct slice text, int64_t least_ms, int64_t most_ms,
                       int64_t *out_us) MUST_CHECK;

enum { OPTION_AMOUNT_SIZE = 32 };
// The other way, in the largest unit that divides it: "16MiB", "10s".
void option_value_format(enum option_type type, int64_t amount, char out[OPTION_AMOUNT_SIZE]);

enum { LISTEN_HOST_SIZE = 256 };
struct listen_address {
    char host[LISTEN_HOST_SIZE]; // without brackets
    uint16_t port;
};
bool option_value_listen(const char *text, struct listen_address *out) MUST_CHECK;

// The next part of a comma-separated list, without the blanks around it; *list moves on. False at
// its end.
bool option_value_next(const char **list, struct slice *part) MUST_CHECK;
