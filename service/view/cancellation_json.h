// SPDX-License-Identifier: Apache-2.0
// A cancel request as JSON.
#pragma once

#include "view/links.h"

// A request over Kafka for a job that is not there waits for it; one for a job that is somebody
// else's is refused at once. To its requester, who does not see the job, both wait as long: whether
// this one does so still, as of the visit.
bool cancellation_seems_to_wait(const struct api *api, const struct visit *visit,
                                const struct viewed_cancellation *cancellation);
// sees_job: whether the viewer may see its job. If not, nothing may tell a job that is somebody
// else's from one that is not there.
json_t *cancellation_json(const struct api *api, const struct visit *visit,
                          const struct viewed_cancellation *cancellation, bool sees_job);
