// SPDX-License-Identifier: Apache-2.0
// What came of the requests to cancel a job. Who may see the job sees all of them; anybody else
// sees their own.
#include "api/cancellation_cursor.h"
#include "api/list_query.h"
#include "api/resources.h"
#include "view/cancellation_json.h"
#include "view/scope.h"

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

static bool read_asked(struct visit *visit, struct cancellations_asked *out)
{
    static const char allowed[] = "limit, a whole number from 1, and cursor, as a link of another "
                                  "page has it, each once";
    bool has_limit = false;

    *out = (struct cancellations_asked){.job_id = visit->ids[0],
                                        .first = visit->viewer.member,
                                        .limit = CANCEL_REQUESTS_LISTED_MAX};
    for (size_t i = 0; i < visit->request.parameter_count; i++) {
        const struct named_text *given = &visit->request.parameters[i];
        enum parameter_fault fault = PARAMETER_VALUE;
        bool is_good = false;

        if (slice_equal(given->name, SLICE_LITERAL("limit"))) {
            if (has_limit)
                fault = PARAMETER_TWICE;
            else
                is_good = list_limit_read(given->value, &out->limit);
            has_limit = true;
        } else if (slice_equal(given->name, SLICE_LITERAL("cursor"))) {
            if (out->after.known)
                fault = PARAMETER_TWICE;
            else
                is_good = cancellation_cursor_read(given->value, &out->after);
        } else {
            fault = PARAMETER_UNKNOWN;
        }
        if (!is_good) {
            visit_bad_parameter(visit, fault, given->name, allowed);
            return false;
        }
    }
    if (out->limit > CANCEL_REQUESTS_LISTED_MAX)
        out->limit = CANCEL_REQUESTS_LISTED_MAX;
    return true;
}

// A link to what comes behind the last one that is shown.
static void add_next(json_t *links, const struct api *api, const struct visit *visit, size_t limit,
                     const struct viewed_cancellation *last)
{
    const struct cancellation_cursor cursor = {.is_first = last->is_first,
                                               .received_at_us = last->received_at_us,
                                               .request_id = last->request_id};
    struct buffer address;

    buffer_init(&address);
    link_address(&address, api, visit, "/jobs/*/cancel-requests", visit->ids);
    buffer_append_format(&address, "?limit=%zu&cursor=", limit);
    cancellation_cursor_write(&address, &cursor);
    link_add_address(links, "next", &address);
    buffer_free(&address);
}

// Of one more than limit, which says that there are more.
static void answer_list(const struct api *api, struct visit *visit,
                        const struct viewed_cancellation *cancellations, size_t count, size_t limit,
                        bool sees_job)
{
    json_t *json, *list, *links;

    json_build_begin();
    json = json_object();
    list = json_array();
    links = json_array();
    for (size_t i = 0; i < count && i < limit; i++)
        json_array_append_new(list, cancellation_json(api, visit, &cancellations[i], sees_job));
    put(json, "cancelRequests", list);
    link_add(links, api, visit,
             &(struct link){
                 "self", "application/json", NULL, "/jobs/*/cancel-requests", {visit->ids[0]}});
    if (count > limit)
        add_next(links, api, visit, limit, &cancellations[limit - 1]);
    put(json, "links", links);
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, "application/json");
}

int resource_cancel_requests(const struct api *api, struct job_reader *reader, struct visit *visit,
                             struct err *err)
{
    const struct viewed_cancellation *cancellations = NULL;
    struct cancellations_asked asked;
    struct job_scope scope;
    size_t count = 0, limit;
    bool sees_job;
    int rc;

    if (!read_asked(visit, &asked))
        return DONE;
    rc = look_at_job(reader, visit, &sees_job, err);
    if (rc)
        return rc;
    scope_for_cancelling(&visit->viewer, &scope);
    limit = asked.limit++;
    rc = job_reader_cancellations(reader, &scope, &asked, &cancellations, &count, err);
    if (rc)
        return rc;
    if (count || sees_job)
        answer_list(api, visit, cancellations, count, limit, sees_job);
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
    const struct cancellations_asked asked = {
        .job_id = visit->ids[0], .first = viewer->member, .request_id = request_id, .limit = 1};
    struct job_scope scope;
    size_t count = 0;
    int rc = job_reader_cancellation(reader, viewer->organization_id, viewer->member, request_id,
                                     out, err);

    if (rc)
        return rc;
    if (*out && slice_equal((*out)->job_id, visit->ids[0]))
        return DONE;
    scope_for_cancelling(viewer, &scope);
    rc = job_reader_cancellations(reader, &scope, &asked, out, &count, err);
    if (!count)
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
