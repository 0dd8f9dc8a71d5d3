// SPDX-License-Identifier: Apache-2.0
// The sequences that draw our ids, held against their tables. After a restore without them, or on
// what was a logical replica, they stand behind: each id that is drawn is taken already.
#pragma once

#include <libpq-fe.h>

#include "base/err.h"

// Sets those that stand behind forward, and says so in the log. That may be done without asking:
// an id means nothing but that it is another than all before, a gap does no harm, and should
// somebody draw at the same moment, the worst that comes of it is one more batch that is tried
// again. FATAL with reason SEQUENCE_EXHAUSTED and the command, where there is no number left.
int sequences_mend(PGconn *connection, int timeout_ms, struct err *err);
