// SPDX-License-Identifier: Apache-2.0
// The one transaction of the cancel gate, statement by statement: what is read before judging, and
// what is written after.
#pragma once

#include "store/connection/exchange.h"
#include "store/ledger/ledger_rows.h"

// Queues BEGIN and the question for the facts. False without memory.
bool ledger_query_read(const struct cancel_request *requests, size_t count,
                       struct exchange *exchange) MUST_CHECK;
// Takes the answer's row for one request; texts point into the result. POISON (LEDGER_DAMAGED) for
// a decision or reason in the ledger that is none of ours.
int ledger_facts_read(const PGresult *answer, int row, struct gate_facts *out, struct err *err);
// Queues positions, commands, requests, outbox, dead letters, change and COMMIT. rows: room that is
// filled anew, of no meaning afterwards. False without memory.
bool ledger_query_write(const struct ledger_write *write, const char *owner,
                        int transaction_timeout_ms, struct ledger_rows *rows,
                        struct exchange *exchange) MUST_CHECK;
