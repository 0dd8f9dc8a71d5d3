// SPDX-License-Identifier: Apache-2.0
// What "jobtrail list" is about to list, and listing it page by page.
#pragma once

#include "cli/api/api_client.h"
#include "cli/jobs/job_table.h"
#include "cli/jobs/seen_jobs.h"

struct listing {
    struct api_client *client; // owned, as all of it
    struct job_table *table;
    struct buffer filter;  // the query's, NUL-terminated
    struct buffer sort;    // NUL-terminated; empty: as the API does
    size_t limit;          // 0: all
    struct seen_jobs seen; // while following
    size_t told;           // likewise: rows so far
    enum job_form form;
};

// Appends the query of the first page, NUL-terminated.
void listing_write_query(const struct listing *listing, struct buffer *out);
// Says on standard error how old a list is, what it leaves out, and how far it is. A service that
// is away between two pages is asked again for a while. As api_get; FATAL (INCOMPLETE) if all were
// wanted and the service did not look at all of them, OUTPUT. What failed after the first page says
// so.
int listing_pages(struct listing *listing, struct err *err);
