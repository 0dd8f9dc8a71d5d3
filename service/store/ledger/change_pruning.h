// SPDX-License-Identifier: Apache-2.0
// Housekeeping of jobtrail.change, from which the live stream is resumed: what is so old that
// nobody can resume from it is forgotten. Over the outbox's connection, since of all processes only
// the one that holds its lock shall do so.
#pragma once

#include "store/ledger/outbox.h"

// Forgets changes that were kept for longer than kept_s, the oldest first, limit at most; *count of
// them. Errors as those of the outbox.
int changes_prune(struct outbox *outbox, int64_t kept_s, size_t limit, size_t *count,
                  struct err *err);
