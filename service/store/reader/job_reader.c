// SPDX-License-Identifier: Apache-2.0
// A reader's life, its connection, and the transaction around each question.
#include <stdlib.h>

#include "store/connection/errors.h"
#include "store/connection/values.h"
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
    "jobs_before_created_asc",
    "jobs_before_created_desc",
    "jobs_state_counts_totals",
    "jobs_state_counts_among_newest",
    "jobs_over_time",
    "job_show",
    "jobs_find",
    "text_lower",
    "job_history",
    "job_types",
    "job_types_created_by",
    "job_cancellations",
    "job_cancellation",
    "reader_freshness",
    "reader_position",
    NULL,
};

// What is prepared is looked up as the reader role already: a login role may not inherit it.
static const char *const prepared_before[] = {NULL};

struct job_reader *job_reader_new(const struct connection_options *options, struct err *err)
{
    struct job_reader *reader = calloc(1, sizeof *reader);

    if (!reader) {
        err_no_memory(err);
        return NULL;
    }
    arena_init(&reader->arena);
    if (!session_init(&reader->session, options, prepared_before, err))
        return reader;
    job_reader_free(reader);
    return NULL;
}

void job_reader_free(struct job_reader *reader)
{
    if (!reader)
        return;
    PQclear(reader->answer);
    session_close(&reader->session);
    arena_reset(&reader->arena);
    free(reader);
}

#define ADMIT_READER "SELECT jobtrail.admit_reader() as the role that ran jobtrail migrate"

// What becomes of the one row that reader_role.sql gives.
static int judge_role(const PGresult *answer, struct err *err)
{
    bool may_become = value_bool(answer, 0, 0), is_there = value_bool(answer, 0, 1);
    bool is_admitted = is_there && value_bool(answer, 0, 5);
    struct slice who = value_bytes(answer, 0, 2), grant_options = value_bytes(answer, 0, 4);

    if (!may_become)
        return err_set(err, FATAL, "NO_READER_ROLE",
                       "lists are read as the role jobtrail_reader: have an administrator run "
                       "%sGRANT jobtrail_reader TO %.*s%.*s%s",
                       is_there ? "" : "CREATE ROLE jobtrail_reader NOLOGIN and ", (int)who.size,
                       who.data, (int)grant_options.size, grant_options.data,
                       is_admitted ? "" : ", then " ADMIT_READER);
    if (!is_admitted)
        return err_set(err, FATAL, "NO_READER_ROLE",
                       "lists are read as the role jobtrail_reader, which may not read yet: "
                       "run " ADMIT_READER);
    return DONE;
}

static int check_role(struct job_reader *reader, struct err *err)
{
    PGresult *answer = NULL;
    int rc = session_ask(&reader->session, "reader_role", NULL, &answer, err);

    if (!rc)
        rc = judge_role(answer, err);
    if (!rc)
        reader->server_started_us = value_time(answer, 0, 3);
    PQclear(answer);
    return rc;
}

// A role that is bound to some organisations would serve the others empty lists.
static int check_organizations(struct job_reader *reader, struct err *err)
{
    PGresult *answer = NULL;
    int rc = session_ask(&reader->session, "reader_any", NULL, &answer, err);

    if (!rc && !value_bool(answer, 0, 0)) {
        struct slice who = value_bytes(answer, 0, 1);

        rc = err_set(
            err, FATAL, "READER_BOUND",
            "lists are read for every organisation, and this role may not: run INSERT INTO "
            "jobtrail.reader_organization (role, organization_id) VALUES (%.*s, NULL) as the "
            "role that ran jobtrail migrate, on the primary",
            (int)who.size, who.data);
    }
    PQclear(answer);
    return rc;
}

int job_reader_connect(struct job_reader *reader, struct err *err)
{
    struct session *session = &reader->session;
    int rc = session_connect(session, err);

    if (!rc)
        rc = check_role(reader, err);
    if (!rc)
        rc = session_ask(session, "reader_session", NULL, NULL, err);
    if (!rc)
        rc = check_organizations(reader, err);
    if (!rc)
        rc = session_prepare(session, prepared, err);
    return rc ? session_lost(session, err) : DONE;
}

bool job_reader_is_connected(const struct job_reader *reader)
{
    return session_is_connected(&reader->session);
}

void job_reader_notice_end(struct job_reader *reader)
{
    session_notice_end(&reader->session);
}

void job_reader_disconnect(struct job_reader *reader)
{
    session_disconnect(&reader->session);
}

int64_t job_reader_server_started_us(const struct job_reader *reader)
{
    return reader->server_started_us;
}

bool job_reader_may_ask_again(const struct err *err)
{
    static const char *const reasons[] = {ERROR_SERIALIZATION, ERROR_DEADLOCK,
                                          ERROR_CONNECTION_LOST, ERROR_SERVER_STOPPING};

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!strcmp(err->reason, reasons[i]))
            return true;
    return false;
}

static bool begin(struct job_reader *reader, struct slice organization_id)
{
    struct parameters *parameters;

    if (!exchange_add(&reader->session.exchange, "reader_begin"))
        return false;
    parameters = exchange_add(&reader->session.exchange, "reader_scope");
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
    if (session_need(&reader->session, err))
        return NULL;
    exchange_clear(&reader->session.exchange);
    if (begin(reader, organization_id))
        parameters = exchange_add(&reader->session.exchange, name);
    if (!parameters) {
        exchange_clear(&reader->session.exchange);
        err_no_memory(err);
    }
    return parameters;
}

int job_reader_ask(struct job_reader *reader, struct err *err)
{
    struct exchange *exchange = &reader->session.exchange;
    int rc;

    if (!exchange_add(exchange, "commit")) {
        exchange_clear(exchange);
        return err_no_memory(err);
    }
    rc = session_run(&reader->session, err);
    if (rc) {
        session_end_transaction(&reader->session);
        return rc;
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
