// SPDX-License-Identifier: Apache-2.0
// The worst that a member can do within what every member may do, a kind each: what they ask for,
// over how many connections, and what they do with the answer. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/http_call.h"

struct storm_kind {
    const char *name;
    size_t connections; // of a member
    bool keeps;         // does not read the body of a 200, and rests before closing
    bool closes;        // closes as soon as the head came
    // Writes the request number `number` of a member.
    void (*ask)(struct http_call *call, const char *token, size_t number);
};

// Every member has connections of this kind at most: 100 have nine tenths of http.connections.
enum { STORM_CONNECTIONS_MAX = 9, STORM_BIG_JOBS = 1000 };

#define STORM_ORGANIZATION "large"
#define STORM_BIG_TYPE     "Big"

// NULL-terminated by name.
extern const struct storm_kind storm_kinds[];
// NULL: there is none of that name.
const struct storm_kind *storm_kind_find(const char *name);
