// SPDX-License-Identifier: Apache-2.0
// The one owner of a connection of the service: who is behind it is checked, limits are set and
// statements prepared before anything is asked over it. Whoever asks PostgreSQL embeds a session.
// It belongs to one thread.
//
// What lies on what:
//
//     link       a libpq connection: connecting, and one blocking question at a time
//     exchange   many prepared statements in one round trip; nothing blocks
//     session    both over one connection, and what becomes of it when something fails
#pragma once

#include "store/connection/connection_options.h"
#include "store/connection/exchange.h"
#include "store/connection/link.h"

struct session {
    struct connection_options options; // owned
    const char *const *prepared;       // borrowed: names of queries, NULL-terminated
    PGconn *connection;                // owned; NULL: not connected
    struct exchange exchange;          // of this connection
    struct link_memory memory;         // of several servers, with which to begin
    bool writes; // set by who embeds it, after session_init: it shall be where rows are written
    bool was_connected;
};

// Copies the options; does not connect. RETRY without memory; session_close all the same.
int session_init(struct session *session, const struct connection_options *options,
                 const char *const *prepared, struct err *err);
// Of what session_init filled, or of zeros.
void session_close(struct session *session);

// Blocks up to connect_timeout_ms a step: connects anew (dropping an old connection), looks who is
// behind it, holds the schema against the migrations that this binary knows and, where it writes,
// sequences against their tables, and prepares. RETRY; FATAL, with what to do in the text, with
// reason NOT_MIGRATED, SCHEMA_NEWER, MIGRATION_CHANGED, MIGRATIONS_HIDDEN, SEQUENCE_EXHAUSTED
// (where it writes), SCHEMA_ALTERED (a rule that a statement cannot be prepared with), POOLER,
// SERVER_VERSION, SERVER_ENCODING (not UTF-8), CONNINFO, NOT_AUTHORIZED, NO_PRIVILEGE or
// NO_DATABASE.
int session_connect(struct session *session, struct err *err);
// Prepares more, for who must do something else first. An error leaves the connection as it is.
int session_prepare(struct session *session, const char *const *names, struct err *err);
bool session_is_connected(const struct session *session);
void session_disconnect(struct session *session);
// While nothing is asked: drops a connection that the server has ended. Does not block.
void session_notice_end(struct session *session);
// After an error that err tells: the connection is worth nothing more. Returns err's disposition.
int session_lost(struct session *session, const struct err *err);
// RETRY with reason NOT_CONNECTED unless it is connected.
int session_need(const struct session *session, struct err *err);

// Asks one question and waits, up to transaction_timeout_ms; parameters may be NULL. The caller
// clears *answer (may be NULL if it does not matter). Any error drops the connection; so does, of
// one that writes, an answer of a server that takes no writes any more (RETRY, READ_ONLY_SERVER).
int session_ask(struct session *session, const char *name, struct parameters *parameters,
                PGresult **answer, struct err *err);
// The same for one of the prepared.
int session_ask_prepared(struct session *session, const char *name, struct parameters *parameters,
                         PGresult **answer, struct err *err);

// Sends what was queued in the exchange and waits for all answers, up to twice
// transaction_timeout_ms: what the server keeps to itself are its own time limits, this one is for
// a server that hangs. A failure that the server told leaves the connection; any other drops it.
int session_run(struct session *session, struct err *err);
// Rolls back what is open, if anything is; drops the connection if that fails.
void session_end_transaction(struct session *session);
