// SPDX-License-Identifier: Apache-2.0
// One job and its history.
#include "store/connection/values.h"
#include "store/reader/job_reader_private.h"
#include "store/reader/job_row_query.h"

static int ask_about(struct job_reader *reader, const char *name, const struct job_scope *scope,
                     struct slice job_id, struct err *err)
{
    struct parameters *parameters = job_reader_question(reader, scope->organization_id, name, err);

    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, scope->organization_id);
    parameters_add_bytes(parameters, scope->creator_id);
    parameters_add_bytes(parameters, job_id);
    return job_reader_ask(reader, err);
}

int job_reader_show(struct job_reader *reader, const struct job_scope *scope, struct slice job_id,
                    const struct viewed_job **out, struct err *err)
{
    int rc = ask_about(reader, "job_show", scope, job_id, err);
    struct viewed_job *job;

    *out = NULL;
    if (rc || !PQntuples(reader->answer))
        return rc;
    job = job_reader_array(reader, sizeof *job, err);
    if (!job)
        return (int)err->disposition;
    job_row_query_read(reader->answer, 0, SORT_CREATED, 0, job);
    *out = job;
    return DONE;
}

enum column {
    SET,
    KIND,
    RANK,
    ATTEMPT,
    EVENT_ID,
    COMMAND_ID,
    OCCURRED_AT,
    MESSAGE,
    TYPE,
    CREATOR_ID,
    ERROR_CODE,
    CANCELLABLE,
};

static void read_event(const PGresult *answer, int row, struct viewed_event *out)
{
    *out = (struct viewed_event){
        .set = value_bytes(answer, row, SET),
        .kind = value_bytes(answer, row, KIND),
        .rank = value_int4(answer, row, RANK),
        .attempt = value_int4(answer, row, ATTEMPT),
        .event_id = value_uuid(answer, row, EVENT_ID),
        .command_id = value_uuid(answer, row, COMMAND_ID),
        .occurred_at_us = value_time(answer, row, OCCURRED_AT),
        .message = value_bytes(answer, row, MESSAGE),
        .type = value_bytes(answer, row, TYPE),
        .creator_id = value_bytes(answer, row, CREATOR_ID),
        .error_code = value_bytes(answer, row, ERROR_CODE),
        .has_cancellable = !PQgetisnull(answer, row, CANCELLABLE),
        .cancellable = value_bool(answer, row, CANCELLABLE),
    };
}

int job_reader_history(struct job_reader *reader, const struct job_scope *scope,
                       struct slice job_id, const struct viewed_event **out, size_t *count,
                       struct err *err)
{
    int rc = ask_about(reader, "job_history", scope, job_id, err);
    struct viewed_event *events;

    *out = NULL;
    *count = 0;
    if (rc)
        return rc;
    events = job_reader_array(reader, sizeof *events, err);
    if (!events)
        return (int)err->disposition;
    *out = events;
    for (int row = 0; row < PQntuples(reader->answer); row++)
        read_event(reader->answer, row, &events[(*count)++]);
    return DONE;
}
