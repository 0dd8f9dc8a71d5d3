// SPDX-License-Identifier: Apache-2.0
// The constraints of jobtrail.cancel_request and jobtrail.cancel_command, once more in C: what we
// ask to be written is held against them, so that a refusal is laid on whoever changed it
// (store/connection/blame.h).
#pragma once

#include "store/ledger/ledger_rows.h"

// Whether all rows that are to be added, and what is decided on others, keep them as they are.
bool ledger_rules_are_kept(const struct ledger_rows *rows);
