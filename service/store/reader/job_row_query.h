// SPDX-License-Identifier: Apache-2.0
// Rows of the queries jobs_by_*, jobs_among_newest_*, jobs_find and job_show as structs.
#pragma once

#include <libpq-fe.h>

#include "store/reader/job_reader.h"

// Slices point into the answer. The cursor is for that sort, as of that moment.
void job_row_query_read(const PGresult *answer, int row, enum job_sort sort, int64_t as_of_us,
                        struct viewed_job *out);
// Whether a row has a job at all.
bool job_row_query_has_job(const PGresult *answer, int row);
// What the query says of having looked at the newest alone.
bool job_row_query_bounded(const PGresult *answer);
// What jobs_find has beside a job.
void job_row_query_read_lower(const PGresult *answer, int row, struct found_job *out);
