// SPDX-License-Identifier: Apache-2.0
// The ways in which one set of events can come to core's fold. All must end in the same row.
// Each way also holds what the fold says of itself (changed, history_changed,
// error_detail_changed) against what really changed.
#pragma once

#include <stdio.h>

#include "core/row.h"
#include "property/dice.h"
#include "property/same_columns.h"

struct fold_way {
    const char *name;
    // A new row, the caller's; NULL when the fold failed or said something untrue of itself,
    // which is then told (tell may be NULL). The arena is for columns on the way.
    struct row *(*fold)(const struct event *events, size_t count, struct dice *dice,
                        struct arena *arena, FILE *tell);
};

enum { FOLD_WAYS = 4 };
extern const struct fold_way fold_ways[FOLD_WAYS];

// The packed ones too.
bool same_packed_columns(const struct job_columns *a, const struct job_columns *b);
