// SPDX-License-Identifier: Apache-2.0
// The one transaction of a batch, statement by statement: positions, rows, dead letters, change,
// partitions, log ends, totals, COMMIT. The guards raise inside SQL, so that the COMMIT sent along
// with them can never commit a part. Rows go in chunks bounded in number and bytes.
#pragma once

#include "core/ports.h"
#include "store/connection/exchange.h"

struct batch_context {
    const char *owner;
    int transaction_timeout_ms;
    bool transaction_open; // a locking read began it
};

// Queues the statements; nothing of the batch is borrowed afterwards. False without memory.
bool batch_query(const struct batch_write *batch, const struct batch_context *context,
                 struct exchange *exchange) MUST_CHECK;
