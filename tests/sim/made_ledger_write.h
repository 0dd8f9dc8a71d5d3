// SPDX-License-Identifier: Apache-2.0
// What one transaction of the gate does to the made tables, and which constraint stops it.
#pragma once

#include "sim/made_ledger.h"

void ledger_tables_copy(struct ledger_tables *to, const struct ledger_tables *from);
// Any error leaves the tables half written: they are the transaction's own copy. Errors as
// core/ledger_port.h has them; POISON's reason is CONSTRAINT. checks: those of who is granted, too.
int ledger_tables_write(struct ledger_tables *tables, const struct ledger_write *write, bool checks,
                        struct err *err);
// By the request's identity; NULL: none.
struct ledger_row *ledger_find_row(const struct ledger_tables *tables,
                                   const struct cancel_request *request);
struct ledger_command *ledger_find_command(const struct ledger_tables *tables,
                                           struct slice organization_id, struct slice job_id,
                                           int32_t attempt);
