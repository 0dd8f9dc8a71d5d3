// SPDX-License-Identifier: Apache-2.0
// Begins a live stream: reads what is asked for; the hub tells it.
#include "api/list_query.h"
#include "api/resources.h"
#include "live/subscriber.h"
#include "view/scope.h"

enum { RETRY_AFTER_S = 10 };

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

// A stream lasts: whoever has too many has to close one first.
static bool take_share(const struct api *api, struct visit *visit)
{
    static const char *const details[] = {
        [SHARE_OF_MEMBER] = "You have as many live streams as one may have; close one.",
        [SHARE_OF_ORGANIZATION] = "Your organisation has as many live streams as one may have.",
        [SHARE_OF_ALL] = "There are as many live streams as there may be.",
        [SHARE_NO_MEMORY] = NULL,
    };
    const struct viewer *viewer = &visit->viewer;
    enum share_answer answer = share_take(api->streams, viewer->organization_id, viewer->member, 1);

    if (answer == SHARE_TAKEN)
        return true;
    if (api->share_refused)
        api->share_refused(api->observer, SHARED_STREAMS, answer, viewer->organization_id);
    response_header(&visit->response, "Retry-After", "%d", RETRY_AFTER_S);
    visit_problem(visit,
                  answer == SHARE_OF_MEMBER || answer == SHARE_OF_ORGANIZATION
                      ? PROBLEM_TOO_MANY_REQUESTS
                      : PROBLEM_UNAVAILABLE,
                  details[answer]);
    return false;
}

static void begin(const struct api *api, struct visit *visit, struct subscription *subscription)
{
    const struct viewer *viewer = &visit->viewer;

    if (api->streams && !take_share(api, visit))
        return;
    subscription->share = api->streams;
    visit->subscriber = api->hub ? subscriber_new(subscription) : NULL;
    if (!visit->subscriber) {
        if (api->streams)
            share_give_back(api->streams, viewer->organization_id, viewer->member, 1);
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
        visit_bad_parameter(visit, fault.kind, fault.parameter, fault.allowed);
        return DONE;
    }
    if (!read_resume(&visit->request, &subscription.resume_from)) {
        visit_bad_parameter(visit, PARAMETER_VALUE, slice_of(resume_header),
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
