// SPDX-License-Identifier: Apache-2.0
// The sequences that draw our ids, held against their tables. After a restore without them, or on
// what was a logical replica, they stand behind: each id that is drawn is taken already.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct sequence_state {
    struct slice name; // with its schema, as SQL has it; borrowed for the call
    int64_t last_id;   // of its table
    bool is_behind, is_exhausted;
};

// Tells of each that we may set. Changes nothing.
int sequences_look(PGconn *connection, int timeout_ms, void *self,
                   int (*told)(void *self, const struct sequence_state *state, struct err *err),
                   struct err *err);
// FATAL with reason SEQUENCE_EXHAUSTED and the command, where there is no number left.
int sequence_judge(const struct sequence_state *state, struct err *err);
// Sets those that stand behind forward, and says so in the log. That may be done without asking:
// an id means nothing but that it is another than all before, a gap does no harm, and should
// somebody draw at the same moment, the worst that comes of it is one more batch that is tried
// again. FATAL as sequence_judge.
int sequences_mend(PGconn *connection, int timeout_ms, struct err *err);
