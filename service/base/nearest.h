// SPDX-License-Identifier: Apache-2.0
// "Did you mean …?": the known name that a mistyped one is nearest to.
#pragma once

#include <stddef.h>

struct nearest {
    const char *name; // borrowed; NULL: nothing is near enough
    size_t distance;
};

// Holds candidate against the best one so far; start with {0}. Only a name at most half of its
// length away counts. Case is ignored.
void nearest_consider(struct nearest *best, const char *mistyped, const char *candidate);
