// SPDX-License-Identifier: Apache-2.0
// By what events are judged besides themselves: the horizons of the projection, and the members who
// were erased.
#pragma once

#include <libpq-fe.h>

#include "base/arena.h"
#include "core/erasure.h"
#include "core/horizon.h"

struct rules {
    struct horizons horizons;
    struct erasures erasures;
    struct arena arena; // what both borrow
};

// Rules without a line. rules_close accepts them, and zeros.
void rules_init(struct rules *rules);
void rules_close(struct rules *rules);
// Asks for them anew, and waits; the version is never newer than the rest. An error leaves them
// empty. Errors as link_ask.
int rules_load(PGconn *connection, int timeout_ms, struct rules *rules, struct err *err);
