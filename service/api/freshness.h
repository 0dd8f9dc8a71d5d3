// SPDX-License-Identifier: Apache-2.0
// How fresh an answer about jobs is, and waiting until it is fresh enough.
#pragma once

#include "view/reader_link.h"
#include "view/visit.h"

// Adds Jobtrail-As-Of and Jobtrail-Seconds-Behind; neither while nothing was ever caught up with.
// To be asked for before what it speaks of is read.
int freshness_tell(const struct api *api, struct reader_link *link, struct visit *visit,
                   struct err *err);

enum wait_outcome {
    WAIT_OVER,     // go on
    WAIT_ANSWERED, // the answer is made: not in time, or the header is no position
    WAIT_LONGER,   // ask again after a moment
};
// What Jobtrail-Wait-For: PARTITION:OFFSET asks for, if it is there: that the record at that offset
// of the first topic of events has been projected, within api->wait_for_us. *outcome is set if it
// returns 0.
int freshness_wait(const struct api *api, struct reader_link *link, struct visit *visit,
                   enum wait_outcome *outcome, struct err *err);
