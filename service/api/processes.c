// SPDX-License-Identifier: Apache-2.0
// The types of the jobs in the viewer's scope, as OGC's processes. They cannot be executed here.
#include "api/list_query.h"
#include "api/query_values.h"
#include "api/resources.h"
#include "view/links.h"
#include "view/scope.h"

static const char media_json[] = "application/json";

static int read_types(struct job_reader *reader, const struct visit *visit, struct slice from,
                      size_t limit, const struct slice **types, size_t *count, struct err *err)
{
    struct job_scope scope;

    *count = 0;
    if (!scope_for_reading(&visit->viewer, &scope))
        return DONE;
    return job_reader_types(reader, &scope, from, limit, types, count, err);
}

static json_t *process_json(const struct api *api, struct visit *visit, struct slice type)
{
    json_t *json = json_object(), *links = json_array();
    struct slice written = SLICE_NULL;

    if (!query_value_write_type(type, &visit->arena, &written))
        json_build_fail();

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
                            {written}});
    put(json, "links", links);
    return json;
}

static void answer(struct visit *visit, json_t *json)
{
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, media_json);
}

struct asked {
    struct slice from;
    size_t limit;
};

static bool read_once(bool *seen, enum parameter_fault *fault)
{
    if (*seen)
        *fault = PARAMETER_TWICE;
    *seen = true;
    return *fault != PARAMETER_TWICE;
}

static bool read_asked(struct visit *visit, struct asked *out)
{
    static const char allowed[] = "limit, a whole number from 1, and from, a type of 1 to 128 "
                                  "bytes, each once, and f";
    bool has_limit = false, has_from = false;

    *out = (struct asked){.limit = LIMIT_MAX};
    for (size_t i = 0; i < visit->request.parameter_count; i++) {
        const struct named_text *given = &visit->request.parameters[i];
        enum parameter_fault fault = PARAMETER_VALUE;
        bool is_good = false;

        if (slice_equal(given->name, SLICE_LITERAL("limit"))) {
            is_good = read_once(&has_limit, &fault) && list_limit_read(given->value, &out->limit);
        } else if (slice_equal(given->name, SLICE_LITERAL("from"))) {
            is_good = read_once(&has_from, &fault) && given->value.size &&
                      given->value.size <= TYPE_MAX_BYTES;
            out->from = given->value;
        } else {
            fault = PARAMETER_UNKNOWN;
        }
        if (!is_good) {
            visit_bad_parameter(visit, fault, given->name, allowed);
            return false;
        }
    }
    return true;
}

// A link to the same list that begins with another type.
static void add_next(json_t *links, const struct api *api, const struct visit *visit, size_t limit,
                     struct slice from)
{
    struct buffer address;

    buffer_init(&address);
    link_address(&address, api, visit, "/processes?from=*", &from);
    buffer_append_format(&address, "&limit=%zu", limit);
    link_add_address(links, "next", &address);
    buffer_free(&address);
}

int resource_processes(const struct api *api, struct job_reader *reader, struct visit *visit,
                       struct err *err)
{
    const struct slice *types = NULL;
    json_t *json, *list, *links;
    struct asked asked;
    size_t count = 0;
    int rc;

    if (!read_asked(visit, &asked))
        return DONE;
    rc = read_types(reader, visit, asked.from, asked.limit + 1, &types, &count, err);
    if (rc)
        return rc;
    json_build_begin();
    json = json_object();
    list = json_array();
    links = json_array();
    for (size_t i = 0; i < count && i < asked.limit; i++)
        json_array_append_new(list, process_json(api, visit, types[i]));
    put(json, "processes", list);
    link_add(links, api, visit, &(struct link){"self", media_json, NULL, "/processes", {{0}}});
    if (count > asked.limit)
        add_next(links, api, visit, asked.limit, types[asked.limit]);
    put(json, "links", links);
    answer(visit, json);
    return DONE;
}

int resource_process(const struct api *api, struct job_reader *reader, struct visit *visit,
                     struct err *err)
{
    const struct slice *types = NULL;
    size_t count = 0;
    int rc = read_types(reader, visit, visit->ids[0], 1, &types, &count, err);

    if (rc)
        return rc;
    if (!count || !slice_equal(types[0], visit->ids[0])) {
        visit_problem(visit, PROBLEM_NO_SUCH_PROCESS, NULL);
        return DONE;
    }
    json_build_begin();
    answer(visit, process_json(api, visit, types[0]));
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
