// SPDX-License-Identifier: Apache-2.0
// How a table's columns share a terminal's width, so that no row is longer than a line. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum cut { CUT_NOTHING, CUT_END, CUT_MIDDLE };

// Of one column.
struct column_fit {
    enum cut cut;    // how a cell becomes shorter
    size_t least;    // and as what at least; of CUT_NOTHING it is as wide as it is
    unsigned yields; // the lower, the earlier it becomes shorter; 0: last of all
    unsigned leaves; // the lower, the earlier it is left out; 0: never
};

enum { TABLE_GAP = 2 }; // columns between two cells

// widths: what each column wants, and becomes what it gets; 0: it is left out. Nothing fits below
// the sum of what has to stay: then that is what they get.
void table_fit(const struct column_fit *fits, size_t count, size_t screen, size_t *widths);
// Appends text that a terminal can have, cut to so many columns with "…" where something is left
// out. Look at out->failed.
void table_cut(struct slice text, enum cut cut, size_t width, struct buffer *out);
