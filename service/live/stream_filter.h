// SPDX-License-Identifier: Apache-2.0
// Whether a viewer of the stream may see a job and asked to see it: in C what the scope and
// jobtrail.job_passes are in SQL for a list. Pure.
#pragma once

#include "store/reader/job_reader.h"

enum stream_verdict {
    STREAM_OUT_OF_SCOPE, // the viewer must learn nothing of it
    STREAM_FILTERED_OUT,
    STREAM_PASSES,
};

// The filter's text must be in lower case. The duration of a job that runs is the one at now_us.
enum stream_verdict stream_judge(const struct job_scope *scope, const struct job_filter *filter,
                                 const struct found_job *found, int64_t now_us);
