// SPDX-License-Identifier: Apache-2.0
// A record that is held (core/intake.h) holds its partition and no other: the work that it is in
// stands here, and what comes of its partition lines up behind it, while the worker goes on with
// the rest. Of the worker's thread alone.
//
// What lines up is bounded. What would be too much is dropped, and the partition is read again from
// where it is committed once the line is done with. Long before that back pressure lets no more of
// it come (projected_partition.holds).
#pragma once

#include "serve/projection/work_queue.h"

struct held_work {
    const struct readings *readings; // of struct projected_partition
    size_t worker;                   // whose
    size_t bytes_max;
    size_t lines;         // partitions with a line
    _Atomic size_t bytes; // of what stands in them; read by any thread
};

void held_work_init(struct held_work *held, const struct readings *readings, size_t worker,
                    size_t bytes_max);
void held_work_close(struct held_work *held);

// The first record of the work that is not done with is held until then (monotonic). The work,
// which was popped or was due, becomes ours.
void held_work_hold(struct held_work *held, struct work *work, int64_t until_us);
// Takes work that has to line up, or is worth nothing without what is held. False: it stays the
// caller's, to be brought now; a log's end is told and a partition released whatever is held.
bool held_work_take(struct held_work *held, struct work *work);
// The oldest work of a line that is due, the caller's: either it is held again, or held_work_done
// is called. NULL: none is due.
struct work *held_work_due(struct held_work *held, int64_t now_us);
// When the next one is; INT64_MAX: none stands in a line.
int64_t held_work_due_at_us(const struct held_work *held);
// Some work of the partition is done with. With the last of a line the line ends.
void held_work_done(struct held_work *held, struct projected_partition *partition);
// Ends the partition's line, if it has one, and drops what stands in it.
void held_work_drop(struct held_work *held, struct projected_partition *partition);
// Wants those restarted whose line was cut short, is done with, and is committed. Not while work of
// a line is with the caller.
void held_work_read_again(struct held_work *held);
