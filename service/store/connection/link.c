// SPDX-License-Identifier: Apache-2.0
#include "store/connection/link.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "embedded_queries.h"
#include "store/connection/connection_options.h"
#include "store/connection/errors.h"
#include "store/connection/link_private.h"

int64_t link_deadline(int timeout_ms)
{
    return timeout_ms < 0 ? INT64_MAX : clock_monotonic_us() + (int64_t)timeout_ms * 1000;
}

bool link_wait(const PGconn *connection, short events, int64_t deadline_us)
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
    int64_t deadline_us = link_deadline(timeout_ms);
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
                rc = error_of_result(result, false, &reconnect, err);
            PQclear(last);
            last = result;
            if (PQstatus(connection) == CONNECTION_BAD)
                break;
        } else if (!link_wait(connection, (short)(POLLIN | (unsent ? POLLOUT : 0)), deadline_us)) {
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

// A copy of the query that names another projection. NULL without memory.
static char *text_for(const char *text, const char *projection)
{
    char *own = strdup(text);

    for (char *at = own; projection && at && (at = strstr(at, LIVE_PROJECTION ".")); at++)
        memcpy(at, projection, strlen(LIVE_PROJECTION));
    return own;
}

int link_prepare(PGconn *connection, const char *name, const char *projection, int timeout_ms,
                 struct err *err)
{
    const char *text = link_query_text(name);
    char *own;
    int sent;

    if (!text)
        return err_set(err, FATAL, "NO_QUERY", "there is no query %s", name);
    own = text_for(text, projection);
    if (!own)
        return err_no_memory(err);
    sent = PQsendPrepare(connection, name, own, 0, NULL);
    free(own);
    if (!sent)
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
