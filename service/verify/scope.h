// SPDX-License-Identifier: Apache-2.0
// Which jobs are compared: of one organisation or all, a sample by a hash of the job or all, and
// within a range of keys, which is what one pass over the log has room for.
#pragma once

#include "core/own_key.h"

enum { SAMPLE_ALL = 1000000 };

struct scope {
    struct slice organization; // absent: all
    int64_t sample;            // so many jobs of SAMPLE_ALL
    struct own_key behind;     // the last of the pass before; none: from the first of all
    struct own_key upto;       // the last of the pass; none: to the end
};

// Whether the job is among those that shall be compared, in whatever pass.
bool scope_concerns(const struct scope *scope, const struct job_key *key);
// Whether it is within the pass.
bool scope_is_in_range(const struct scope *scope, const struct job_key *key);
static inline bool scope_has(const struct scope *scope, const struct job_key *key)
{
    return scope_concerns(scope, key) && scope_is_in_range(scope, key);
}
