// SPDX-License-Identifier: Apache-2.0
// What retention has removed from the live projection, and what is filled still has.
#include "base/random.h"
#include "core/horizon.h"
#include "store/connection/link.h"
#include "store/connection/values.h"
#include "store/rebuild/projections_private.h"
#include "store/rules/ended_job.h"
#include "store/rules/rules.h"

enum { STEP = 500 };

static int ask_token(struct projections *projections, const char *query, int64_t token,
                     PGresult **answer, struct err *err)
{
    parameters_clear(&projections->parameters);
    parameters_add_int8(&projections->parameters, token);
    return projections_ask(projections, query, &projections->parameters, answer, err);
}

int projections_hold_retention(struct projections *projections, struct err *err)
{
    PGresult *answer = NULL;
    int64_t token;
    int rc;

    random_bytes(&token, sizeof token);
    rc = ask_token(projections, "retention_token", token, &answer, err);
    if (!rc && !value_bool(answer, 0, 0))
        rc = err_set(err, RETRY, "RETENTION_TOKEN", "what was drawn by chance was drawn already");
    PQclear(answer);
    return rc ? rc : ask_token(projections, "rebuild_hold_retention", token, NULL, err);
}

static int remove_jobs(struct projections *projections, const struct ended_job *jobs, size_t count,
                       uint64_t *removed, struct err *err)
{
    PGresult *answer = NULL;
    int rc;

    parameters_clear(&projections->parameters);
    ended_jobs_add(&projections->parameters, jobs, count);
    rc = projections_ask(projections, "rebuild_remove", &projections->parameters, &answer, err);
    if (!rc)
        *removed += (uint64_t)value_int8(answer, 0, 0);
    PQclear(answer);
    return rc;
}

static int ask_jobs(struct projections *projections, const struct own_key *behind,
                    PGresult **answer, struct err *err)
{
    parameters_clear(&projections->parameters);
    projections_add_behind(&projections->parameters, behind);
    parameters_add_int8(&projections->parameters, STEP);
    return projections_ask(projections, "rebuild_only_filled", &projections->parameters, answer,
                           err);
}

// Of the jobs behind that one, which becomes the last of them.
static int step(struct projections *projections, const struct horizons *horizons,
                struct own_key *behind, int *rows, uint64_t *removed, struct err *err)
{
    struct ended_job due[STEP];
    size_t count = 0;
    PGresult *answer = NULL;
    int rc = ask_jobs(projections, behind, &answer, err);

    *rows = rc ? 0 : PQntuples(answer);
    for (int row = 0; row < *rows; row++) {
        const struct ended_job job = ended_job_read(answer, row);

        if (horizon_lets_leave(horizons, &job.columns))
            due[count++] = job;
        own_key_set(behind, &job.columns.key);
    }
    if (count)
        rc = remove_jobs(projections, due, count, removed, err);
    PQclear(answer);
    return rc;
}

int projections_let_leave(struct projections *projections, uint64_t *removed, struct err *err)
{
    struct own_key behind = {0};
    struct rules rules;
    int rows = STEP, rc;

    rules_init(&rules);
    rc = rules_load(projections->connection, LINK_NO_TIMEOUT, &rules, err);
    while (!rc && rows == STEP && rules.horizons.latest_us != TIME_NONE)
        rc = step(projections, &rules.horizons, &behind, &rows, removed, err);
    rules_close(&rules);
    return rc;
}
