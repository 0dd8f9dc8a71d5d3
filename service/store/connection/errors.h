// SPDX-License-Identifier: Apache-2.0
// What a failure that PostgreSQL or libpq reports means for us: the table of SQLSTATEs.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

// Reasons of RETRY: others were in the way. On a replica that is what it replays.
#define ERROR_SERIALIZATION "SERIALIZATION"
#define ERROR_DEADLOCK      "DEADLOCK"
// Of RETRY: somebody held a lock for longer than it is waited for.
#define ERROR_LOCK_TIMEOUT "LOCK_TIMEOUT"
// Of RETRY: the connection broke; the server ended it.
#define ERROR_CONNECTION_LOST "CONNECTION_LOST"
#define ERROR_SERVER_STOPPING "SERVER_STOPPING"
// Of RETRY: there is no connection; none came to be in time.
#define ERROR_NOT_CONNECTED   "NOT_CONNECTED"
#define ERROR_CONNECT_TIMEOUT "CONNECT_TIMEOUT"
// Of RETRY: the server takes no writes.
#define ERROR_READ_ONLY "READ_ONLY_SERVER"
// Of FATAL: the server does not take us for who we say we are.
#define ERROR_NOT_AUTHORIZED "NOT_AUTHORIZED"
// Of FATAL: who is behind the connection changes from one transaction to the next.
#define ERROR_POOLER "POOLER"
#define ADVICE_POOLER                                                                              \
    "a pooler in transaction or statement mode lies between jobtrail and PostgreSQL: use its "     \
    "session mode (PgBouncer: pool_mode=session), or connect without it"

// Classifies a failed result. *reconnect is set when the connection should not be used again. Who
// is to blame for what is refused is in store/connection/blame.h, which breaks_rules is for.
int error_of_result(const PGresult *result, bool breaks_rules, bool *reconnect, struct err *err);
// A connection that broke, with libpq's words: RETRY with reason CONNECTION_LOST.
int error_of_connection(const PGconn *connection, struct err *err);
// A connection that could not be made. Its errors must be verbose (PQERRORS_VERBOSE): libpq tells
// the SQLSTATE of such a failure in the text alone.
int error_of_connecting(PGconn *connection, struct err *err);
