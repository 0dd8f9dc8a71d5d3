// SPDX-License-Identifier: Apache-2.0
// What an outbox holds, for the files that make it up.
#pragma once

#include "store/connection/session.h"
#include "store/ledger/outbox.h"

struct outbox {
    struct session session;
    PGresult *answer; // owned: of the last question; NULL: none
    bool is_locked;
    int64_t token; // drawn for each connection: by it others see that the lock's holder lives
};

// Asks and keeps the answer; an error drops the connection.
int outbox_ask(struct outbox *outbox, const char *name, struct parameters *parameters,
               struct err *err);
