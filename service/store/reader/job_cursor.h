// SPDX-License-Identifier: Apache-2.0
// The keys by which lists are sorted, as cursors and as parameters of a query. Keys are never null:
// what is not known comes last of all times, before all numbers and texts.
#pragma once

#include "store/connection/parameters.h"
#include "store/reader/job_reader.h"

// The cursor of a job for a sort; what runs has lasted until as_of_us. Its texts are borrowed from
// the columns.
struct job_cursor job_cursor_of(const struct job_columns *columns, enum job_sort sort,
                                int64_t as_of_us);
// The moment of which a page is: that of its cursor, or now.
int64_t job_cursor_as_of_us(const struct job_page *page);
// A time of ours as PostgreSQL counts it; INT64_MAX is its infinity, and what is too early for it
// the negative one.
int64_t job_cursor_postgres_time(int64_t time_us);
// The last parameters of the queries jobs_by_*, and jobs_among_newest_*.
void job_cursor_add(struct parameters *out, enum job_sort sort, const struct job_cursor *cursor);
void job_cursor_add_bounded(struct parameters *out, const struct job_page *page, int64_t as_of_us);
