// SPDX-License-Identifier: Apache-2.0
// A job that ended, as it is asked for to be held against horizons, and named to be removed.
#pragma once

#include <libpq-fe.h>

#include "core/row.h"

struct parameters;

struct ended_job {
    struct job_columns columns; // key, type, status, finished_at_us and updated_at_us alone
    int64_t revision;
};

// From a row of an answer: job_id, organization_id, type, status, finished_at, updated_at,
// revision. Slices are borrowed from the answer.
struct ended_job ended_job_read(const PGresult *answer, int row);
// Adds three parameters: arrays of job_id, organization_id and revision.
void ended_jobs_add(struct parameters *parameters, const struct ended_job *jobs, size_t count);
