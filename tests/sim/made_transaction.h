// SPDX-License-Identifier: Apache-2.0
// What a batch's transaction does in the made PostgreSQL, at one moment, all or nothing.
#pragma once

#include "base/attributes.h"
#include "sim/made_store.h"

// Keeps the first fault.
void made_fault(struct made_server *server, const char *format, ...) PRINTF_LIKE(2, 3);
// What ports.h promises of every batch.
void made_batch_check(struct made_server *server, const struct batch_write *write);
// Somebody else than this connection holds the row.
bool made_row_is_locked(const struct made_server *server, size_t row,
                        const struct made_connection *but);
// Somebody else holds a row that the batch writes.
bool made_batch_must_wait(const struct made_server *server, const struct batch_write *write,
                          const struct made_connection *connection);
// 0: committed. Else a disposition, its reason, and nothing was done.
int made_batch_apply(struct made_server *server, const struct batch_write *write,
                     const char **reason);
