// SPDX-License-Identifier: Apache-2.0
#include "store/retention/retention.h"

#include <stdlib.h>

#include "base/random.h"
#include "store/connection/arrays.h"
#include "store/connection/columns.h"
#include "store/connection/session.h"
#include "store/connection/values.h"

static const char *const prepared[] = {NULL};

struct retention {
    struct session session;
    int64_t token;
    int64_t begun; // see retention_begun.sql
    struct rules rules;
    PGresult *answer; // owned: of what was asked last
    struct ended_job jobs[RETENTION_STEP];
    struct kept_request requests[RETENTION_STEP];
};

const char *retention_thing_name(enum retention_thing thing)
{
    static const char *const names[RETENTION_THINGS] = {
        [RETENTION_JOBS] = "job",
        [RETENTION_REQUESTS] = "cancel_request",
        [RETENTION_COMMANDS] = "cancel_command",
        [RETENTION_DEAD_LETTERS] = "dead_letter",
    };

    return names[thing];
}

struct retention *retention_new(const struct connection_options *options, struct err *err)
{
    struct retention *retention = calloc(1, sizeof *retention);

    if (!retention) {
        err_no_memory(err);
        return NULL;
    }
    rules_init(&retention->rules);
    if (!session_init(&retention->session, options, prepared, err)) {
        retention->session.writes = true;
        return retention;
    }
    retention_free(retention);
    return NULL;
}

void retention_free(struct retention *retention)
{
    if (!retention)
        return;
    retention_disconnect(retention);
    session_close(&retention->session);
    rules_close(&retention->rules);
    free(retention);
}

void retention_disconnect(struct retention *retention)
{
    PQclear(retention->answer);
    retention->answer = NULL;
    session_disconnect(&retention->session);
}

bool retention_is_connected(const struct retention *retention)
{
    return session_is_connected(&retention->session);
}

// Asks; the parameters, which may be NULL, are given back. What was answered before is gone.
static int ask(struct retention *retention, const char *query, struct parameters *parameters,
               struct err *err)
{
    PGresult *answer = NULL;
    int rc = session_ask(&retention->session, query, parameters, &answer, err);

    if (parameters)
        parameters_free(parameters);
    PQclear(retention->answer);
    retention->answer = answer;
    if (rc)
        retention_disconnect(retention);
    return rc;
}

static int ask_with(struct retention *retention, const char *query, int64_t number, struct err *err)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, number);
    return ask(retention, query, &parameters, err);
}

int retention_connect(struct retention *retention, struct err *err)
{
    int rc;

    retention_disconnect(retention);
    random_bytes(&retention->token, sizeof retention->token);
    rc = session_connect(&retention->session, err);
    if (!rc)
        rc = ask(retention, "retention_session", NULL, err);
    if (!rc)
        rc = ask_with(retention, "retention_token", retention->token, err);
    if (rc || value_bool(retention->answer, 0, 0))
        return rc;
    retention_disconnect(retention);
    return err_set(err, RETRY, "RETENTION_TOKEN", "what was drawn by chance was drawn already");
}

int retention_lock(struct retention *retention, bool *held, struct err *err)
{
    int rc = ask_with(retention, "retention_lock", retention->token, err);

    *held = !rc && PQntuples(retention->answer) > 0;
    return rc;
}

int retention_rules(struct retention *retention, const struct rules **out, int64_t *now_us,
                    struct err *err)
{
    int rc = ask(retention, "database_clock", NULL, err);

    if (rc)
        return rc;
    *now_us = value_time(retention->answer, 0, 0);
    *out = &retention->rules;
    rc = rules_load(retention->session.connection, retention->session.options.connect_timeout_ms,
                    &retention->rules, err);
    if (rc)
        retention_disconnect(retention);
    return rc;
}

int retention_move(struct retention *retention, const struct horizons *horizons, bool *moved,
                   struct err *err)
{
    const struct strided lines = STRIDED(horizons->items, horizons->count);
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, horizons->version);
    column_texts(&parameters, lines, offsetof(struct horizon, of.organization_id));
    column_texts(&parameters, lines, offsetof(struct horizon, of.type));
    column_times(&parameters, lines, offsetof(struct horizon, before_us));
    rc = ask(retention, "retention_move", &parameters, err);
    *moved = !rc && value_bool(retention->answer, 0, 0);
    return rc;
}

int retention_begin(struct retention *retention, struct err *err)
{
    int rc = ask(retention, "retention_begun", NULL, err);

    if (!rc)
        retention->begun = value_int8(retention->answer, 0, 0);
    return rc;
}

int retention_is_settled(struct retention *retention, bool *is, struct err *err)
{
    int rc = ask_with(retention, "retention_settled", retention->begun, err);

    *is = !rc && value_bool(retention->answer, 0, 0);
    return rc;
}

int retention_organization(struct retention *retention, struct slice behind, struct slice *out,
                           struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_bytes(&parameters, behind);
    rc = ask(retention, "retention_organization", &parameters, err);
    *out = !rc && PQntuples(retention->answer) ? value_bytes(retention->answer, 0, 0) : SLICE_NULL;
    return rc;
}

static void add_time(struct parameters *parameters, int64_t time_us)
{
    parameters_add_int8(parameters, time_to_postgres(time_us));
}

int retention_next(struct retention *retention, struct slice organization_id, int64_t before_us,
                   struct ended_place *place, const struct ended_job **out, size_t *count,
                   struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_bytes(&parameters, organization_id);
    add_time(&parameters, before_us);
    add_time(&parameters, place->finished_at_us);
    parameters_add_bytes(&parameters, (struct slice){place->job_id, place->size});
    parameters_add_int8(&parameters, RETENTION_STEP);
    rc = ask(retention, "retention_ended", &parameters, err);
    *count = rc ? 0 : (size_t)PQntuples(retention->answer);
    for (size_t i = 0; i < *count; i++)
        retention->jobs[i] = ended_job_read(retention->answer, (int)i);
    *out = retention->jobs;
    if (*count) {
        const struct job_columns *last = &retention->jobs[*count - 1].columns;

        place->finished_at_us = last->finished_at_us;
        place->size = last->key.job_id.size < sizeof place->job_id ? last->key.job_id.size
                                                                   : sizeof place->job_id;
        memcpy(place->job_id, last->key.job_id.data, place->size);
    }
    return rc;
}

int retention_remove(struct retention *retention, const struct ended_job *jobs, size_t count,
                     bool *held, struct retention_counts *counts, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    ended_jobs_add(&parameters, jobs, count);
    parameters_add_int8(&parameters, retention->token);
    rc = ask(retention, "retention_remove", &parameters, err);
    *held = !rc && value_bool(retention->answer, 0, 3);
    if (rc)
        return rc;
    counts->of[RETENTION_JOBS] += value_int8(retention->answer, 0, 0);
    counts->of[RETENTION_REQUESTS] += value_int8(retention->answer, 0, 1);
    counts->of[RETENTION_COMMANDS] += value_int8(retention->answer, 0, 2);
    return DONE;
}

int retention_requests(struct retention *retention, int64_t behind, const struct kept_request **out,
                       size_t *count, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, behind);
    parameters_add_int8(&parameters, RETENTION_STEP);
    rc = ask(retention, "retention_requests", &parameters, err);
    *count = rc ? 0 : (size_t)PQntuples(retention->answer);
    for (size_t i = 0; i < *count; i++)
        retention->requests[i] = (struct kept_request){
            .id = value_int8(retention->answer, (int)i, 0),
            .organization_id = value_bytes(retention->answer, (int)i, 1),
            .recorded_at_us = value_time(retention->answer, (int)i, 2),
            .may_go = value_bool(retention->answer, (int)i, 3),
        };
    *out = retention->requests;
    return rc;
}

int retention_remove_requests(struct retention *retention, const int64_t *ids, size_t count,
                              struct retention_counts *counts, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    column_int8s(&parameters, STRIDED(ids, count), 0);
    rc = ask(retention, "retention_requests_remove", &parameters, err);
    if (rc)
        return rc;
    counts->of[RETENTION_REQUESTS] += value_int8(retention->answer, 0, 0);
    counts->of[RETENTION_COMMANDS] += value_int8(retention->answer, 0, 1);
    return DONE;
}

int retention_remove_letters(struct retention *retention, int64_t before_us,
                             struct retention_counts *counts, bool *more, struct err *err)
{
    struct parameters parameters;
    int64_t gone;
    int rc;

    *more = false;
    parameters_init(&parameters);
    add_time(&parameters, before_us);
    parameters_add_int8(&parameters, RETENTION_STEP);
    rc = ask(retention, "retention_letters", &parameters, err);
    if (rc)
        return rc;
    gone = value_int8(retention->answer, 0, 0);
    counts->of[RETENTION_DEAD_LETTERS] += gone;
    *more = gone == RETENTION_STEP;
    return DONE;
}

int retention_forget_erased(struct retention *retention, struct err *err)
{
    return ask(retention, "retention_erased", NULL, err);
}
