// SPDX-License-Identifier: Apache-2.0
#include "store/connection/session.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/smaller.h"
#include "store/connection/backend.h"
#include "store/connection/errors.h"
#include "store/connection/link.h"
#include "store/connection/migrations.h"
#include "store/connection/sequences.h"

// The server's parting words, then the end.
enum { PARTING_READS = 3 };

int session_init(struct session *session, const struct connection_options *options,
                 const char *const *prepared, struct err *err)
{
    *session = (struct session){.prepared = prepared};
    exchange_init(&session->exchange);
    return connection_options_copy(&session->options, options) ? DONE : err_no_memory(err);
}

void session_close(struct session *session)
{
    session_disconnect(session);
    connection_options_free(&session->options);
    session->options = (struct connection_options){0};
}

void session_disconnect(struct session *session)
{
    PQfinish(session->connection);
    session->connection = NULL;
    exchange_close(&session->exchange);
}

bool session_is_connected(const struct session *session)
{
    return session->connection != NULL;
}

void session_notice_end(struct session *session)
{
    for (int i = 0; session->connection && i < PARTING_READS; i++) {
        struct pollfd socket = {.fd = PQsocket(session->connection), .events = POLLIN};

        if (poll(&socket, 1, 0) <= 0)
            return;
        if (!PQconsumeInput(session->connection))
            session_disconnect(session);
    }
}

int session_lost(struct session *session, const struct err *err)
{
    session_disconnect(session);
    return (int)err->disposition;
}

int session_need(const struct session *session, struct err *err)
{
    if (session->connection)
        return DONE;
    return err_set(err, RETRY, ERROR_NOT_CONNECTED, "there is no connection to PostgreSQL");
}

static void add_milliseconds(struct parameters *parameters, int milliseconds)
{
    char text[16];

    snprintf(text, sizeof text, "%d", milliseconds);
    parameters_add_bytes(parameters, slice_of(text));
}

// A statement may take as long as its transaction; a wait for a lock half of that, so that who
// waits learns of it as that and not as a transaction that took too long.
static int set_limits(const struct session *session, struct err *err)
{
    const struct connection_options *options = &session->options;
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    add_milliseconds(&parameters,
                     (int)smaller(options->statement_timeout_ms, options->transaction_timeout_ms));
    add_milliseconds(&parameters, options->transaction_timeout_ms / 2);
    add_milliseconds(&parameters, options->transaction_timeout_ms);
    rc = link_ask(session->connection, "session", &parameters, options->connect_timeout_ms, NULL,
                  err);
    parameters_free(&parameters);
    return rc;
}

int session_prepare(struct session *session, const char *const *names, struct err *err)
{
    int rc = DONE;

    for (; !rc && *names; names++)
        rc = link_prepare(session->connection, *names, session->options.projection,
                          session->options.connect_timeout_ms, err);
    return rc;
}

static void tell_reconnect(struct session *session)
{
    const struct connection_options *options = &session->options;

    if (session->was_connected && options->reconnected)
        options->reconnected(options->observer);
    session->was_connected = true;
}

int session_connect(struct session *session, struct err *err)
{
    const struct connection_options *options = &session->options;
    int rc;

    session_disconnect(session);
    session->connection = link_open(options->conninfo, options->application_name,
                                    options->connect_timeout_ms, &session->memory, err);
    if (!session->connection)
        return (int)err->disposition;
    rc = backend_check(session->connection, options, session->writes, err);
    if (!rc)
        rc = set_limits(session, err);
    if (!rc)
        rc = migrations_require(session->connection, options->connect_timeout_ms, err);
    if (!rc && options->only_looks)
        rc = link_ask(session->connection, "session_only_looks", NULL, options->connect_timeout_ms,
                      NULL, err);
    else if (!rc && session->writes)
        rc = sequences_mend(session->connection, options->connect_timeout_ms, err);
    if (!rc)
        rc = session_prepare(session, session->prepared, err);
    if (rc)
        return session_lost(session, err);
    tell_reconnect(session);
    return DONE;
}

// What a server tells that takes no writes any more is not what others write elsewhere.
static int check_still_writes(const struct session *session, struct err *err)
{
    if (!session->writes || session->options.only_looks ||
        !backend_turned_read_only(session->connection))
        return DONE;
    return err_set(err, RETRY, ERROR_READ_ONLY, "the server takes no writes any more");
}

static int answered(struct session *session, int rc, PGresult **answer, struct err *err)
{
    if (!rc)
        rc = check_still_writes(session, err);
    if (!rc)
        return DONE;
    if (answer) {
        PQclear(*answer);
        *answer = NULL;
    }
    return session_lost(session, err);
}

int session_ask(struct session *session, const char *name, struct parameters *parameters,
                PGresult **answer, struct err *err)
{
    int rc = session_need(session, err);

    if (rc)
        return rc;
    rc = link_ask(session->connection, name, parameters, session->options.transaction_timeout_ms,
                  answer, err);
    return answered(session, rc, answer, err);
}

int session_ask_prepared(struct session *session, const char *name, struct parameters *parameters,
                         PGresult **answer, struct err *err)
{
    int rc = session_need(session, err);

    if (rc)
        return rc;
    rc = link_ask_prepared(session->connection, name, parameters,
                           session->options.transaction_timeout_ms, answer, err);
    return answered(session, rc, answer, err);
}

// Until all is answered. An error means that the connection is lost.
static int await(struct session *session, struct err *err)
{
    const int64_t limit_ms = (int64_t)session->options.transaction_timeout_ms * 2;
    const int64_t deadline_us = clock_monotonic_us() + limit_ms * 1000;
    bool done = false;
    int rc = exchange_begin(&session->exchange, session->connection, err);

    while (!rc) {
        struct pollfd socket = {.fd = PQsocket(session->connection), .events = POLLIN};
        int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;

        rc = exchange_advance(&session->exchange, &done, err);
        if (rc || done)
            break;
        if (left_ms <= 0)
            return err_set(err, RETRY, "SERVER_SILENT", "PostgreSQL did not answer for %lld ms",
                           (long long)limit_ms);
        if (session->exchange.wants_write)
            socket.events |= POLLOUT;
        poll(&socket, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
    }
    return rc;
}

int session_run(struct session *session, struct err *err)
{
    const struct exchange *exchange = &session->exchange;

    if (session_need(session, err))
        return (int)err->disposition;
    if (await(session, err))
        return session_lost(session, err);
    if (!exchange->failed)
        return DONE;
    *err = exchange->failure;
    return exchange->reconnect ? session_lost(session, err) : (int)err->disposition;
}

void session_end_transaction(struct session *session)
{
    struct err err;

    if (session->connection && PQtransactionStatus(session->connection) != PQTRANS_IDLE)
        session_ask(session, "rollback", NULL, NULL, &err);
}
