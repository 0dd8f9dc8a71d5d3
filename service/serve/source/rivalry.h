// SPDX-License-Identifier: Apache-2.0
// Whether somebody else moves our positions for good. Being fenced now and then is how partitions
// change hands: a process that was frozen learns of it a while later. Being fenced on and on, with
// no partition given to us meanwhile, means another group on the same schema.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// All zeros: never fenced.
struct rivalry {
    int64_t first_us, last_us; // in a row (monotonic)
    int64_t told_us;           // when it was last said (monotonic)
    unsigned times;
};

// Fenced once more; given_at_us: when a partition was last given to us (all monotonic). Whether it
// shall be said that somebody else is at work: now and then, while it is so.
bool rivalry_fenced(struct rivalry *rivalry, int64_t now_us, int64_t given_at_us);
