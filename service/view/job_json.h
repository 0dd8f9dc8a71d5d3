// SPDX-License-Identifier: Apache-2.0
// A job as JSON: the members of OGC's statusInfo, and those that the Jobs page needs.
#pragma once

#include "view/links.h"

// is_whole: with the long text of an error and all links. Otherwise as an element of a list.
json_t *job_json(const struct api *api, const struct visit *visit, const struct viewed_job *job,
                 bool is_whole);
