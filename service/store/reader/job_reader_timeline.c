// SPDX-License-Identifier: Apache-2.0
// How many jobs were created when.
#include "store/connection/values.h"
#include "store/reader/job_list_query.h"
#include "store/reader/job_reader_private.h"

enum { JOBS, STEP, STATUS, UNCOUNTED_TO };

static size_t steps_of(const struct job_period *period)
{
    int64_t steps = (period->to_us - period->from_us) / (period->step_s * US_PER_SECOND) + 1;

    return steps < TIMELINE_STEPS_MAX ? (size_t)steps : TIMELINE_STEPS_MAX;
}

int job_reader_timeline(struct job_reader *reader, const struct job_scope *scope,
                        const struct job_filter *filter, const struct job_period *period,
                        struct job_timeline *out, struct err *err)
{
    struct parameters *parameters =
        job_reader_question(reader, scope->organization_id, "jobs_over_time", err);
    int rc;

    *out = (struct job_timeline){.step_count = steps_of(period), .uncounted_to_us = TIME_NONE};
    if (!parameters)
        return (int)err->disposition;
    job_list_query_timeline_fill(parameters, scope, filter, period);
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    out->uncounted_to_us = value_time(reader->answer, 0, UNCOUNTED_TO);
    for (int row = 0; row < PQntuples(reader->answer); row++) {
        size_t step;

        if (PQgetisnull(reader->answer, row, STEP))
            continue;
        step = (size_t)value_int4(reader->answer, row, STEP);
        if (step < out->step_count)
            out->in_status[step][value_int4(reader->answer, row, STATUS)] =
                value_int8(reader->answer, row, JOBS);
    }
    return DONE;
}
