// SPDX-License-Identifier: Apache-2.0
// What an outbox holds, for the files that make it up.
#pragma once

#include <libpq-fe.h>

#include "store/ledger/outbox.h"

struct outbox {
    struct connection_options options; // borrowed strings
    PGconn *connection;                // owned; NULL: none
    PGresult *answer;                  // owned: of the last question; NULL: none
    bool is_locked;
};
