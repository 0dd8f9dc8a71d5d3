// SPDX-License-Identifier: Apache-2.0
// Which query answers a list or a count, and its parameters.
#pragma once

#include "store/connection/parameters.h"
#include "store/reader/job_reader.h"

// Whether a list looks at the newest jobs alone.
bool job_list_query_is_bounded(const struct job_filter *filter, const struct job_page *page);
// How many jobs a page holds: its limit, within 1 to 1,000.
size_t job_list_query_limit(const struct job_page *page);
// The name of the query that gives a page.
const char *job_list_query_list(const struct job_filter *filter, const struct job_page *page);
// Its parameters; as_of_us as job_cursor_as_of_us. One job more than the page holds is asked for.
void job_list_query_list_fill(struct parameters *out, const struct job_scope *scope,
                              const struct job_filter *filter, const struct job_page *page,
                              int64_t as_of_us);
// The same for a count.
const char *job_list_query_count(const struct job_scope *scope, const struct job_filter *filter);
void job_list_query_count_fill(struct parameters *out, const struct job_scope *scope,
                               const struct job_filter *filter);
// The same for what stands before a page; NULL: that is not counted.
const char *job_list_query_before(const struct job_filter *filter, const struct job_page *page);
void job_list_query_before_fill(struct parameters *out, const struct job_scope *scope,
                                const struct job_filter *filter, const struct job_page *page);
// The same for the counts of each state.
const char *job_list_query_state_counts(const struct job_scope *scope,
                                        const struct job_filter *filter);
void job_list_query_state_counts_fill(struct parameters *out, const struct job_scope *scope,
                                      const struct job_filter *filter,
                                      const struct job_waits *waits);
// The parameters of jobs_over_time.
void job_list_query_timeline_fill(struct parameters *out, const struct job_scope *scope,
                                  const struct job_filter *filter, const struct job_period *period);
