// SPDX-License-Identifier: Apache-2.0
// One job, and the way to its results.
#include "http/job_json.h"
#include "http/resources.h"
#include "http/scope.h"

// 0 with the job; or 0 and NULL, and the answer is that there is none.
static int find(struct job_reader *reader, struct exchange *exchange, const struct viewed_job **job,
                struct err *err)
{
    struct job_scope scope;
    int rc = DONE;

    *job = NULL;
    if (scope_for_reading(&exchange->viewer, &scope))
        rc = job_reader_show(reader, &scope, exchange->ids[0], job, err);
    if (!rc && !*job)
        exchange_problem(exchange, PROBLEM_NO_SUCH_JOB, NULL);
    return rc;
}

int resource_job(const struct api *api, struct job_reader *reader, struct exchange *exchange,
                 struct err *err)
{
    const struct viewed_job *job;
    int rc = find(reader, exchange, &job, err);

    if (rc || !job)
        return rc;
    json_build_begin();
    exchange->response.status = 200;
    exchange->response.may_revalidate = true;
    json_build_end(job_json(api, exchange, job, true), &exchange->response, "application/json");
    return DONE;
}

// What has no place in a header is encoded; the rest of the address stays as it was stated.
static void redirect(struct exchange *exchange, struct slice uri)
{
    struct buffer location;

    buffer_init(&location);
    for (size_t i = 0; i < uri.size; i++) {
        unsigned char byte = (unsigned char)uri.data[i];

        if (byte > ' ' && byte < 0x7f)
            buffer_append(&location, &byte, 1);
        else
            buffer_append_format(&location, "%%%02X", byte);
    }
    buffer_append(&location, "", 1);
    if (location.failed)
        exchange->response.failed = true;
    else
        response_header(&exchange->response, "Location", "%s", location.data);
    buffer_free(&location);
    exchange->response.status = 303;
}

int resource_results(const struct api *api, struct job_reader *reader, struct exchange *exchange,
                     struct err *err)
{
    const struct viewed_job *job;
    int rc = find(reader, exchange, &job, err);

    (void)api;
    if (rc || !job)
        return rc;
    switch (job->columns.status) {
    case STATUS_SUCCESSFUL:
        if (slice_is_null(job->columns.result_uri))
            exchange_problem(exchange, PROBLEM_NO_RESULT, NULL);
        else
            redirect(exchange, job->columns.result_uri);
        break;
    case STATUS_FAILED:
        problem_respond(&exchange->response, PROBLEM_JOB_FAILED,
                        &(struct problem_details){.detail = job->columns.error_detail},
                        exchange->request.path);
        break;
    case STATUS_DISMISSED:
        exchange_problem(exchange, PROBLEM_JOB_DISMISSED, NULL);
        break;
    default:
        exchange_problem(exchange, PROBLEM_RESULT_NOT_READY, NULL);
    }
    return DONE;
}
