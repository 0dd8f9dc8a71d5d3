// SPDX-License-Identifier: Apache-2.0
// Up to where the ledger has what a partition of commands or decisions holds. Whoever publishes
// alone and without a gap moves that on by itself; what somebody else has written there, or was
// published by a relay that nobody heard of again, is a gap, and must be read. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/ports.h"
#include "store/ledger/outbox.h"

struct published_log {
    enum outbox_kind kind;
    struct source source;       // the topic is the configuration's
    int64_t next_offset;        // all before is in the ledger; -1: not known yet
    bool is_moved;              // since it was last written down
    int64_t run_begin, run_end; // what was last published here, offset by offset
    int64_t cursor, target;     // while it is read: next, and up to where
};

// A record of ours was delivered at that offset; below 0: where is not known.
void published_log_delivered(struct published_log *log, int64_t offset);
// All before that offset is in the ledger.
void published_log_read(struct published_log *log, int64_t next_offset);
// Something stands there that was not read.
bool published_log_has_gap(const struct published_log *log);
// From where it has to be read, to get from the stored position (-1: none) to the end of the log
// that begins at low and ends at high: where the position cannot be of this log, from its
// beginning.
int64_t published_log_begin(int64_t position, int64_t low, int64_t high);
