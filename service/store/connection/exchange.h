// SPDX-License-Identifier: Apache-2.0
// A run of prepared statements sent in libpq's pipeline mode and ended by one sync: one round
// trip, whatever their number. Statements are queued with their parameters, and each is given to
// libpq when the one before it has left, so that libpq's own buffer, which never shrinks, stays
// small. Nothing blocks.
#pragma once

#include <libpq-fe.h>

#include "base/err.h"
#include "store/connection/parameters.h"

struct statement;

struct exchange {
    PGconn *connection;               // borrowed
    struct statement *queued, **last; // owned: still to be sent
    struct statement *spare;          // owned: to be used again
    size_t spares;
    size_t awaited; // statements and sync that are not answered yet
    bool sync_sent, wants_write;
    PGresult *answer; // owned: the last result that has rows
    // Whoever queued values says so: a constraint of ours refuses one of them as it is. It tells
    // whom a refusal is laid on (store/connection/blame.h).
    bool breaks_rules;
    bool failed;    // the first failure, if any; the statements after it did nothing
    bool reconnect; // ... and the connection should not be used again
    struct err failure;
};

void exchange_init(struct exchange *exchange);
void exchange_close(struct exchange *exchange);
// Forgets the last exchange, its answer included, and what is queued.
void exchange_clear(struct exchange *exchange);
// Queues the prepared statement of that name (which must live for ever) and returns its
// parameters, to be filled before the next call. NULL without memory.
struct parameters *exchange_add(struct exchange *exchange, const char *name);
// Begins to send; the connection must have nothing under way.
int exchange_begin(struct exchange *exchange, PGconn *connection, struct err *err);
// Sends and receives what is possible at once. *done: all is answered, exchange->failed tells how.
// An error means that the connection is lost.
int exchange_advance(struct exchange *exchange, bool *done, struct err *err);
