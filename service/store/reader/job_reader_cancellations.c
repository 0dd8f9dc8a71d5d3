// SPDX-License-Identifier: Apache-2.0
// What became of cancel requests.
#include "store/connection/values.h"
#include "store/reader/job_reader_private.h"

enum column {
    ID,
    REQUEST_ID,
    COMMAND_ID,
    JOB_ID,
    REQUESTER_ID,
    OUTCOME,
    DECISION,
    REASON_CODE,
    REASON,
    CHANNEL,
    ATTEMPT,
    RECEIVED_AT,
    DECIDED_AT,
    ISSUED_AT,
    PUBLISHED_AT,
    ANSWER_BY,
    WAITS_UNTIL,
    IS_FIRST,
};

static void read_cancellation(const PGresult *answer, int row, struct viewed_cancellation *out)
{
    *out = (struct viewed_cancellation){
        .ledger_id = value_int8(answer, row, ID),
        .request_id = value_uuid(answer, row, REQUEST_ID),
        .command_id = value_uuid(answer, row, COMMAND_ID),
        .job_id = value_bytes(answer, row, JOB_ID),
        .requester_id = value_bytes(answer, row, REQUESTER_ID),
        .outcome = value_bytes(answer, row, OUTCOME),
        .decision = value_bytes(answer, row, DECISION),
        .reason_code = value_bytes(answer, row, REASON_CODE),
        .reason = value_bytes(answer, row, REASON),
        .channel = value_bytes(answer, row, CHANNEL),
        .attempt = value_int4(answer, row, ATTEMPT),
        .received_at_us = value_time(answer, row, RECEIVED_AT),
        .decided_at_us = value_time(answer, row, DECIDED_AT),
        .issued_at_us = value_time(answer, row, ISSUED_AT),
        .published_at_us = value_time(answer, row, PUBLISHED_AT),
        .answer_by_us = value_time(answer, row, ANSWER_BY),
        .waits_until_us = value_time(answer, row, WAITS_UNTIL),
        .is_first = value_bool(answer, row, IS_FIRST),
    };
}

static int take(struct job_reader *reader, const struct viewed_cancellation **out, size_t *count,
                struct err *err)
{
    struct viewed_cancellation *found = job_reader_array(reader, sizeof *found, err);

    if (!found)
        return (int)err->disposition;
    *out = found;
    for (int row = 0; row < PQntuples(reader->answer); row++)
        read_cancellation(reader->answer, row, &found[(*count)++]);
    return DONE;
}

static void add_cursor(struct parameters *parameters, const struct cancellation_cursor *after)
{
    if (!after->known) {
        for (int i = 0; i < 3; i++)
            parameters_add_bytes(parameters, SLICE_NULL);
        return;
    }
    parameters_add_bytes(parameters, (struct slice){after->is_first ? "\1" : "\0", 1});
    parameters_add_int8(parameters, after->received_at_us);
    parameters_add_bytes(parameters,
                         (struct slice){(const char *)after->request_id.bytes, UUID_BYTES});
}

int job_reader_cancellations(struct job_reader *reader, const struct job_scope *scope,
                             const struct cancellations_asked *asked,
                             const struct viewed_cancellation **out, size_t *count, struct err *err)
{
    struct parameters *parameters =
        job_reader_question(reader, scope->organization_id, "job_cancellations", err);
    int rc;

    *out = NULL;
    *count = 0;
    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, scope->organization_id);
    parameters_add_bytes(parameters, scope->creator_id);
    parameters_add_bytes(parameters, asked->job_id);
    parameters_add_int8(parameters, asked->limit < INT32_MAX ? (int64_t)asked->limit : INT32_MAX);
    parameters_add_bytes(parameters, asked->first);
    add_cursor(parameters, &asked->after);
    parameters_add_bytes(parameters,
                         asked->request_id
                             ? (struct slice){(const char *)asked->request_id->bytes, UUID_BYTES}
                             : SLICE_NULL);
    rc = job_reader_ask(reader, err);
    return rc ? rc : take(reader, out, count, err);
}

int job_reader_cancellation(struct job_reader *reader, struct slice organization_id,
                            struct slice requester_id, const struct uuid *request_id,
                            const struct viewed_cancellation **out, struct err *err)
{
    struct parameters *parameters =
        job_reader_question(reader, organization_id, "job_cancellation", err);
    size_t count = 0;
    int rc;

    *out = NULL;
    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, organization_id);
    parameters_add_bytes(parameters, requester_id);
    parameters_add_bytes(parameters, (struct slice){(const char *)request_id->bytes, UUID_BYTES});
    rc = job_reader_ask(reader, err);
    if (!rc)
        rc = take(reader, out, &count, err);
    if (!count)
        *out = NULL;
    return rc;
}
