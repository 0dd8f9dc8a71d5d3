// SPDX-License-Identifier: Apache-2.0
#include "store/connection/session.h"

#include <stdio.h>

#include "base/smaller.h"
#include "store/connection/link.h"
#include "store/connection/migrations.h"

static void add_milliseconds(struct parameters *parameters, int milliseconds)
{
    char text[16];

    snprintf(text, sizeof text, "%d", milliseconds);
    parameters_add_bytes(parameters, slice_of(text));
}

// A statement may take as long as its transaction; a wait for a lock half of that, so that who
// waits learns of it as that and not as a transaction that took too long.
static int set_up_session(const struct connection_options *options, PGconn *connection,
                          struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    add_milliseconds(&parameters,
                     (int)smaller(options->statement_timeout_ms, options->transaction_timeout_ms));
    add_milliseconds(&parameters, options->transaction_timeout_ms / 2);
    add_milliseconds(&parameters, options->transaction_timeout_ms);
    rc = link_ask(connection, "session", &parameters, options->connect_timeout_ms, NULL, err);
    parameters_free(&parameters);
    return rc;
}

static int check_schema(const struct connection_options *options, PGconn *connection,
                        struct err *err)
{
    struct migrations_state state;
    int rc = migrations_compare(connection, options->connect_timeout_ms, &state, err);

    if (!rc && state.pending)
        rc = err_set(err, FATAL, "NOT_MIGRATED",
                     "the database lacks %zu migrations, from %s on: run jobtrail migrate",
                     state.pending, state.next_pending->name);
    return rc;
}

PGconn *session_open(const struct connection_options *options, const char *const *prepared,
                     struct err *err)
{
    PGconn *connection =
        link_open(options->conninfo, options->application_name, options->connect_timeout_ms, err);
    int rc;

    if (!connection)
        return NULL;
    rc = check_schema(options, connection, err);
    if (!rc)
        rc = set_up_session(options, connection, err);
    for (; !rc && *prepared; prepared++)
        rc = link_prepare(connection, *prepared, options->connect_timeout_ms, err);
    if (!rc)
        return connection;
    PQfinish(connection);
    return NULL;
}
