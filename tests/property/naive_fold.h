// SPDX-License-Identifier: Apache-2.0
// The oracle: a job's row computed from the whole set of its events at once, by sorting them and
// reading the table of docs/design.md, section 5 row by row. Slow, plain, and written from the
// design's text alone; core's fold of one event at a time must give the same.
#pragma once

#include "core/row.h"
#include "property/naive_entry.h"

struct naive_history {
    struct history_entry entries[HISTORY_SETS][HISTORY_SET_MAX]; // best first
    size_t count[HISTORY_SETS];
};

struct naive_row {
    struct job_columns columns; // without state and history, which are packed
    struct naive_history history;
};

// events: at least one, all of one job, already checked, in any order and with repeats. The
// slices of the result are the events' own. Ends the program when there is no memory.
void naive_fold(const struct event *events, size_t count, struct naive_row *out);
