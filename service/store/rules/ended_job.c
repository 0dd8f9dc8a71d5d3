// SPDX-License-Identifier: Apache-2.0
#include "store/rules/ended_job.h"

#include "store/connection/columns.h"
#include "store/connection/values.h"

enum { JOB_ID, ORGANIZATION_ID, TYPE, STATUS, FINISHED_AT, UPDATED_AT, REVISION };

struct ended_job ended_job_read(const PGresult *answer, int row)
{
    return (struct ended_job){
        .columns = {.key = {.job_id = value_bytes(answer, row, JOB_ID),
                            .organization_id = value_bytes(answer, row, ORGANIZATION_ID)},
                    .type = value_bytes(answer, row, TYPE),
                    .status = (enum job_status)value_int4(answer, row, STATUS),
                    .finished_at_us = value_time(answer, row, FINISHED_AT),
                    .updated_at_us = value_time(answer, row, UPDATED_AT)},
        .revision = value_int8(answer, row, REVISION),
    };
}

void ended_jobs_add(struct parameters *parameters, const struct ended_job *jobs, size_t count)
{
    const struct strided items = STRIDED(jobs, count);

    column_texts(parameters, items, offsetof(struct ended_job, columns.key.job_id));
    column_texts(parameters, items, offsetof(struct ended_job, columns.key.organization_id));
    column_int8s(parameters, items, offsetof(struct ended_job, revision));
}
