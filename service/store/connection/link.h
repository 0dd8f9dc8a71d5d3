// SPDX-License-Identifier: Apache-2.0
// A connection to PostgreSQL, and questions asked over it one at a time. Everything here blocks, up
// to a limit that is given. What serves asks through a session (store/connection/session.h), which
// opens, checks and closes one; the command line asks over one itself.
#pragma once

#include <libpq-fe.h>

#include "base/err.h"
#include "base/slice.h"
#include "store/connection/parameters.h"

enum { LINK_CONNECT_TIMEOUT_MS = 10000, LINK_QUERY_TIMEOUT_MS = 60000, LINK_NO_TIMEOUT = -1 };

// Of several servers, the one to begin with for a while, since one before it hung. All zeros: the
// first. Whoever connects again and again keeps one.
struct link_memory {
    size_t first;
    int64_t until_us; // monotonic
};

// conninfo: a URI or key=value pairs; what it says of keepalives and the like wins over what we
// set. Each server that it names, and each address of a name, has a limit of its own: what
// connect_timeout says, else its share of timeout_ms. memory may be NULL. The connection is
// non-blocking, speaks UTF-8 and tells its notices to the log. NULL with err filled: RETRY, or
// FATAL for what only a person can mend, a server other than 15 to 18 or a database that is not
// UTF-8 included.
PGconn *link_open(const char *conninfo, const char *application_name, int timeout_ms,
                  struct link_memory *memory, struct err *err);
// Another one to the very server to which a connection made of this conninfo leads.
PGconn *link_open_beside(const PGconn *connection, const char *conninfo,
                         const char *application_name, int timeout_ms, struct err *err);

// The text of the query NAME, NUL-terminated; NULL if there is none. It is NAME.sql in a folder
// queries/ of service/store/, or is made of a template there (cmake/queries.cmake).
const char *link_query_text(const char *name);
// Asks the query of that name (parameters may be NULL) and waits. Binary results. The caller
// clears *result (may be NULL if the answer does not matter). After an error that the server told
// nothing is under way; after CONNECTION_LOST and SERVER_SILENT (it did not answer in time, and the
// question may still be under way) the connection must not be used again.
int link_ask(PGconn *connection, const char *name, struct parameters *parameters, int timeout_ms,
             PGresult **result, struct err *err);
// The same for a query that link_prepare has prepared: the server need not read and plan it again.
int link_ask_prepared(PGconn *connection, const char *name, struct parameters *parameters,
                      int timeout_ms, PGresult **result, struct err *err);
// Prepares the query of that name under its name, to be asked of that projection
// (store/connection/connection_options.h; NULL: the live one).
int link_prepare(PGconn *connection, const char *name, const char *projection, int timeout_ms,
                 struct err *err);
// Runs a script of several statements; text need not end with NUL.
int link_run_script(PGconn *connection, struct slice text, int timeout_ms, struct err *err);
