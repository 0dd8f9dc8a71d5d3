// SPDX-License-Identifier: Apache-2.0
// An exchange for those who may block: sends what is queued and waits for all answers.
#pragma once

#include "store/connection/exchange.h"

// Waits up to limit_ms, which is for a server that hangs: what it keeps to itself are its own
// timeouts. An error means that the connection is lost; exchange->failed tells of everything else.
int exchange_wait(struct exchange *exchange, PGconn *connection, int64_t limit_ms, struct err *err);
