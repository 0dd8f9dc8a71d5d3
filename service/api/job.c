// SPDX-License-Identifier: Apache-2.0
// One job, and the way to its results.
#include "api/resources.h"
#include "view/job_json.h"
#include "view/scope.h"

// DONE with *job NULL: there is no such job in the viewer's scope, and the answer says so.
static int find(struct job_reader *reader, struct visit *visit, const struct viewed_job **job,
                struct err *err)
{
    struct job_scope scope;
    int rc = DONE;

    *job = NULL;
    if (scope_for_reading(&visit->viewer, &scope))
        rc = job_reader_show(reader, &scope, visit->ids[0], job, err);
    if (!rc && !*job)
        visit_problem(visit, PROBLEM_NO_SUCH_JOB, NULL);
    return rc;
}

int resource_job(const struct api *api, struct job_reader *reader, struct visit *visit,
                 struct err *err)
{
    const struct viewed_job *job;
    int rc = find(reader, visit, &job, err);

    if (rc || !job)
        return rc;
    json_build_begin();
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(job_json(api, visit, job, true), &visit->response, "application/json");
    return DONE;
}

// Encodes the bytes that a header cannot have; the rest of the address stays as the service wrote
// it.
static void redirect(struct visit *visit, struct slice uri)
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
        visit->response.failed = true;
    else
        response_header(&visit->response, "Location", "%s", location.data);
    buffer_free(&location);
    visit->response.status = 303;
}

int resource_results(const struct api *api, struct job_reader *reader, struct visit *visit,
                     struct err *err)
{
    const struct viewed_job *job;
    int rc = find(reader, visit, &job, err);

    (void)api;
    if (rc || !job)
        return rc;
    switch (job->columns.status) {
    case STATUS_SUCCESSFUL:
        if (slice_is_null(job->columns.result_uri))
            visit_problem(visit, PROBLEM_NO_RESULT, NULL);
        else
            redirect(visit, job->columns.result_uri);
        break;
    case STATUS_FAILED:
        problem_respond(&visit->response, PROBLEM_JOB_FAILED,
                        &(struct problem_details){.detail = job->columns.error_detail},
                        visit->request.path);
        break;
    case STATUS_DISMISSED:
        visit_problem(visit, PROBLEM_JOB_DISMISSED, NULL);
        break;
    default:
        visit_problem(visit, PROBLEM_RESULT_NOT_READY, NULL);
    }
    return DONE;
}
