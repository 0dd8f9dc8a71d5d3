// SPDX-License-Identifier: Apache-2.0
// Compares the rows of a pass with what was folded of their jobs, a handful at a time, each of one
// snapshot.
#pragma once

#include "verify/folded_jobs.h"
#include "verify/log_walk.h"
#include "verify/verify.h"

struct comparing {
    const struct verify_report *report;
    struct verify_result *result;
    struct model_reader *model;
    struct log_walk *walk;
    struct folded_jobs *jobs;
    const struct erasures *erasures; // by which events were folded
    struct rules rules;              // owned: as of the handful
    bool only_folded;   // what was folded alone: of rows without events nothing is known anyway
    bool is_incomplete; // besides what the walk knows: there are sources that it does not walk
    struct arena arena; // of a handful
};

// Compares all jobs of the range: what is stored, then what was folded and is not; or the latter
// alone. The range may
// become smaller meanwhile. DONE; RETRY; FATAL; or what the report returned.
int comparing_run(struct comparing *comparing, struct err *err);
