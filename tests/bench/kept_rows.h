// SPDX-License-Identifier: Apache-2.0
// The rows that PostgreSQL would have, by key and without any guard: what a benchmark of our own
// code writes to and reads from.
#pragma once

#include "core/ports.h"

struct kept_row;

// All zeros at first.
struct kept_rows {
    struct kept_row *table;    // owned
    struct stored_row *answer; // owned; borrows from the table
    size_t answer_count;
};

void kept_rows_free(struct kept_rows *rows);
// Copies the rows of a batch. False without memory.
bool kept_rows_write(struct kept_rows *rows, const struct batch_write *batch) MUST_CHECK;
// Fills answer with those of the keys that are there. False without memory.
bool kept_rows_read(struct kept_rows *rows, const struct job_key *keys, size_t count) MUST_CHECK;
