// SPDX-License-Identifier: Apache-2.0
// From a gathered batch to what one transaction writes: rows packed, revisions drawn, totals
// counted, positions and log ends listed.
#pragma once

#include "core/batch.h"
#include "core/counts.h"
#include "core/tracks.h"

// The positions and log ends of all tracks that moved since the last batch; the tracks count as
// sent. Everything points into the batch's arena and the tracks. 0, or RETRY without memory.
int batch_write_positions(struct batch *batch, struct track *tracks, struct batch_write *out,
                          struct err *err);

// The rows that are dirty, what they change in the totals, and the dead letters. The batch must be
// sorted and no row of it BASE_UNKNOWN. Rows count as written: BASE_STORED at their new revision
// and clean. Everything points into the arena, the batch and its rows. 0, or RETRY without memory.
int batch_write_rows(struct batch *batch, const struct random_port *random, struct arena *arena,
                     struct batch_write *out, struct err *err);
