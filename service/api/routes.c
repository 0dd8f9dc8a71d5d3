// SPDX-License-Identifier: Apache-2.0
#include "api/routes.h"

#include "api/resources.h"

const struct route routes[ROUTES] = {
    {"landing", "", resource_landing, NULL, NULL, false, false, PROBLEM_NOT_FOUND},
    {"conformance", "/conformance", resource_conformance, NULL, NULL, false, false,
     PROBLEM_NOT_FOUND},
    {"api", "/api", resource_api, NULL, NULL, false, false, PROBLEM_NOT_FOUND},
    {"processes", "/processes", resource_processes, NULL, NULL, true, true, PROBLEM_NOT_FOUND},
    {"process", "/processes/*", resource_process, NULL, NULL, true, false, PROBLEM_NO_SUCH_PROCESS},
    {"execution", "/processes/*/execution", NULL, resource_execution, NULL, false, false,
     PROBLEM_NO_SUCH_PROCESS},
    {"jobs", "/jobs", resource_jobs, NULL, NULL, true, true, PROBLEM_NOT_FOUND},
    {"job", "/jobs/*", resource_job, NULL, resource_cancel, true, false, PROBLEM_NO_SUCH_JOB},
    {"results", "/jobs/*/results", resource_results, NULL, NULL, true, false, PROBLEM_NO_SUCH_JOB},
    {"history", "/jobs/*/history", resource_history, NULL, NULL, true, false, PROBLEM_NO_SUCH_JOB},
    {"cancel_requests", "/jobs/*/cancel-requests", resource_cancel_requests, resource_cancel, NULL,
     true, true, PROBLEM_NO_SUCH_JOB},
    {"job_counts", "/job-counts", resource_job_counts, NULL, NULL, true, true, PROBLEM_NOT_FOUND},
    {"job_timeline", "/job-timeline", resource_job_timeline, NULL, NULL, true, true,
     PROBLEM_NOT_FOUND},
    {"stream", "/stream", resource_stream, NULL, NULL, true, true, PROBLEM_NOT_FOUND},
    {"cancel_request", "/jobs/*/cancel-requests/*", resource_cancel_request, NULL, NULL, true,
     false, PROBLEM_NO_SUCH_REQUEST},
};

const char *route_name(size_t place)
{
    if (place < ROUTES)
        return routes[place].name;
    return place == ROUTE_PAGE ? "page" : "other";
}

static bool is_id(struct slice text)
{
    return text.size >= 1 && text.size <= ID_MAX_BYTES;
}

// Whether the segments behind the organisation match the pattern; ids: what matches its stars.
static bool fits(const char *pattern, const struct slice *segments, size_t count,
                 struct slice ids[ROUTE_IDS_MAX])
{
    size_t stars = 0;

    for (; *pattern; count--, segments++) {
        size_t size = strcspn(++pattern, "/");
        struct slice id = count ? request_id_of_segment(*segments) : SLICE_NULL;

        if (!count)
            return false;
        if (*pattern == '*' && is_id(id))
            ids[stars++] = id;
        else if (!slice_equal(*segments, (struct slice){pattern, size}) || *pattern == '*')
            return false;
        pattern += size;
    }
    return !count;
}

const struct route *route_find(struct visit *visit)
{
    const struct request *request = &visit->request;
    size_t count = request->segment_count;

    visit->route = ROUTE_OTHER;
    if (count < 2 || !slice_equal(request->segments[0], SLICE_LITERAL("organizations")))
        return NULL;
    visit->organization_id = request_id_of_segment(request->segments[1]);
    if (!is_id(visit->organization_id))
        return NULL;
    if (count == 3 && !request->segments[2].size)
        count = 2; // the landing page's address ends with a slash
    for (size_t i = 0; i < ROUTES; i++)
        if (fits(routes[i].pattern, request->segments + 2, count - 2, visit->ids)) {
            visit->route = i;
            return &routes[i];
        }
    return NULL;
}

visit_handler *route_handler(const struct route *route, enum method method)
{
    switch (method) {
    case METHOD_GET:
        return route->get;
    case METHOD_POST:
        return route->post;
    case METHOD_DELETE:
        return route->delete;
    default:
        return NULL;
    }
}

bool route_cancels(const struct route *route, enum method method)
{
    return route_handler(route, method) == resource_cancel;
}

bool route_needs_primary(const struct route *route, enum method method)
{
    return route_cancels(route, method) || route->get == resource_cancel_requests ||
           route->get == resource_cancel_request;
}

const char *route_allows(const struct route *route)
{
    if (route->get && route->post)
        return "GET, HEAD, POST, OPTIONS";
    if (route->get && route->delete)
        return "GET, HEAD, DELETE, OPTIONS";
    return route->get ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
}
