// SPDX-License-Identifier: Apache-2.0
// What the answers that count jobs have in common. To be used while a body is built
// (http/json_build.h).
#pragma once

#include "http/json_build.h"
#include "store/reader/job_reader.h"
#include "view/visit.h"

// How many are in each state, by the API's names.
json_t *counted_states(const int64_t in_status[JOB_STATUSES]);
// Says how many of the newest jobs were looked at, if not all were, and what is counted; and
// answers with the body, which is the response's then.
void counted_answer(const struct api *api, struct visit *visit, json_t *body, bool is_bounded);
