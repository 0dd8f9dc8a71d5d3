// SPDX-License-Identifier: Apache-2.0
// Jobs made from a seed, and lists of them made naively: what the job reader's answers are held
// against. Everything asserts.
#pragma once

#include "property/dice.h"
#include "store/harness.h"
#include "store/reader/job_reader.h"

enum { MADE_JOBS_MAX = 400 };

// In the organisations acme and other: ties, unknown creations, all statuses, odd texts.
struct made_jobs {
    struct dice dice;
    struct row_write rows[MADE_JOBS_MAX];
    char ids[MADE_JOBS_MAX][64], messages[MADE_JOBS_MAX][256];
    size_t count;
};

// Makes and writes them, with their totals.
void made_jobs_write(struct harness *harness, struct made_jobs *jobs, uint64_t seed, size_t count);
// Some that are open go on, and some of these end: nothing that a list by creation or id shows in
// another place for it.
void made_jobs_go_on(struct harness *harness, struct made_jobs *jobs);

// The indices of those in scope that match, in the order of the page, whose limit and cursor do not
// matter.
size_t naive_list(const struct made_jobs *jobs, const struct job_scope *scope,
                  const struct job_filter *filter, const struct job_page *page,
                  size_t out[MADE_JOBS_MAX]);

// One drawn at random: of both organisations, and of what their jobs have and do not have.
struct job_scope made_scope(struct dice *dice);
struct job_filter made_filter(struct dice *dice);
