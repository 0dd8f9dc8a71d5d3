// SPDX-License-Identifier: Apache-2.0
#include "view/job_json.h"

static const char media_json[] = "application/json";

static void put_exception(json_t *json, const struct job_columns *columns, bool is_whole)
{
    json_t *exception;

    if (columns->status != STATUS_FAILED)
        return;
    exception = json_object();
    put_text(exception, "type", slice_of(problem_type(PROBLEM_JOB_FAILED)));
    put_text(exception, "title",
             slice_is_null(columns->error_code) ? SLICE_LITERAL("The job failed")
                                                : columns->error_code);
    put_text(exception, "code", columns->error_code);
    if (is_whole)
        put_text(exception, "detail", columns->error_detail);
    put(json, "exception", exception);
}

static void put_command(json_t *json, enum command_standing command)
{
    if (command == COMMAND_OVERTAKEN)
        put_boolean(json, "overtaken", true);
    else if (command != COMMAND_NONE)
        put_text(json, "cancelling",
                 command == COMMAND_OPEN ? SLICE_LITERAL("open") : SLICE_LITERAL("unanswered"));
}

static void put_ours(json_t *json, const struct api *api, const struct visit *visit,
                     const struct viewed_job *job)
{
    const struct job_columns *columns = &job->columns;

    put_integer(json, "attempt", columns->attempt);
    put_text(json, "creatorID", columns->creator_id);
    put_boolean(json, "createdByMe", slice_equal(columns->creator_id, visit->viewer.member));
    put_boolean(json, "creatorDisputed", columns->creator_disputed);
    put_boolean(json, "cancellable", columns->cancellable);
    put_command(json, job->command);
    put_time(json, "silentFrom", silence_from_us(&api->silence, columns));
    if (silence_is(&api->silence, columns, visit->now_us))
        put_boolean(json, "silent", true);
}

static void put_links(json_t *json, const struct api *api, const struct visit *visit,
                      const struct viewed_job *job, bool is_whole)
{
    struct slice id = job->columns.key.job_id;
    json_t *links = json_array();

    link_add(links, api, visit, &(struct link){"self", media_json, NULL, "/jobs/*", {id}});
    if (is_whole) {
        link_add(links, api, visit, &(struct link){"up", media_json, NULL, "/jobs", {id}});
        link_add(links, api, visit,
                 &(struct link){"version-history", media_json, NULL, "/jobs/*/history", {id}});
        link_add(links, api, visit,
                 &(struct link){
                     "related", media_json, "Cancel requests", "/jobs/*/cancel-requests", {id}});
    }
    if (job->columns.status == STATUS_SUCCESSFUL && !slice_is_null(job->columns.result_uri))
        link_add(links, api, visit,
                 &(struct link){"http://www.opengis.net/def/rel/ogc/1.0/results",
                                NULL,
                                NULL,
                                "/jobs/*/results",
                                {id}});
    put(json, "links", links);
}

json_t *job_json(const struct api *api, const struct visit *visit, const struct viewed_job *job,
                 bool is_whole)
{
    const struct job_columns *columns = &job->columns;
    json_t *json = json_object();

    put_text(json, "processID", columns->type);
    put_text(json, "type", SLICE_LITERAL("process"));
    put_text(json, "jobID", columns->key.job_id);
    put_text(json, "status", slice_of(job_status_name(columns->status)));
    put_text(json, "message", columns->message);
    if (columns->progress != PROGRESS_NONE)
        put_integer(json, "progress", columns->progress);
    put_time(json, "created", columns->created_at_us);
    put_time(json, "started", columns->started_at_us);
    put_time(json, "finished", columns->finished_at_us);
    put_time(json, "updated", columns->updated_at_us);
    if (columns->status == STATUS_SUCCESSFUL)
        put_text(json, "resultURI", columns->result_uri);
    put_exception(json, columns, is_whole);
    put_ours(json, api, visit, job);
    put_links(json, api, visit, job, is_whole);
    return json;
}
