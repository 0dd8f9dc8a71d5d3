// SPDX-License-Identifier: Apache-2.0
// The columns of a job's row, in the order in which rows_insert.sql, rows_update.sql and
// rows_read.sql have them: one table for both directions.
#pragma once

#include <libpq-fe.h>

#include "core/ports.h"
#include "store/connection/parameters.h"

// Appends one array for each column: the rows of that many indices.
void row_columns_write(struct parameters *parameters, const struct row_write *rows,
                       const uint32_t *indices, size_t count);
// Reads one row of an answer of rows_read.sql; the slices point into the result.
void row_columns_read(const PGresult *result, int row, struct stored_row *out);
// Whether the constraints of jobtrail_p1.job that hold values of events take the row as it is, and
// its indexes, too. The same is in schemas/sql, 0002 and 0006: change both together.
bool row_columns_keep_rules(const struct row_write *row);
// About how many bytes a row takes among the parameters.
size_t row_columns_bytes(const struct row_write *row);
