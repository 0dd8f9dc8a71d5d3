// SPDX-License-Identifier: Apache-2.0
// Why a job is in its state: the events that decided it, and those that were superseded.
#include "api/resources.h"
#include "view/links.h"
#include "view/scope.h"

static json_t *event_json(const struct viewed_event *event)
{
    json_t *json = json_object();

    put_text(json, "set", event->set);
    put_text(json, "kind", event->kind);
    put_integer(json, "rank", event->rank);
    put_integer(json, "attempt", event->attempt);
    put_uuid(json, "eventID", &event->event_id);
    put_time(json, "occurred", event->occurred_at_us);
    put_text(json, "message", event->message);
    put_text(json, "processID", event->type);
    put_text(json, "creatorID", event->creator_id);
    if (event->has_cancellable)
        put_boolean(json, "cancellable", event->cancellable);
    put_text(json, "errorCode", event->error_code);
    put_uuid(json, "commandID", &event->command_id);
    return json;
}

static void answer(const struct api *api, struct visit *visit, const struct viewed_event *events,
                   size_t count)
{
    json_t *json, *list, *links;

    json_build_begin();
    json = json_object();
    list = json_array();
    links = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, event_json(&events[i]));
    put(json, "events", list);
    link_add(links, api, visit,
             &(struct link){"self", "application/json", NULL, "/jobs/*/history", {visit->ids[0]}});
    link_add(links, api, visit,
             &(struct link){"up", "application/json", NULL, "/jobs/*", {visit->ids[0]}});
    put(json, "links", links);
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, "application/json");
}

int resource_history(const struct api *api, struct job_reader *reader, struct visit *visit,
                     struct err *err)
{
    const struct viewed_event *events = NULL;
    const struct viewed_job *job = NULL;
    struct job_scope scope;
    size_t count = 0;
    int rc = DONE;

    if (scope_for_reading(&visit->viewer, &scope))
        rc = job_reader_show(reader, &scope, visit->ids[0], &job, err);
    if (rc)
        return rc;
    if (!job) {
        visit_problem(visit, PROBLEM_NO_SUCH_JOB, NULL);
        return DONE;
    }
    rc = job_reader_history(reader, &scope, visit->ids[0], &events, &count, err);
    if (!rc)
        answer(api, visit, events, count);
    return rc;
}
