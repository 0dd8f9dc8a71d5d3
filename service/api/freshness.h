// SPDX-License-Identifier: Apache-2.0
// How fresh an answer about jobs is, and waiting until it is fresh enough.
#pragma once

#include "view/reader_link.h"
#include "view/visit.h"

// Adds Jobtrail-As-Of and Jobtrail-Seconds-Behind; neither before the projection has caught up for
// the first time. Sets visit->replayed_us. To be called before the jobs are read, so that the
// answer is never less fresh than it says.
int freshness_tell(const struct api *api, struct reader_link *link, struct visit *visit,
                   struct err *err);

enum wait_outcome {
    WAIT_OVER,     // go on
    WAIT_ANSWERED, // the answer is made: not in time, or the header is no position
    WAIT_LONGER,   // ask again after a moment
};
// Looks whether the request may go on: with Jobtrail-Wait-For: PARTITION:OFFSET it waits until the
// record at that offset of the first topic of events is projected, api->wait_for_us at most.
// *outcome is set if it returns DONE.
int freshness_wait(const struct api *api, struct reader_link *link, struct visit *visit,
                   enum wait_outcome *outcome, struct err *err);
// Whether a request that waits has to go on waiting, for all that is known: nothing of it is read
// again, and PostgreSQL is rarely asked, so that many may wait. False: freshness_wait decides.
bool freshness_is_awaited(const struct api *api, struct reader_link *link,
                          const struct visit *visit);
