// SPDX-License-Identifier: Apache-2.0
// What came of the requests to cancel a job: for whoever sees the job all of them, for whoever
// asked their own.
#include "http/cancellation_json.h"
#include "http/resources.h"
#include "http/scope.h"

enum { LISTED_MAX = 100, SEARCHED_MAX = 1000 };

static int look_at_job(struct job_reader *reader, const struct exchange *exchange, bool *sees_job,
                       struct err *err)
{
    const struct viewed_job *job = NULL;
    struct job_scope scope;
    int rc = DONE;

    if (scope_for_reading(&exchange->viewer, &scope))
        rc = job_reader_show(reader, &scope, exchange->ids[0], &job, err);
    *sees_job = job;
    return rc;
}

static void answer_list(const struct api *api, struct exchange *exchange,
                        const struct viewed_cancellation *cancellations, size_t count,
                        bool sees_job)
{
    json_t *json, *list, *links;

    json_build_begin();
    json = json_object();
    list = json_array();
    links = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, cancellation_json(api, exchange, &cancellations[i], sees_job));
    put(json, "cancelRequests", list);
    link_add(links, api, exchange,
             &(struct link){
                 "self", "application/json", NULL, "/jobs/*/cancel-requests", {exchange->ids[0]}});
    put(json, "links", links);
    exchange->response.status = 200;
    exchange->response.may_revalidate = true;
    json_build_end(json, &exchange->response, "application/json");
}

int resource_cancel_requests(const struct api *api, struct job_reader *reader,
                             struct exchange *exchange, struct err *err)
{
    const struct viewed_cancellation *cancellations = NULL;
    struct job_scope scope;
    size_t count = 0;
    bool sees_job;
    int rc = look_at_job(reader, exchange, &sees_job, err);

    if (rc)
        return rc;
    scope_for_cancelling(&exchange->viewer, &scope);
    rc = job_reader_cancellations(reader, &scope, exchange->ids[0], LISTED_MAX, &cancellations,
                                  &count, err);
    if (rc)
        return rc;
    if (count || sees_job)
        answer_list(api, exchange, cancellations, count, sees_job);
    else
        exchange_problem(exchange, PROBLEM_NO_SUCH_JOB, NULL);
    return DONE;
}

// The viewer's own by its identity; another's among those of a job that they see.
static int find(struct job_reader *reader, const struct exchange *exchange,
                const struct uuid *request_id, const struct viewed_cancellation **out,
                struct err *err)
{
    const struct viewer *viewer = &exchange->viewer;
    struct job_scope scope;
    size_t count = 0;
    int rc = job_reader_cancellation(reader, viewer->organization_id, viewer->member, request_id,
                                     out, err);

    if (rc)
        return rc;
    if (*out && slice_equal((*out)->job_id, exchange->ids[0]))
        return DONE;
    scope_for_cancelling(viewer, &scope);
    rc = job_reader_cancellations(reader, &scope, exchange->ids[0], SEARCHED_MAX, out, &count, err);
    for (size_t i = 0; !rc && i < count; i++, ++*out)
        if (!uuid_compare(&(*out)->request_id, request_id))
            return DONE;
    *out = NULL;
    return rc;
}

int resource_cancel_request(const struct api *api, struct job_reader *reader,
                            struct exchange *exchange, struct err *err)
{
    const struct viewed_cancellation *cancellation = NULL;
    struct uuid request_id;
    bool sees_job = false;
    int rc = DONE;

    if (uuid_parse(exchange->ids[1], &request_id)) {
        rc = look_at_job(reader, exchange, &sees_job, err);
        if (!rc)
            rc = find(reader, exchange, &request_id, &cancellation, err);
    }
    if (rc)
        return rc;
    if (!cancellation) {
        exchange_problem(exchange, PROBLEM_NO_SUCH_REQUEST, NULL);
        return DONE;
    }
    json_build_begin();
    exchange->response.status = 200;
    exchange->response.may_revalidate = true;
    json_build_end(cancellation_json(api, exchange, cancellation, sees_job), &exchange->response,
                   "application/json");
    return DONE;
}
