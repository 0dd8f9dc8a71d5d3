// SPDX-License-Identifier: Apache-2.0
#include "store/connection/exchange.h"

#include <stdlib.h>

#include "base/fault.h"
#include "store/connection/errors.h"

enum { SPARES_MAX = 4 };

struct statement {
    struct statement *next;
    const char *name;
    struct parameters parameters;
};

static void free_statements(struct statement *first)
{
    while (first) {
        struct statement *next = first->next;

        parameters_free(&first->parameters);
        free(first);
        first = next;
    }
}

void exchange_init(struct exchange *exchange)
{
    *exchange = (struct exchange){0};
    exchange->last = &exchange->queued;
}

void exchange_close(struct exchange *exchange)
{
    PQclear(exchange->answer);
    free_statements(exchange->queued);
    free_statements(exchange->spare);
    exchange_init(exchange);
}

void exchange_clear(struct exchange *exchange)
{
    PQclear(exchange->answer);
    exchange->answer = NULL;
    free_statements(exchange->queued);
    exchange->queued = NULL;
    exchange->last = &exchange->queued;
    exchange->awaited = 0;
    exchange->sync_sent = exchange->wants_write = false;
    exchange->failed = exchange->reconnect = exchange->breaks_rules = false;
}

struct parameters *exchange_add(struct exchange *exchange, const char *name)
{
    struct statement *statement = exchange->spare;

    if (statement) {
        exchange->spare = statement->next;
        exchange->spares--;
    } else {
        statement = malloc(sizeof *statement);
        if (!statement)
            return NULL;
        parameters_init(&statement->parameters);
    }
    statement->name = name;
    statement->next = NULL;
    *exchange->last = statement;
    exchange->last = &statement->next;
    return &statement->parameters;
}

int exchange_begin(struct exchange *exchange, PGconn *connection, struct err *err)
{
    exchange->connection = connection;
    if (!PQenterPipelineMode(connection))
        return error_of_connection(connection, err);
    return DONE;
}

static struct statement *unqueue(struct exchange *exchange)
{
    struct statement *statement = exchange->queued;

    exchange->queued = statement->next;
    if (!exchange->queued)
        exchange->last = &exchange->queued;
    statement->next = NULL;
    return statement;
}

static void put_aside(struct exchange *exchange, struct statement *statement)
{
    if (exchange->spares == SPARES_MAX) {
        free_statements(statement);
        return;
    }
    parameters_clear(&statement->parameters);
    statement->next = exchange->spare;
    exchange->spare = statement;
    exchange->spares++;
}

// In a build for tests that kill the process: the statement has reached the server when it dies.
static void pass_fault_point(struct exchange *exchange, const char *name)
{
#ifdef JOBTRAIL_FAULTS
    while (PQflush(exchange->connection) > 0)
        ;
#endif
    (void)exchange, (void)name;
    FAULT_POINT(name);
}

static int send_statement(struct exchange *exchange, struct err *err)
{
    struct statement *statement = unqueue(exchange);
    struct parameters *parameters = &statement->parameters;
    int rc = 0;

    if (!parameters_ready(parameters))
        rc = err_no_memory(err);
    else if (!PQsendQueryPrepared(exchange->connection, statement->name, parameters->count,
                                  parameters->values, parameters->lengths, parameters->formats, 1))
        rc = error_of_connection(exchange->connection, err);
    pass_fault_point(exchange, statement->name);
    put_aside(exchange, statement);
    exchange->awaited++;
    return rc;
}

static int send_sync(struct exchange *exchange, struct err *err)
{
    if (!PQpipelineSync(exchange->connection))
        return error_of_connection(exchange->connection, err);
    exchange->awaited++;
    exchange->sync_sent = true;
    return DONE;
}

static int send_next(struct exchange *exchange, struct err *err)
{
    if (exchange->queued && !exchange->failed)
        return send_statement(exchange, err);
    return send_sync(exchange, err);
}

static void take(struct exchange *exchange, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        PQclear(exchange->answer);
        exchange->answer = result;
        return;
    case PGRES_COMMAND_OK:
    case PGRES_PIPELINE_ABORTED:
        break;
    default:
        if (!exchange->failed)
            error_of_result(result, exchange->breaks_rules, &exchange->reconnect,
                            &exchange->failure);
        exchange->failed = true;
    }
    PQclear(result);
}

// Takes the answers that are there; false when the connection broke.
static bool take_answers(struct exchange *exchange)
{
    while (exchange->awaited && !PQisBusy(exchange->connection)) {
        PGresult *result = PQgetResult(exchange->connection);

        if (!result) {
            exchange->awaited--; // the end of one statement's answers
        } else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            exchange->awaited--; // which no NULL follows
        } else {
            take(exchange, result);
        }
        if (PQstatus(exchange->connection) == CONNECTION_BAD)
            return false;
    }
    return true;
}

// What the server said before it went tells more than that it went.
static int lost(struct exchange *exchange, struct err *err)
{
    error_of_connection(exchange->connection, err);
    if (exchange->failed && exchange->failure.disposition == RETRY)
        *err = exchange->failure;
    return (int)err->disposition;
}

int exchange_advance(struct exchange *exchange, bool *done, struct err *err)
{
    *done = false;
    for (;;) {
        int unsent = PQflush(exchange->connection);

        if (!PQconsumeInput(exchange->connection) || !take_answers(exchange) || unsent < 0)
            return lost(exchange, err);
        exchange->wants_write = unsent > 0;
        if (exchange->sync_sent && !exchange->awaited)
            break;
        if (exchange->wants_write || exchange->sync_sent)
            return DONE;
        if (send_next(exchange, err))
            return lost(exchange, err);
    }
    if (!PQexitPipelineMode(exchange->connection))
        return lost(exchange, err);
    *done = true;
    return DONE;
}
