// SPDX-License-Identifier: Apache-2.0
// A cancel request as JSON.
#pragma once

#include "view/links.h"

// sees_job: whether the viewer may see its job. If not, nothing may tell a job that is somebody
// else's from one that is not there.
json_t *cancellation_json(const struct api *api, const struct visit *visit,
                          const struct viewed_cancellation *cancellation, bool sees_job);
