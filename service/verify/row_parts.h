// SPDX-License-Identifier: Apache-2.0
// A row part by part: its columns, what its packed state holds besides, and its history, each with
// a name and as text; and the events that decide a part.
#pragma once

#include "base/buffer.h"
#include "core/pack.h"
#include "verify/deciding.h"

// Whether all columns are the same, byte for byte.
bool row_columns_equal(const struct job_columns *a, const struct job_columns *b);

// Two rows of one job. The rows may be NULL: that one cannot be unpacked, or is not there; then so
// are its packed columns compared as bytes.
struct row_pair {
    const struct job_columns *stored_columns, *expected_columns;
    const struct row *stored, *expected;
};

struct part_difference {
    const char *part;                // "status", "state.tick", "history.ends[0]"; for the call
    struct slice stored, expected;   // as text; absent: null
    const struct deciding *deciding; // of what is expected
};

struct parts_visitor {
    void *self;
    int (*visit)(void *self, const struct part_difference *difference, struct err *err);
};

// Visits each part that differs. job tells where events were read; NULL: none was. DONE; RETRY
// without memory; else what the visitor returned.
int row_parts_compare(const struct row_pair *pair, const struct folded_job *job,
                      const struct parts_visitor *visitor, struct err *err);
