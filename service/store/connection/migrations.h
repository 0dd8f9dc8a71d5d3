// SPDX-License-Identifier: Apache-2.0
// The migrations this binary knows, held against those that a database has seen.
#pragma once

#include <libpq-fe.h>

#include "base/embedded.h"
#include "base/err.h"

struct migrations_state {
    size_t pending;                           // how many are still to be applied
    const struct embedded_file *next_pending; // the first of them; NULL: none
};

// Blocking. FATAL with reason MIGRATION_CHANGED, SCHEMA_NEWER, or MIGRATIONS_HIDDEN (the tables are
// there and their record shows this role nothing), or what asking fails with; otherwise *state is
// set.
int migrations_compare(PGconn *connection, int timeout_ms, struct migrations_state *state,
                       struct err *err);
// The same; FATAL with reason NOT_MIGRATED, and what to run, unless all are applied.
int migrations_require(PGconn *connection, int timeout_ms, struct err *err);
