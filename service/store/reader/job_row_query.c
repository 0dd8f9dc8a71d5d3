// SPDX-License-Identifier: Apache-2.0
#include "store/reader/job_row_query.h"

#include "store/connection/values.h"
#include "store/reader/job_cursor.h"

enum column {
    JOB_ID,
    ORGANIZATION_ID,
    STATUS,
    ATTEMPT,
    PROGRESS,
    TYPE,
    CREATOR_ID,
    MESSAGE,
    ERROR_CODE,
    ERROR_DETAIL,
    RESULT_URI,
    CREATOR_DISPUTED,
    CANCELLABLE,
    CREATED_AT,
    STARTED_AT,
    FINISHED_AT,
    UPDATED_AT,
    COMMAND_DUE, // whether the time to obey it is over; null: no command for this attempt
    BOUNDED,
    ID_LOWER, // these in jobs_find alone
    MESSAGE_LOWER,
    TYPE_LOWER,
    CREATOR_LOWER,
};

static enum command_standing standing(const PGresult *answer, int row)
{
    enum job_status status = (enum job_status)value_int4(answer, row, STATUS);

    if (PQgetisnull(answer, row, COMMAND_DUE) || status == STATUS_DISMISSED)
        return COMMAND_NONE;
    if (status >= STATUS_SUCCESSFUL)
        return COMMAND_OVERTAKEN;
    return value_bool(answer, row, COMMAND_DUE) ? COMMAND_UNANSWERED : COMMAND_OPEN;
}

void job_row_query_read(const PGresult *answer, int row, enum job_sort sort, int64_t as_of_us,
                        struct viewed_job *out)
{
    *out = (struct viewed_job){
        .columns =
            {
                .key = {value_bytes(answer, row, ORGANIZATION_ID),
                        value_bytes(answer, row, JOB_ID)},
                .status = (enum job_status)value_int4(answer, row, STATUS),
                .attempt = value_int4(answer, row, ATTEMPT),
                .progress = PQgetisnull(answer, row, PROGRESS) ? PROGRESS_NONE
                                                               : value_int4(answer, row, PROGRESS),
                .type = value_bytes(answer, row, TYPE),
                .creator_id = value_bytes(answer, row, CREATOR_ID),
                .message = value_bytes(answer, row, MESSAGE),
                .error_code = value_bytes(answer, row, ERROR_CODE),
                .error_detail = value_bytes(answer, row, ERROR_DETAIL),
                .result_uri = value_bytes(answer, row, RESULT_URI),
                .creator_disputed = value_bool(answer, row, CREATOR_DISPUTED),
                .cancellable = value_bool(answer, row, CANCELLABLE),
                .created_at_us = value_time(answer, row, CREATED_AT),
                .started_at_us = value_time(answer, row, STARTED_AT),
                .finished_at_us = value_time(answer, row, FINISHED_AT),
                .updated_at_us = value_time(answer, row, UPDATED_AT),
            },
        .command = standing(answer, row),
    };
    out->cursor = job_cursor_of(&out->columns, sort, as_of_us);
}

bool job_row_query_has_job(const PGresult *answer, int row)
{
    return !PQgetisnull(answer, row, JOB_ID);
}

bool job_row_query_bounded(const PGresult *answer)
{
    return PQntuples(answer) && value_bool(answer, 0, BOUNDED);
}

void job_row_query_read_lower(const PGresult *answer, int row, struct found_job *out)
{
    out->id_lower = value_bytes(answer, row, ID_LOWER);
    out->message_lower = value_bytes(answer, row, MESSAGE_LOWER);
    out->type_lower = value_bytes(answer, row, TYPE_LOWER);
    out->creator_lower = value_bytes(answer, row, CREATOR_LOWER);
}
