// SPDX-License-Identifier: Apache-2.0
// Whether a job is one that a viewer of the stream asked to see: for a job in hand what
// jobtrail.job_matches and the scope are for a list. Pure.
#pragma once

#include "store/reader/job_reader.h"

enum stream_verdict {
    STREAM_OUT_OF_SCOPE, // the viewer learns nothing of it
    STREAM_FILTERED_OUT,
    STREAM_PASSES,
};

// Of a job of the scope's organisation. filter->text is in lower case already. A duration is that
// of the moment now_us.
enum stream_verdict stream_judge(const struct job_scope *scope, const struct job_filter *filter,
                                 const struct found_job *found, int64_t now_us);
