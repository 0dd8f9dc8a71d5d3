// SPDX-License-Identifier: Apache-2.0
// What the live stream asks: jobs by their ids, and a search's text as it is compared.
#include "store/connection/arrays.h"
#include "store/connection/values.h"
#include "store/reader/job_reader_private.h"
#include "store/reader/job_row_query.h"

int job_reader_find(struct job_reader *reader, struct slice organization_id,
                    const struct slice *job_ids, size_t id_count, const struct found_job **out,
                    size_t *count, struct err *err)
{
    struct parameters *parameters = job_reader_question(reader, organization_id, "jobs_find", err);
    struct found_job *jobs;
    struct buffer *ids;
    int rc;

    *out = NULL;
    *count = 0;
    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, organization_id);
    ids = parameters_next(parameters);
    array_begin(ids, ARRAY_TEXT, id_count);
    for (size_t i = 0; i < id_count; i++)
        array_bytes(ids, job_ids[i]);
    rc = job_reader_ask(reader, err);
    if (rc)
        return rc;
    jobs = job_reader_array(reader, sizeof *jobs, err);
    if (!jobs)
        return (int)err->disposition;
    *out = jobs;
    for (int row = 0; row < PQntuples(reader->answer); row++, jobs++) {
        job_row_query_read(reader->answer, row, SORT_CREATED, 0, &jobs->job);
        job_row_query_read_lower(reader->answer, row, jobs);
        ++*count;
    }
    return DONE;
}

int job_reader_lower(struct job_reader *reader, struct slice text, struct slice *out,
                     struct err *err)
{
    struct parameters *parameters = job_reader_question(reader, SLICE_NULL, "text_lower", err);
    int rc;

    if (!parameters)
        return (int)err->disposition;
    parameters_add_bytes(parameters, text);
    rc = job_reader_ask(reader, err);
    if (!rc)
        *out = value_bytes(reader->answer, 0, 0);
    return rc;
}
