// SPDX-License-Identifier: Apache-2.0
// From requests to decisions in the ledger: read what is known, judge, write, in one transaction.
// The only caller of gate_judge, and the way of every request, over Kafka or HTTP.
#pragma once

#include "core/ledger_port.h"

enum { GATE_BATCH_MAX = 256 };

struct gate {
    const struct ledger_port *ledger; // borrowed
    struct gate_rules rules;
    // Called for each request once its verdict is committed: for metrics and logs. May be NULL. The
    // entry, its request and its facts are borrowed for the call.
    void (*decided)(void *self, const struct ledger_entry *entry);
    void *self;
};

// What goes with the requests into the same transaction: of those that came over Kafka.
struct gate_delivery {
    const struct position_move *moves;
    size_t move_count;
    const struct dead_letter *dead_letters;
    size_t dead_letter_count;
};

// Whether a request may join these: they are fewer than GATE_BATCH_MAX, and none of them is of the
// same job or has the same identity, so that each can be judged by what stood before all of them.
bool gate_may_join(const struct cancel_request *requests, size_t count,
                   const struct cancel_request *next);
// Keeps those that may go together, in their order; how many they are. The others can go later.
size_t gate_keep_joining(struct cancel_request *requests, size_t count);

// The transaction of some requests (which gate_may_join let together, and cancel_request_check let
// pass): reads what is known, judges, writes and commits. now_us: the time of judging. verdicts:
// room for count. delivery may be NULL. 0: the verdicts hold and are durable, command ids included
// (command_ids: room for count, or NULL). Otherwise nothing is granted, as far as is known, and
// verdicts mean nothing; err as ledger_port.h has it, LEDGER_CONFLICT only after several tries.
int gate_transact(const struct gate *gate, const struct cancel_request *requests, size_t count,
                  const struct gate_delivery *delivery, int64_t now_us,
                  struct gate_verdict *verdicts, struct uuid *command_ids, struct err *err);
