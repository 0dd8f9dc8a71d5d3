// SPDX-License-Identifier: Apache-2.0
#include "store/rebuild/projections.h"

#include <poll.h>
#include <stdlib.h>

#include "base/fault.h"
#include "store/connection/backend.h"
#include "store/connection/link.h"
#include "store/connection/migrations.h"
#include "store/connection/values.h"
#include "store/rebuild/projections_private.h"

enum { ALONE_ATTEMPTS = 50, ALONE_REST_MS = 100 };

int projections_ask(struct projections *projections, const char *query,
                    struct parameters *parameters, PGresult **answer, struct err *err)
{
    int rc = link_ask(projections->connection, query, parameters, LINK_NO_TIMEOUT, answer, err);

    FAULT_POINT(query);
    return rc;
}

int projections_do(struct projections *projections, const char *query, struct err *err)
{
    return projections_ask(projections, query, NULL, NULL, err);
}

void projections_add_behind(struct parameters *parameters, const struct own_key *behind)
{
    const bool is_set = own_key_is_set(behind);

    parameters_add_bytes(parameters, is_set ? behind->key.job_id : SLICE_LITERAL(""));
    parameters_add_bytes(parameters, is_set ? behind->key.organization_id : SLICE_LITERAL(""));
}

static int try_to_be_alone(struct projections *projections, bool *is_alone, struct err *err)
{
    PGresult *answer = NULL;
    int rc = projections_ask(projections, "rebuild_alone", NULL, &answer, err);

    *is_alone = !rc && value_bool(answer, 0, 0);
    PQclear(answer);
    return rc;
}

// The server may take a while to notice that the session of one that ended is over.
static int keep_others_out(struct projections *projections, struct err *err)
{
    bool is_alone = false;
    int rc = DONE;

    for (int n = 0; !rc && !is_alone && n < ALONE_ATTEMPTS; n++) {
        if (n > 0)
            poll(NULL, 0, ALONE_REST_MS);
        rc = try_to_be_alone(projections, &is_alone, err);
    }
    if (!rc && !is_alone)
        rc = err_set(err, RETRY, "REBUILD_RUNS",
                     "another jobtrail rebuild, or a jobtrail erase, is at work");
    return rc;
}

int projections_open(const struct connection_options *options, struct projections **out,
                     struct err *err)
{
    struct projections *projections = calloc(1, sizeof *projections);
    int rc;

    if (!projections)
        return err_no_memory(err);
    parameters_init(&projections->parameters);
    projections->transaction_timeout_ms = options->transaction_timeout_ms;
    projections->connection = link_open(options->conninfo, options->application_name,
                                        options->connect_timeout_ms, NULL, err);
    rc = projections->connection ? backend_check(projections->connection, options, true, err)
                                 : (int)err->disposition;
    if (!rc)
        rc = projections_do(projections, "session_writes", err);
    if (!rc)
        rc = projections_do(projections, "rebuild_session", err);
    if (!rc)
        rc = migrations_require(projections->connection, options->connect_timeout_ms, err);
    if (!rc)
        rc = keep_others_out(projections, err);
    if (rc)
        projections_close(projections);
    else
        *out = projections;
    return rc;
}

void projections_close(struct projections *projections)
{
    if (!projections)
        return;
    parameters_free(&projections->parameters);
    PQfinish(projections->connection);
    free(projections);
}

int projections_state(struct projections *projections, struct projections_state *state,
                      struct err *err)
{
    PGresult *answer = NULL;
    int rc = projections_ask(projections, "rebuild_state", NULL, &answer, err);

    *state = (struct projections_state){.is_whole = true};
    if (!rc) {
        state->has_filled = value_bool(answer, 0, 0);
        state->has_old = value_bool(answer, 0, 1);
    }
    PQclear(answer);
    if (rc || !state->has_filled)
        return rc;
    answer = NULL;
    rc = projections_ask(projections, "rebuild_facts", NULL, &answer, err);
    if (!rc) {
        state->is_undo = value_bool(answer, 0, 0);
        state->is_whole = value_bool(answer, 0, 1);
    }
    PQclear(answer);
    return rc;
}

static int check_hindrances(struct projections *projections, struct err *err)
{
    PGresult *answer = NULL;
    int rc = projections_ask(projections, "rebuild_hindrances", NULL, &answer, err);

    if (!rc && PQntuples(answer)) {
        const struct slice first = value_bytes(answer, 0, 0);

        rc = err_set(err, FATAL, "HINDRANCE",
                     "a rebuilt projection would not have what somebody tied to the live one's "
                     "tables: %.*s%s; take it away, or put it on the views",
                     (int)first.size, first.data, PQntuples(answer) > 1 ? " and more" : "");
    }
    PQclear(answer);
    return rc;
}

static int run_script(struct projections *projections, const char *query, struct err *err)
{
    return link_run_script(projections->connection, slice_of(link_query_text(query)),
                           LINK_NO_TIMEOUT, err);
}

// Begins a transaction whose objects belong to whom the schema belongs to.
static int begin_as_owner(struct projections *projections, struct err *err)
{
    int rc = projections_do(projections, "begin", err);

    return rc ? rc : projections_do(projections, "rebuild_owner", err);
}

// Ends it: with a commit, or with a rollback if something went wrong.
static int end(struct projections *projections, int rc, struct err *err)
{
    if (!rc)
        return projections_do(projections, "commit", err);
    projections_unlock(projections);
    return rc;
}

static int begin_filling(struct projections *projections, const char *query, bool is_undo,
                         struct err *err)
{
    struct parameters *parameters = &projections->parameters;
    int rc = begin_as_owner(projections, err);

    parameters_clear(parameters);
    parameters_add_int4(parameters, is_undo);
    if (!rc)
        rc = projections_do(projections, query, err);
    if (!rc)
        rc = run_script(projections, "rebuild_own_tables", err);
    if (!rc)
        rc = projections_ask(projections, "rebuild_note", parameters, NULL, err);
    return end(projections, rc, err);
}

int projections_begin(struct projections *projections, struct err *err)
{
    int rc = check_hindrances(projections, err);

    return rc ? rc : begin_filling(projections, "rebuild_begin", false, err);
}

int projections_take_back(struct projections *projections, struct err *err)
{
    return begin_filling(projections, "rebuild_take_back", true, err);
}

static int do_as_owner(struct projections *projections, const char *query, struct err *err)
{
    int rc = begin_as_owner(projections, err);

    if (!rc)
        rc = projections_do(projections, query, err);
    return end(projections, rc, err);
}

int projections_abandon(struct projections *projections, struct err *err)
{
    return do_as_owner(projections, "rebuild_abandon", err);
}

int projections_drop(struct projections *projections, struct err *err)
{
    return do_as_owner(projections, "rebuild_drop", err);
}

int projections_lock(struct projections *projections, struct err *err)
{
    int rc = begin_as_owner(projections, err);

    if (!rc)
        rc = projections_do(projections, "rebuild_patience", err);
    if (!rc)
        rc = projections_do(projections, "rebuild_lock", err);
    if (rc)
        projections_unlock(projections);
    return rc;
}

void projections_unlock(struct projections *projections)
{
    struct err err;

    projections_do(projections, "rollback", &err); // a connection that is lost has no transaction
}

int projections_swap(struct projections *projections, struct err *err)
{
    struct parameters *parameters = &projections->parameters;
    int rc = projections_do(projections, "rebuild_swap", err);

    parameters_clear(parameters);
    parameters_add_int8(parameters, projections->transaction_timeout_ms);
    if (!rc)
        rc = projections_ask(projections, "transaction_deadline", parameters, NULL, err);
    rc = end(projections, rc, err);
    FAULT_POINT("rebuild_swapped");
    return rc;
}
