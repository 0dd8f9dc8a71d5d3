// SPDX-License-Identifier: Apache-2.0
// The connections on which cancel requests over HTTP are decided: few, lent to one thread at a
// time. Thread-safe.
#pragma once

#include "store/ledger/ledger.h"

struct ledger_pool;

enum { LEDGERS = 2 };

// Does not connect. RETRY without memory.
int ledger_pool_new(const struct connection_options *options, struct ledger_pool **out,
                    struct err *err);
// All ledgers must have been given back. Accepts NULL.
void ledger_pool_free(struct ledger_pool *pool);
// A ledger that is connected, after a bounded wait. RETRY (BUSY, or what keeps it from connecting,
// which is not tried again at once); FATAL as ledger_connect.
int ledger_pool_take(struct ledger_pool *pool, struct ledger **out, struct err *err);
void ledger_pool_give(struct ledger_pool *pool, struct ledger *ledger);
