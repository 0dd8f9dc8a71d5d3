// SPDX-License-Identifier: Apache-2.0
// The parameters of a list of jobs (docs/design.md, section 8): OGC's and ours, in one table.
// Strict: what is not known, comes twice where once is meant, or has no meaning is named, with what
// is allowed. Pure.
#pragma once

#include "http/problem.h"
#include "store/reader/job_reader.h"

enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 25, TEXT_MAX_BYTES = 256, STEP_DEFAULT_S = 3600 };

struct list_query {
    struct job_filter filter;
    bool mine; // creator=me: filter.creator_id is left to the caller
    struct job_page page;
    int64_t step_s; // of a timeline
};

struct query_fault {
    enum parameter_fault kind;
    struct slice parameter;
    const char *allowed; // for a person; constant, or in the arena
};

// Slices are borrowed from the request and the arena. False: *fault says what is wrong.
bool list_query_read(const struct request *request, struct arena *arena, struct list_query *out,
                     struct query_fault *fault) MUST_CHECK;
// The same without the page: limit, sortby and cursor are not known.
bool list_query_read_filter(const struct request *request, struct arena *arena,
                            struct list_query *out, struct query_fault *fault) MUST_CHECK;
// The same with step, but without the page.
bool list_query_read_timeline(const struct request *request, struct arena *arena,
                              struct list_query *out, struct query_fault *fault) MUST_CHECK;
// For a resource without parameters.
bool query_is_empty(const struct request *request, struct query_fault *fault) MUST_CHECK;
// The value of a parameter limit; more than LIMIT_MAX is that.
bool list_limit_read(struct slice value, size_t *out) MUST_CHECK;
