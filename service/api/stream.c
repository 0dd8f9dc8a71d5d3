// SPDX-License-Identifier: Apache-2.0
// Begins a live stream: reads what is asked for; the hub tells it.
#include "api/list_query.h"
#include "api/resources.h"
#include "live/subscriber.h"
#include "view/scope.h"

static const char resume_header[] = "Last-Event-ID";

// -1 where there is no such header.
static bool read_resume(const struct request *request, int64_t *out)
{
    struct slice text = request_header(request, resume_header);

    *out = -1;
    if (!request_header_count(request, resume_header))
        return true;
    if (!text.size)
        return false;
    *out = 0;
    for (size_t i = 0; i < text.size; i++) {
        int digit = text.data[i] - '0';

        if (digit < 0 || digit > 9 || *out > (INT64_MAX - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return true;
}

static void begin(const struct api *api, struct visit *visit, struct subscription *subscription)
{
    visit->subscriber = api->hub ? subscriber_new(subscription) : NULL;
    if (!visit->subscriber) {
        visit_problem(visit, PROBLEM_UNAVAILABLE, NULL);
        return;
    }
    visit->response.status = 200;
    visit->response.media_type = "text/event-stream";
    // So that proxies pass messages on at once.
    response_header(&visit->response, "X-Accel-Buffering", "no");
}

int resource_stream(const struct api *api, struct job_reader *reader, struct visit *visit,
                    struct err *err)
{
    struct subscription subscription = {.viewer = &visit->viewer};
    struct query_fault fault;
    struct list_query query;
    struct job_scope scope;

    (void)reader, (void)err;
    if (!list_query_read_filter(&visit->request, &visit->arena, &query, &fault)) {
        visit_bad_parameter(visit, fault.parameter, fault.allowed);
        return DONE;
    }
    if (!read_resume(&visit->request, &subscription.resume_from)) {
        visit_bad_parameter(visit, slice_of(resume_header),
                            "the id of a message of the stream, once");
        return DONE;
    }
    if (query.mine)
        query.filter.creator_id = visit->viewer.member;
    if (scope_for_reading(&visit->viewer, &scope))
        subscription.scope = &scope;
    subscription.filter = &query.filter;
    begin(api, visit, &subscription);
    return DONE;
}
