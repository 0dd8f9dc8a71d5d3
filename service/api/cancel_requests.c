// SPDX-License-Identifier: Apache-2.0
// What came of the requests to cancel a job. Who may see the job sees all of them; anybody else
// sees their own.
#include "api/resources.h"
#include "view/cancellation_json.h"
#include "view/scope.h"

enum { SEARCHED_MAX = 1000 };

static int look_at_job(struct job_reader *reader, const struct visit *visit, bool *sees_job,
                       struct err *err)
{
    const struct viewed_job *job = NULL;
    struct job_scope scope;
    int rc = DONE;

    if (scope_for_reading(&visit->viewer, &scope))
        rc = job_reader_show(reader, &scope, visit->ids[0], &job, err);
    *sees_job = job;
    return rc;
}

static void answer_list(const struct api *api, struct visit *visit,
                        const struct viewed_cancellation *cancellations, size_t count,
                        bool sees_job)
{
    json_t *json, *list, *links;

    json_build_begin();
    json = json_object();
    list = json_array();
    links = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, cancellation_json(api, visit, &cancellations[i], sees_job));
    put(json, "cancelRequests", list);
    link_add(links, api, visit,
             &(struct link){
                 "self", "application/json", NULL, "/jobs/*/cancel-requests", {visit->ids[0]}});
    put(json, "links", links);
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, "application/json");
}

int resource_cancel_requests(const struct api *api, struct job_reader *reader, struct visit *visit,
                             struct err *err)
{
    const struct viewed_cancellation *cancellations = NULL;
    struct job_scope scope;
    size_t count = 0;
    bool sees_job;
    int rc = look_at_job(reader, visit, &sees_job, err);

    if (rc)
        return rc;
    scope_for_cancelling(&visit->viewer, &scope);
    rc = job_reader_cancellations(reader, &scope, visit->ids[0], visit->viewer.member,
                                  CANCEL_REQUESTS_LISTED_MAX, &cancellations, &count, err);
    if (rc)
        return rc;
    if (count || sees_job)
        answer_list(api, visit, cancellations, count, sees_job);
    else
        visit_problem(visit, PROBLEM_NO_SUCH_JOB, NULL);
    return DONE;
}

// One request: the viewer's own is found by its id, another member's among the requests of a job
// that the viewer may see.
static int find(struct job_reader *reader, const struct visit *visit, const struct uuid *request_id,
                const struct viewed_cancellation **out, struct err *err)
{
    const struct viewer *viewer = &visit->viewer;
    struct job_scope scope;
    size_t count = 0;
    int rc = job_reader_cancellation(reader, viewer->organization_id, viewer->member, request_id,
                                     out, err);

    if (rc)
        return rc;
    if (*out && slice_equal((*out)->job_id, visit->ids[0]))
        return DONE;
    scope_for_cancelling(viewer, &scope);
    rc = job_reader_cancellations(reader, &scope, visit->ids[0], viewer->member, SEARCHED_MAX, out,
                                  &count, err);
    for (size_t i = 0; !rc && i < count; i++, ++*out)
        if (!uuid_compare(&(*out)->request_id, request_id))
            return DONE;
    *out = NULL;
    return rc;
}

int resource_cancel_request(const struct api *api, struct job_reader *reader, struct visit *visit,
                            struct err *err)
{
    const struct viewed_cancellation *cancellation = NULL;
    struct uuid request_id;
    bool sees_job = false;
    int rc = DONE;

    if (uuid_parse(visit->ids[1], &request_id)) {
        rc = look_at_job(reader, visit, &sees_job, err);
        if (!rc)
            rc = find(reader, visit, &request_id, &cancellation, err);
    }
    if (rc)
        return rc;
    if (!cancellation) {
        visit_problem(visit, PROBLEM_NO_SUCH_REQUEST, NULL);
        return DONE;
    }
    json_build_begin();
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(cancellation_json(api, visit, cancellation, sees_job), &visit->response,
                   "application/json");
    return DONE;
}
