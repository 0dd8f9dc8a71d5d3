// SPDX-License-Identifier: Apache-2.0
// A job as JSON: OGC's statusInfo, and beside it what the Jobs page needs.
#pragma once

#include "view/links.h"

// is_whole: with the long text of an error, and with all links; else as an element of a list.
json_t *job_json(const struct api *api, const struct visit *visit, const struct viewed_job *job,
                 bool is_whole);
