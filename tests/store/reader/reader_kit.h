// SPDX-License-Identifier: Apache-2.0
// What the tests of the job reader share. Everything asserts.
#pragma once

#include "store/harness.h"
#include "store/reader/job_reader.h"

// The tests' options for a reader of that database.
struct connection_options reader_options(const char *conninfo);
// A connected one, for the harness's database.
struct job_reader *reader_open(const struct harness *harness);
struct job_scope scope_of(const char *organization_id, const char *creator_id);
// Nothing is asked for.
struct job_filter no_filter(void);
// The newest first.
struct job_page first_page(size_t limit);

// Ids and comma, in the order of the page; lives until the next call.
const char *listed(struct job_reader *reader, const struct job_scope *scope,
                   const struct job_filter *filter, const struct job_page *page);
