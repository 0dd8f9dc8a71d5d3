// SPDX-License-Identifier: Apache-2.0
// What a rebuild asks of rows and positions.
#include "store/connection/values.h"
#include "store/rebuild/projections_private.h"

enum {
    CHUNK_JOBS = 2000, // compared at once: each chunk is a snapshot
    EXAMPLES = 10,
};
enum { KIND, COUNT, JOB_ID, ORGANIZATION_ID, BEFORE, AFTER };

static struct parameters *cleared(struct projections *projections)
{
    parameters_clear(&projections->parameters);
    return &projections->parameters;
}

static void add_source(struct parameters *parameters, const struct source *source)
{
    parameters_add_bytes(parameters, source->topic);
    parameters_add_int4(parameters, source->partition);
}

int projections_add_source(struct projections *projections, const struct source *source,
                           int64_t next_offset, struct err *err)
{
    struct parameters *parameters = cleared(projections);

    add_source(parameters, source);
    parameters_add_int8(parameters, next_offset);
    return projections_ask(projections, "rebuild_source_add", parameters, NULL, err);
}

int projections_position(struct projections *projections, const struct source *source,
                         struct source_position *out, struct err *err)
{
    struct parameters *parameters = cleared(projections);
    PGresult *answer = NULL;
    int rc;

    add_source(parameters, source);
    rc = projections_ask(projections, "rebuild_position", parameters, &answer, err);
    *out = (struct source_position){.next_offset = -1, .last_offset = -1};
    if (!rc && PQntuples(answer))
        *out = (struct source_position){
            .next_offset = value_int8(answer, 0, 0),
            .last_offset = value_int8(answer, 0, 1),
            .last_timestamp_ms = value_int8(answer, 0, 2),
            .last_hash = value_int8(answer, 0, 3),
        };
    PQclear(answer);
    return rc;
}

int projections_note_gap(struct projections *projections, struct err *err)
{
    return projections_do(projections, "rebuild_note_gap", err);
}

// Where the chunk behind *end ends; unset: with the last job of all.
static int find_end(struct projections *projections, struct own_key *end, uint64_t *jobs,
                    struct err *err)
{
    struct parameters *parameters = cleared(projections);
    PGresult *answer = NULL;
    int rc;

    projections_add_behind(parameters, end);
    parameters_add_int8(parameters, CHUNK_JOBS);
    rc = projections_ask(projections, "rebuild_chunk_end", parameters, &answer, err);
    own_key_clear(end);
    *jobs = !rc && PQntuples(answer) ? CHUNK_JOBS : 0;
    if (*jobs)
        own_key_set(end, &(struct job_key){.job_id = value_bytes(answer, 0, 0),
                                           .organization_id = value_bytes(answer, 0, 1)});
    PQclear(answer);
    return rc;
}

int projections_compare(struct projections *projections, struct own_key *end, uint64_t *jobs,
                        struct err *err)
{
    struct own_key behind = {0};
    struct parameters *parameters;
    int rc;

    if (own_key_is_set(end))
        own_key_set(&behind, &end->key);
    rc = find_end(projections, end, jobs, err);
    if (rc)
        return rc;
    parameters = cleared(projections);
    projections_add_behind(parameters, &behind);
    parameters_add_bytes(parameters, end->key.job_id);
    parameters_add_bytes(parameters, end->key.organization_id);
    return projections_ask(projections, "rebuild_compare", parameters, NULL, err);
}

int projections_analyze(struct projections *projections, struct err *err)
{
    return projections_do(projections, "rebuild_analyze", err);
}

int projections_refine(struct projections *projections, struct err *err)
{
    int rc = projections_do(projections, "rebuild_refine", err);

    return rc ? rc : projections_do(projections, "rebuild_analyze_differing", err);
}

// One row of the answer.
static int take_loss(const PGresult *answer, int row, struct losses *out,
                     const struct losses_visitor *visitor, struct err *err)
{
    const int32_t kind = value_int4(answer, row, KIND);
    const struct loss loss = {
        .kind = (enum loss_kind)kind,
        .key = {.job_id = value_bytes(answer, row, JOB_ID),
                .organization_id = value_bytes(answer, row, ORGANIZATION_ID)},
        .before = value_bytes(answer, row, BEFORE),
        .after = value_bytes(answer, row, AFTER),
    };

    if (kind < 0 || kind >= LOSS_KINDS) {
        out->differing = (uint64_t)value_int8(answer, row, COUNT);
        return DONE;
    }
    out->count[kind] = (uint64_t)value_int8(answer, row, COUNT);
    return visitor->visit(visitor->self, &loss, err);
}

int projections_losses(struct projections *projections, struct losses *out,
                       const struct losses_visitor *visitor, struct err *err)
{
    struct parameters *parameters = cleared(projections);
    PGresult *answer = NULL;
    int rc;

    *out = (struct losses){0};
    parameters_add_int8(parameters, EXAMPLES);
    rc = projections_ask(projections, "rebuild_losses", parameters, &answer, err);
    for (int row = 0; !rc && row < PQntuples(answer); row++)
        rc = take_loss(answer, row, out, visitor, err);
    PQclear(answer);
    return rc;
}
