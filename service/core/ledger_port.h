// SPDX-License-Identifier: Apache-2.0
// The ledger and the read model as the cancel gate sees them: one transaction on the primary, in
// two steps. Calls block, within the time limits of whoever implements it.
#pragma once

#include "core/gate.h"

// What one request leaves behind.
struct ledger_entry {
    const struct cancel_request *request;
    const struct gate_facts *facts; // as judged
    const struct gate_verdict *verdict;
    struct uuid command_id; // granted alone
    int64_t waits_until_us; // GATE_WAIT alone
    int64_t answer_by_us;   // where the verdict publishes a command
};

// All that one transaction of the gate writes. Borrowed for the call.
//
//   GATE_WAIT     a new row that waits; one that waits already is left as it is
//   GATE_DECIDE   a new row, or the decision in one that waits (which must still wait); the command
//                 where one is issued; the command's new deadline where it is published again; the
//                 decision, and a command that is published, to the outbox
//   GATE_REPEAT   nothing but, where it is decided and came over Kafka, the decision to the outbox
struct ledger_write {
    const struct ledger_entry *entries;
    size_t entry_count;
    const struct position_move *moves; // of job.cancel-requests, each source once
    size_t move_count;
    const struct dead_letter *dead_letters; // requests that could not be understood
    size_t dead_letter_count;
    int64_t now_us;
};

// Any error rolls the transaction back, or leaves it unknown whether it was committed (RETRY).
//
//   RETRY   LEDGER_CONFLICT: another gate wrote the same request, command or decision meanwhile;
//           read again and judge again. Nothing was written.
//   RETRY   anything else: the connection or server failed; what was written is not known.
//   FENCED  STORE_POSITION_MOVED: somebody else moved one of the positions; nothing was written.
//   POISON  the data, or a decision that the constraints do not allow, were refused.
//   FATAL   as the store_port's.
#define LEDGER_CONFLICT "LEDGER_CONFLICT"
//   RETRY   LEDGER_NOT_COMPARED: the database may have lost what was decided last, and the relay
//   has
//           not yet found it again in the topics. Nothing was judged.
#define LEDGER_NOT_COMPARED "LEDGER_NOT_COMPARED"

struct ledger_port {
    void *self;
    // Begins the transaction (an open one is rolled back first) and reads what is known of each
    // request, in their order. No two requests are of one job or share an identity. *facts stays
    // valid until the next call of read, also after write.
    int (*read)(void *self, const struct cancel_request *requests, size_t count,
                const struct gate_facts **facts, struct err *err);
    // Writes into that transaction and commits it, durably.
    int (*write)(void *self, const struct ledger_write *write, struct err *err);
};
