// SPDX-License-Identifier: Apache-2.0
// From what is told of a job to an entry of the queue.
#pragma once

#include "client/emitter.h"

// event: its kind and what that kind has. Returns what jobtrail/job.h says.
int job_tell(struct jobtrail_job *job, const struct event *event,
             const struct jobtrail_details *details, struct jobtrail_error *error);
