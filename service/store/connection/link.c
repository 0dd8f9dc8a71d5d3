// SPDX-License-Identifier: Apache-2.0
#include "store/connection/link.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "embedded_queries.h"
#include "store/connection/errors.h"
#include "store/connection/server_check.h"

static int64_t deadline_after(int timeout_ms)
{
    return timeout_ms < 0 ? INT64_MAX : clock_monotonic_us() + (int64_t)timeout_ms * 1000;
}

// False when the deadline passed first.
static bool wait_socket(const PGconn *connection, short events, int64_t deadline_us)
{
    struct pollfd socket = {.fd = PQsocket(connection), .events = events};
    int64_t left_ms = -1;

    if (deadline_us != INT64_MAX) {
        left_ms = (deadline_us - clock_monotonic_us() + 999) / 1000;
        if (left_ms <= 0)
            return false;
    }
    // An interrupted wait is over early; the caller comes again.
    return poll(&socket, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms) != 0 || left_ms < 0;
}

static void log_notice(void *self, const char *message)
{
    (void)self;
    log_info("postgres", "notice",
             LOG_SLICE("text", ((struct slice){message, strcspn(message, "\n")})));
}

static int finish_connecting(PGconn *connection, int timeout_ms, struct err *err)
{
    int64_t deadline_us = deadline_after(timeout_ms);
    PostgresPollingStatusType wants = PGRES_POLLING_WRITING;

    if (PQstatus(connection) == CONNECTION_BAD)
        return error_of_connecting(connection, err);
    while (wants != PGRES_POLLING_OK) {
        short events = wants == PGRES_POLLING_READING ? POLLIN : POLLOUT;

        if (!wait_socket(connection, events, deadline_us))
            return err_set(err, RETRY, "CONNECT_TIMEOUT", "PostgreSQL did not answer in %d ms",
                           timeout_ms);
        wants = PQconnectPoll(connection);
        if (wants == PGRES_POLLING_FAILED)
            return error_of_connecting(connection, err);
    }
    return DONE;
}

// libpq takes what is neither a URI nor has an '=' for the name of a database: so do we.
static int check_conninfo(const char *conninfo, struct err *err)
{
    char *text = NULL;
    PQconninfoOption *options;

    if (!strchr(conninfo, '=') && !strstr(conninfo, "://"))
        return DONE;
    options = PQconninfoParse(conninfo, &text);
    if (!options && !text)
        err_no_memory(err);
    else if (!options)
        err_set(err, FATAL, "CONNINFO", "postgres.conninfo: %.*s", (int)strcspn(text, "\n"), text);
    PQconninfoFree(options);
    PQfreemem(text);
    return options ? 0 : (int)err->disposition;
}

PGconn *link_open(const char *conninfo, const char *application_name, int timeout_ms,
                  struct err *err)
{
    // Later ones win: ours before the user's are defaults, those after it are not to be changed.
    const char *const keywords[] = {"keepalives_idle",  "keepalives_interval",
                                    "keepalives_count", "tcp_user_timeout",
                                    "application_name", "dbname",
                                    "client_encoding",  NULL};
    const char *const values[] = {"15",     "5",    "3", "30000", application_name,
                                  conninfo, "UTF8", NULL};
    PGconn *connection;
    int rc;

    if (check_conninfo(conninfo, err))
        return NULL;
    connection = PQconnectStartParams(keywords, values, 1);
    if (!connection) {
        err_no_memory(err);
        return NULL;
    }
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    PQsetNoticeProcessor(connection, log_notice, NULL);
    rc = finish_connecting(connection, timeout_ms, err);
    if (!rc)
        rc = server_check(connection, err);
    if (!rc && PQsetnonblocking(connection, 1))
        rc = error_of_connection(connection, err);
    if (rc) {
        PQfinish(connection);
        return NULL;
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    return connection;
}

const char *link_query_text(const char *name)
{
    char file[64];
    const struct embedded_file *found;

    snprintf(file, sizeof file, "%s.sql", name);
    found = embedded_find(embedded_queries, embedded_queries_count, file);
    return found ? found->begin : NULL;
}

// Sends what is left and waits for the last result; an earlier failure is the one returned.
static int await(PGconn *connection, int timeout_ms, PGresult **out, struct err *err)
{
    int64_t deadline_us = deadline_after(timeout_ms);
    PGresult *last = NULL, *result;
    int rc = 0;
    bool reconnect;

    for (;;) {
        int unsent = PQflush(connection);

        if (unsent < 0 || !PQconsumeInput(connection)) {
            rc = error_of_connection(connection, err);
            break;
        }
        if (!unsent && !PQisBusy(connection)) {
            result = PQgetResult(connection);
            if (!result)
                break;
            if (PQresultStatus(result) == PGRES_FATAL_ERROR && !rc)
                rc = error_of_result(result, &reconnect, err);
            PQclear(last);
            last = result;
            if (PQstatus(connection) == CONNECTION_BAD)
                break;
        } else if (!wait_socket(connection, (short)(POLLIN | (unsent ? POLLOUT : 0)),
                                deadline_us)) {
            rc = err_set(err, RETRY, "SERVER_SILENT", "PostgreSQL did not answer in %d ms",
                         timeout_ms);
            break;
        }
    }
    if (rc || !out) {
        PQclear(last);
        last = NULL;
    }
    if (out)
        *out = last;
    return rc;
}

int link_ask(PGconn *connection, const char *name, struct parameters *parameters, int timeout_ms,
             PGresult **result, struct err *err)
{
    const char *text = link_query_text(name);
    int sent;

    if (!text)
        return err_set(err, FATAL, "NO_QUERY", "there is no query %s", name);
    if (parameters && !parameters_ready(parameters))
        return err_no_memory(err);
    sent = parameters
               ? PQsendQueryParams(connection, text, parameters->count, NULL, parameters->values,
                                   parameters->lengths, parameters->formats, 1)
               : PQsendQueryParams(connection, text, 0, NULL, NULL, NULL, NULL, 1);
    if (!sent)
        return error_of_connection(connection, err);
    return await(connection, timeout_ms, result, err);
}

int link_ask_prepared(PGconn *connection, const char *name, struct parameters *parameters,
                      int timeout_ms, PGresult **result, struct err *err)
{
    int sent;

    if (parameters && !parameters_ready(parameters))
        return err_no_memory(err);
    sent = parameters ? PQsendQueryPrepared(connection, name, parameters->count, parameters->values,
                                            parameters->lengths, parameters->formats, 1)
                      : PQsendQueryPrepared(connection, name, 0, NULL, NULL, NULL, 1);
    if (!sent)
        return error_of_connection(connection, err);
    return await(connection, timeout_ms, result, err);
}

int link_prepare(PGconn *connection, const char *name, int timeout_ms, struct err *err)
{
    const char *text = link_query_text(name);

    if (!text)
        return err_set(err, FATAL, "NO_QUERY", "there is no query %s", name);
    if (!PQsendPrepare(connection, name, text, 0, NULL))
        return error_of_connection(connection, err);
    return await(connection, timeout_ms, NULL, err);
}

int link_run_script(PGconn *connection, struct slice text, int timeout_ms, struct err *err)
{
    char *script = strndup(text.data, text.size);
    int sent;

    if (!script)
        return err_no_memory(err);
    sent = PQsendQuery(connection, script);
    free(script);
    if (!sent)
        return error_of_connection(connection, err);
    return await(connection, timeout_ms, NULL, err);
}
