// SPDX-License-Identifier: Apache-2.0
// The keys by which lists are sorted: one row a key.
#pragma once

#include "store/reader/job_reader.h"

struct job_sort_key {
    const char *name;                                       // in jobs_among_newest.both_ways.sql
    enum { KEY_TIME, KEY_NUMBER, KEY_TEXT, KEY_NONE } kind; // NONE: the id alone
    // The queries that walk all jobs in scope by it. NULL: there are none, and a list sorted by it
    // looks at the newest 10,000 alone.
    const char *query_up, *query_down;
};

const struct job_sort_key *job_sort_key(enum job_sort sort);
