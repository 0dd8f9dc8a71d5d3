// SPDX-License-Identifier: Apache-2.0
// The one transaction of a batch, statement by statement: positions, projection, rows, dead
// letters, change, partitions, log ends, totals, COMMIT. The guards raise inside SQL, so that the
// COMMIT sent along with them can never commit a part. Rows go in chunks bounded in number and
// bytes.
#pragma once

#include "core/ports.h"
#include "store/connection/exchange.h"

struct batch_context {
    const char *owner;
    int transaction_timeout_ms;
    bool transaction_open; // a locking read began it
    // Of another projection than the live one rows, totals and positions alone are written: nobody
    // sees it, and what is put aside was put aside for the live one.
    bool is_beside;
    int64_t projection_id; // the live one that the session met; is_beside: meaningless
};

// Queues the statements; nothing of the batch is borrowed afterwards. False without memory.
bool batch_query(const struct batch_write *batch, const struct batch_context *context,
                 struct exchange *exchange) MUST_CHECK;
