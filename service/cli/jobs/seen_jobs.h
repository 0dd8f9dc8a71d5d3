// SPDX-License-Identifier: Apache-2.0
// Which jobs were shown, and as what, so that nothing is shown twice, and only a job that was shown
// is said to be gone. Remembers a bounded number, the latest. Pure.
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/slice.h"

struct seen_jobs {
    json_t *marks; // owned; by id, in the order of being shown
    size_t most;
};

int seen_jobs_init(struct seen_jobs *seen, size_t most, struct err *err);
void seen_jobs_free(struct seen_jobs *seen);
// *is_new: the job was not shown yet, or looked different. RETRY without memory.
int seen_jobs_add(struct seen_jobs *seen, const json_t *job, bool *is_new, struct err *err);
// Forgets the job. False: it was not shown.
bool seen_jobs_remove(struct seen_jobs *seen, struct slice id);
