// SPDX-License-Identifier: Apache-2.0
// A reader's life, its connection, and the transaction around each question.
#include <stdlib.h>

#include "store/connection/connection_options.h"
#include "store/connection/exchange_wait.h"
#include "store/connection/link.h"
#include "store/connection/session.h"
#include "store/reader/job_reader_private.h"

static const char *const prepared[] = {
    "reader_begin",
    "reader_scope",
    "commit",
    "jobs_by_created_asc",
    "jobs_by_created_desc",
    "jobs_by_id_asc",
    "jobs_by_id_desc",
    "jobs_by_updated_asc",
    "jobs_by_updated_desc",
    "jobs_among_newest_asc",
    "jobs_among_newest_desc",
    "jobs_count_totals",
    "jobs_count_matching",
    "jobs_count_among_newest",
    "job_show",
    "jobs_find",
    "text_lower",
    "job_history",
    "job_types",
    "job_types_created_by",
    "job_cancellations",
    "job_cancellation",
    "reader_freshness",
    "reader_position_passed",
    NULL,
};

static void disconnect(struct job_reader *reader)
{
    PQfinish(reader->connection);
    reader->connection = NULL;
    exchange_close(&reader->exchange);
}

struct job_reader *job_reader_new(const struct connection_options *options, struct err *err)
{
    struct job_reader *reader = calloc(1, sizeof *reader);

    if (!reader) {
        err_no_memory(err);
        return NULL;
    }
    exchange_init(&reader->exchange);
    arena_init(&reader->arena);
    if (connection_options_copy(&reader->options, options))
        return reader;
    job_reader_free(reader);
    err_no_memory(err);
    return NULL;
}

void job_reader_free(struct job_reader *reader)
{
    if (!reader)
        return;
    PQclear(reader->answer);
    disconnect(reader);
    arena_reset(&reader->arena);
    connection_options_free(&reader->options);
    free(reader);
}

static int check_role(const struct job_reader *reader, struct err *err)
{
    PGresult *answer = NULL;
    int rc = link_ask(reader->connection, "reader_role", NULL, reader->options.connect_timeout_ms,
                      &answer, err);

    if (!rc && !link_bool(answer, 0, 0)) {
        struct slice who = link_bytes(answer, 0, 2);

        rc = err_set(err, FATAL, "NO_READER_ROLE",
                     "lists are read as the role jobtrail_reader: have an administrator run "
                     "%sGRANT jobtrail_reader TO %.*s%s",
                     link_bool(answer, 0, 1) ? "" : "CREATE ROLE jobtrail_reader NOLOGIN and ",
                     (int)who.size, who.data,
                     link_bool(answer, 0, 1) ? ""
                                             : ", then SELECT jobtrail.admit_reader() as the role "
                                               "that ran jobtrail migrate");
    }
    PQclear(answer);
    return rc;
}

// What is prepared is looked up as the reader role already: a login role may not inherit it.
static int become_reader(const struct job_reader *reader, struct err *err)
{
    int timeout_ms = reader->options.connect_timeout_ms;
    int rc = check_role(reader, err);

    if (!rc)
        rc = link_ask(reader->connection, "reader_session", NULL, timeout_ms, NULL, err);
    for (const char *const *name = prepared; !rc && *name; name++)
        rc = link_prepare(reader->connection, *name, timeout_ms, err);
    return rc;
}

int job_reader_connect(struct job_reader *reader, struct err *err)
{
    static const char *const nothing[] = {NULL};
    int rc;

    disconnect(reader);
    reader->connection = session_open(&reader->options, nothing, err);
    if (!reader->connection)
        return (int)err->disposition;
    rc = become_reader(reader, err);
    if (rc)
        disconnect(reader);
    return rc;
}

bool job_reader_is_connected(const struct job_reader *reader)
{
    return reader->connection != NULL;
}

static int lost(struct job_reader *reader, struct err *err)
{
    disconnect(reader);
    return (int)err->disposition;
}

// After a failure that the server told.
static void end_transaction(struct job_reader *reader)
{
    struct err err;

    if (PQtransactionStatus(reader->connection) == PQTRANS_IDLE)
        return;
    if (link_ask(reader->connection, "rollback", NULL, reader->options.transaction_timeout_ms, NULL,
                 &err))
        disconnect(reader);
}

static bool begin(struct job_reader *reader, struct slice organization_id)
{
    struct parameters *parameters;

    if (!exchange_add(&reader->exchange, "reader_begin"))
        return false;
    parameters = exchange_add(&reader->exchange, "reader_scope");
    if (!parameters)
        return false;
    parameters_add_bytes(parameters, organization_id.data ? organization_id : SLICE_LITERAL(""));
    return true;
}

struct parameters *job_reader_question(struct job_reader *reader, struct slice organization_id,
                                       const char *name, struct err *err)
{
    struct parameters *parameters = NULL;

    PQclear(reader->answer);
    reader->answer = NULL;
    arena_reset(&reader->arena);
    if (!reader->connection) {
        err_set(err, RETRY, "NOT_CONNECTED", "there is no connection to PostgreSQL");
        return NULL;
    }
    exchange_clear(&reader->exchange);
    if (begin(reader, organization_id))
        parameters = exchange_add(&reader->exchange, name);
    if (!parameters) {
        exchange_clear(&reader->exchange);
        err_no_memory(err);
    }
    return parameters;
}

int job_reader_ask(struct job_reader *reader, struct err *err)
{
    struct exchange *exchange = &reader->exchange;

    if (!exchange_add(exchange, "commit")) {
        exchange_clear(exchange);
        return err_no_memory(err);
    }
    if (exchange_wait(exchange, reader->connection,
                      (int64_t)reader->options.transaction_timeout_ms * 2, err))
        return lost(reader, err);
    if (exchange->failed) {
        *err = exchange->failure;
        if (exchange->reconnect)
            return lost(reader, err);
        end_transaction(reader);
        return (int)err->disposition;
    }
    reader->answer = exchange->answer;
    exchange->answer = NULL;
    return reader->answer ? DONE : err_set(err, RETRY, "SERVER_ERROR", "PostgreSQL gave no answer");
}

void *job_reader_array(struct job_reader *reader, size_t element_bytes, struct err *err)
{
    size_t rows = (size_t)PQntuples(reader->answer);
    void *array = arena_alloc(&reader->arena, (rows ? rows : 1) * element_bytes);

    if (!array)
        err_no_memory(err);
    return array;
}
