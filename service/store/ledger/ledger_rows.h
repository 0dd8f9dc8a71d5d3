// SPDX-License-Identifier: Apache-2.0
// What a transaction of the cancel gate writes, sorted into the tables it goes to: flat structs,
// whose members become columns (store/ledger/ledger_query.c). Everything is borrowed.
#pragma once

#include "core/gate_transaction.h"

// A row of jobtrail.cancel_request.
struct ledger_request_row {
    struct uuid request_id, command_id; // the latter zero: none
    struct slice organization_id, job_id, requester_id, channel, topic, decision, reason_code,
        creator_id, reason, traceparent;
    int64_t ledger_id, record_offset, received_at_us, waits_until_us, decided_at_us, job_revision;
    int32_t partition, job_attempt;
    bool identified, has_position, has_job;
};

// A row of jobtrail.cancel_command.
struct ledger_command_row {
    struct uuid command_id, request_id;
    struct slice organization_id, job_id, type, creator_id, requester_id, reason, traceparent;
    int64_t answer_by_us;
    int32_t attempt;
};

struct ledger_rows {
    struct ledger_request_row added[GATE_BATCH_MAX];   // new in the ledger
    struct ledger_request_row decided[GATE_BATCH_MAX]; // waited there
    struct ledger_command_row issued[GATE_BATCH_MAX];  // new commands
    struct ledger_command_row renewed[GATE_BATCH_MAX]; // unanswered ones that go out again
    int64_t repeated[GATE_BATCH_MAX];                  // ledger ids: the decision is told again
    struct job_key changed[GATE_BATCH_MAX];            // jobs of which a viewer sees more now
    size_t added_count, decided_count, issued_count, renewed_count, repeated_count, changed_count;
};

void ledger_rows_fill(struct ledger_rows *rows, const struct ledger_write *write);
