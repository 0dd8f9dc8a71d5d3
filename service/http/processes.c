// SPDX-License-Identifier: Apache-2.0
// The types of the jobs in the viewer's scope, as OGC's processes. They cannot be executed here.
#include "http/links.h"
#include "http/list_query.h"
#include "http/resources.h"
#include "http/scope.h"

static const char media_json[] = "application/json";

static int read_types(struct job_reader *reader, const struct visit *visit,
                      const struct slice **types, size_t *count, struct err *err)
{
    struct job_scope scope;

    *count = 0;
    if (!scope_for_reading(&visit->viewer, &scope))
        return DONE;
    return job_reader_types(reader, &scope, types, count, err);
}

static json_t *process_json(const struct api *api, const struct visit *visit, struct slice type)
{
    json_t *json = json_object(), *links = json_array();

    put_text(json, "id", type);
    put_text(json, "title", type);
    put_text(json, "version", SLICE_LITERAL("1"));
    put(json, "jobControlOptions", json_array());
    link_add(links, api, visit, &(struct link){"self", media_json, NULL, "/processes/*", {type}});
    link_add(links, api, visit,
             &(struct link){"http://www.opengis.net/def/rel/ogc/1.0/job-list",
                            media_json,
                            NULL,
                            "/jobs?processID=*",
                            {type}});
    put(json, "links", links);
    return json;
}

static void answer(struct visit *visit, json_t *json)
{
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, media_json);
}

static bool read_limit(struct visit *visit, size_t *limit)
{
    static const struct slice name = SLICE_LITERAL("limit");
    struct list_query query;
    struct query_fault fault;

    for (size_t i = 0; i < visit->request.parameter_count; i++)
        if (!slice_equal(visit->request.parameters[i].name, name)) {
            visit_bad_parameter(visit, visit->request.parameters[i].name, "limit, once");
            return false;
        }
    if (!list_query_read(&visit->request, &visit->arena, &query, &fault)) {
        visit_bad_parameter(visit, fault.parameter, fault.allowed);
        return false;
    }
    *limit = visit->request.parameter_count ? query.page.limit : LIMIT_MAX;
    return true;
}

int resource_processes(const struct api *api, struct job_reader *reader, struct visit *visit,
                       struct err *err)
{
    const struct slice *types = NULL;
    size_t count = 0, limit = 0;
    json_t *json, *list, *links;
    int rc;

    if (!read_limit(visit, &limit))
        return DONE;
    rc = read_types(reader, visit, &types, &count, err);
    if (rc)
        return rc;
    json_build_begin();
    json = json_object();
    list = json_array();
    links = json_array();
    for (size_t i = 0; i < count && i < limit; i++)
        json_array_append_new(list, process_json(api, visit, types[i]));
    put(json, "processes", list);
    link_add(links, api, visit, &(struct link){"self", media_json, NULL, "/processes", {{0}}});
    put(json, "links", links);
    answer(visit, json);
    return DONE;
}

int resource_process(const struct api *api, struct job_reader *reader, struct visit *visit,
                     struct err *err)
{
    const struct slice *types = NULL;
    size_t count = 0;
    int rc = read_types(reader, visit, &types, &count, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++)
        if (slice_equal(types[i], visit->ids[0])) {
            json_build_begin();
            answer(visit, process_json(api, visit, types[i]));
            return DONE;
        }
    visit_problem(visit, PROBLEM_NO_SUCH_PROCESS, NULL);
    return DONE;
}

int resource_execution(const struct api *api, struct job_reader *reader, struct visit *visit,
                       struct err *err)
{
    (void)api, (void)reader, (void)err;
    response_header(&visit->response, "Allow", "OPTIONS");
    visit_problem(visit, PROBLEM_NOT_EXECUTABLE,
                  "The services that run jobs start them; this API tells of them.");
    return DONE;
}
