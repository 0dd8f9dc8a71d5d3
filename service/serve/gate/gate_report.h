// SPDX-License-Identifier: Apache-2.0
// What is told of each request that was judged: metrics, and a line in the log for a refusal.
#pragma once

#include "core/gate_transaction.h"

// For gate.decided; self is the process. Any thread.
void gate_report(void *self, const struct ledger_entry *entry);
