// SPDX-License-Identifier: Apache-2.0
// The list of jobs.
#include "api/list_query.h"
#include "api/list_words.h"
#include "api/page_cursor.h"
#include "api/resources.h"
#include "live/hub.h"
#include "view/job_json.h"
#include "view/scope.h"

struct listed {
    struct list_query query;
    struct viewed_jobs jobs;
    struct job_total total;
    int64_t before; // the page, in the order asked for; -1: not known
};

// What was asked for as the query of a link, without the cursor where the link has one of its own.
// What comes before one parameter more.
static const char *append_query(struct buffer *address, struct visit *visit, bool with_cursor)
{
    const struct request *request = &visit->request;
    const char *between = "?";

    for (size_t i = 0; i < request->parameter_count; i++) {
        const struct named_text *parameter = &request->parameters[i];
        struct slice value;

        if (!with_cursor && slice_equal(parameter->name, SLICE_LITERAL("cursor")))
            continue;
        address->failed |= !list_words_canonical(parameter, &visit->arena, &value);
        buffer_append_text(address, between);
        request_encode(address, parameter->name);
        buffer_append_text(address, "=");
        request_encode(address, value);
        between = "&";
    }
    return between;
}

// A link to the same list that begins at another place.
static void add_page_link(json_t *links, const struct api *api, struct visit *visit,
                          const struct listed *listed, bool backwards)
{
    struct job_page page = listed->query.page;
    struct buffer address;

    page.backwards = backwards;
    page.after = listed->jobs.jobs[backwards ? 0 : listed->jobs.count - 1].cursor;
    buffer_init(&address);
    link_address(&address, api, visit, "/jobs", NULL);
    buffer_append_text(&address, append_query(&address, visit, false));
    buffer_append_text(&address, "cursor=");
    page_cursor_write(&address, &page);
    link_add_address(links, backwards ? "prev" : "next", &address);
    buffer_free(&address);
}

static void put_links(json_t *json, const struct api *api, struct visit *visit,
                      const struct listed *listed)
{
    const struct job_page *page = &listed->query.page;
    bool went_back = page->backwards;
    json_t *links = json_array();
    struct buffer self;

    buffer_init(&self);
    link_address(&self, api, visit, "/jobs", NULL);
    (void)append_query(&self, visit, true);
    link_add_address(links, "self", &self);
    buffer_free(&self);
    if (listed->jobs.count && (went_back || listed->jobs.more))
        add_page_link(links, api, visit, listed, false);
    if (listed->jobs.count && page->after.known && (!went_back || listed->jobs.more))
        add_page_link(links, api, visit, listed, true);
    put(json, "links", links);
}

static void answer(const struct api *api, struct visit *visit, const struct listed *listed)
{
    json_t *json, *jobs;

    json_build_begin();
    json = json_object();
    jobs = json_array();
    for (size_t i = 0; i < listed->jobs.count; i++)
        json_array_append_new(jobs, job_json(api, visit, &listed->jobs.jobs[i], false));
    put(json, "jobs", jobs);
    put_integer(json, listed->total.exact ? "numberMatched" : "numberMatchedMoreThan",
                listed->total.count);
    put_integer(json, "numberReturned", (int64_t)listed->jobs.count);
    if (listed->before >= 0)
        put_integer(json, "numberBefore", listed->before);
    if (listed->jobs.bounded)
        put_integer(json, "boundedToNewest", NEWEST_MAX);
    put_links(json, api, visit, listed);
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, "application/json");
}

// How many jobs stand before the first one of the page.
static int count_before(struct job_reader *reader, const struct job_scope *scope,
                        struct listed *listed, struct err *err)
{
    const struct job_page *page = &listed->query.page;

    if (page->after.known)
        return job_reader_count_before(reader, scope, &listed->query.filter, page, &listed->before,
                                       err);
    listed->before = page->backwards ? -1 : 0;
    return DONE;
}

// Of a page that was walked to backwards its own jobs stand before the cursor. Some may have left
// since that was counted.
static void leave_out_own(struct listed *listed)
{
    if (!listed->query.page.backwards || listed->before < 0)
        return;
    listed->before -= (int64_t)listed->jobs.count;
    if (listed->before < 0 || (listed->before > 0) != listed->jobs.more)
        listed->before = -1;
}

// To be called before the list is read: a stream from this position then misses nothing. The hub
// may read another replica, which is ahead of the one that gives the list.
static void name_position(const struct api *api, struct visit *visit)
{
    int64_t position = api->hub ? hub_position(api->hub) : -1;

    if (visit->replayed_us != TIME_NONE && visit->replayed_us < position)
        position = visit->replayed_us;
    if (position >= 0)
        response_header(&visit->response, "Jobtrail-Stream-From", "%lld", (long long)position);
}

int resource_jobs(const struct api *api, struct job_reader *reader, struct visit *visit,
                  struct err *err)
{
    struct listed listed = {.total = {.exact = true}};
    struct query_fault fault;
    struct job_scope scope;
    int rc = DONE;

    if (!list_query_read(&visit->request, &visit->arena, &listed.query, &fault)) {
        visit_bad_parameter(visit, fault.kind, fault.parameter, fault.allowed);
        return DONE;
    }
    name_position(api, visit);
    if (scope_for_reading(&visit->viewer, &scope)) {
        if (listed.query.mine)
            listed.query.filter.creator_id = visit->viewer.member;
        // The list is read last, since its jobs are borrowed until the reader's next call.
        rc = job_reader_count(reader, &scope, &listed.query.filter, &listed.total, err);
        if (!rc && !listed.total.none)
            rc = count_before(reader, &scope, &listed, err);
        if (!rc && !listed.total.none)
            rc = job_reader_list(reader, &scope, &listed.query.filter, &listed.query.page,
                                 &listed.jobs, err);
    }
    leave_out_own(&listed);
    if (!rc)
        answer(api, visit, &listed);
    return rc;
}
