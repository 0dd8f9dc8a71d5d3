// SPDX-License-Identifier: Apache-2.0
#include "api/api.h"

#include "api/base_path.h"
#include "api/cors.h"
#include "api/format.h"
#include "api/freshness.h"
#include "api/list_query.h"
#include "api/page_answer.h"
#include "api/routes.h"
#include "base/utf8.h"
#include "http/failure_log.h"
#include "view/origin.h"

enum { RETRY_AFTER_S = 1 };

static void refuse_target(struct visit *visit, enum target_fault fault)
{
    if (!utf8_is_text(visit->request.path))
        visit->request.path = SLICE_NULL; // JSON holds nothing but text
    if (fault == TARGET_NO_MEMORY)
        visit->response.failed = true;
    else
        visit_problem(visit,
                      fault == TARGET_TOO_LONG            ? PROBLEM_TARGET_TOO_LONG
                      : fault == TARGET_TOO_MANY_SEGMENTS ? PROBLEM_NOT_FOUND
                                                          : PROBLEM_BAD_REQUEST,
                      target_fault_text(fault));
}

// The handler of the request. NULL: there is none, and the answer says why.
static visit_handler *choose_handler(const struct api *api, struct visit *visit,
                                     const struct route **route)
{
    visit_handler *handler;

    *route = route_find(visit);
    if (!*route) {
        visit_problem(visit, PROBLEM_NOT_FOUND, NULL);
        return NULL;
    }
    if (visit->request.method == METHOD_OPTIONS) {
        cors_preflight(api, visit, route_allows(*route));
        return NULL;
    }
    handler = route_handler(*route, visit->request.method);
    if (!handler) {
        response_header(&visit->response, "Allow", "%s", route_allows(*route));
        visit_problem(visit, PROBLEM_METHOD_NOT_ALLOWED, NULL);
    }
    return handler;
}

// Answers that it failed. The reason goes to the log and not to the client, since it may name
// servers and addresses.
static void answer_failure(const struct api *api, struct visit *visit, int rc,
                           const struct err *err)
{
    bool may_pass = rc == RETRY || rc == FENCED;

    failure_log_tell(api->failures, err, visit->monotonic_us);
    response_clear(&visit->response);
    if (may_pass)
        response_header(&visit->response, "Retry-After", "%d", RETRY_AFTER_S);
    visit_problem(visit, may_pass ? PROBLEM_UNAVAILABLE : PROBLEM_INTERNAL, NULL);
}

// Requests of a member of another organisation count as well: their viewer has the organisation "",
// so that they count together, whichever organisations they ask about.
// What is asked to be cancelled stays in the ledger, whatever comes of it, and has a rate of its
// own.
static bool is_within_rate(const struct api *api, struct visit *visit, bool cancels)
{
    const struct viewer *viewer = &visit->viewer;

    if (visit->wait_until_us || // it was counted when it began to wait
        (rate_take(api->rate, viewer->organization_id, viewer->member, visit->monotonic_us) &&
         (!cancels || rate_take(api->cancel_rate, viewer->organization_id, viewer->member,
                                visit->monotonic_us))))
        return true;
    response_header(&visit->response, "Retry-After", "%d", RETRY_AFTER_S);
    visit_problem(visit, PROBLEM_TOO_MANY_REQUESTS, NULL);
    return false;
}

// Whether the viewer is known and may ask. If not, the answer says why.
static bool identify(const struct api *api, struct visit *visit, bool cancels)
{
    struct response *response = &visit->response;
    struct err err = {0};

    visit->is_elsewhere = false;
    switch (viewer_identify(&api->viewers, &visit->request, visit->organization_id, visit->now_us,
                            &visit->arena, &visit->viewer, &err)) {
    case VIEWER_KNOWN:
        return is_within_rate(api, visit, cancels);
    case VIEWER_OTHER_ORGANIZATION:
        visit->is_elsewhere = true;
        return is_within_rate(api, visit, false);
    case VIEWER_NO_TOKEN:
        response_header(response, "WWW-Authenticate", "Bearer realm=\"jobtrail\"");
        visit_problem(visit, PROBLEM_NOT_AUTHENTICATED, "A bearer token is needed.");
        return false;
    case VIEWER_NOT_AUTHENTICATED:
        response_header(response, "WWW-Authenticate",
                        "Bearer realm=\"jobtrail\", error=\"invalid_token\", "
                        "error_description=\"%s\"",
                        err.reason);
        visit_problem(visit, PROBLEM_NOT_AUTHENTICATED, err.reason);
        return false;
    case VIEWER_UNDECIDED:
        answer_failure(api, visit, RETRY, &err);
        return false;
    }
    return false;
}

// What precedes an answer about jobs: the connection, waiting for a position, and how fresh the
// answer will be. A viewer from elsewhere does not wait, since nothing here is theirs.
static int talk_of_jobs(const struct api *api, struct reader_link *link, struct visit *visit,
                        bool elsewhere, enum wait_outcome *outcome, struct err *err)
{
    int rc = reader_link_connect(link, visit->monotonic_us, err);

    if (rc)
        return rc == FATAL ? RETRY : rc; // an operator mends it; the request may be repeated
    if (!elsewhere)
        rc = freshness_wait(api, link, visit, outcome, err);
    if (rc || *outcome == WAIT_LONGER)
        return rc;
    return freshness_tell(api, link, visit, err);
}

static int talk_once(const struct api *api, struct reader_link *link, struct visit *visit,
                     const struct route *route, visit_handler *handler, bool elsewhere,
                     enum wait_outcome *outcome, struct err *err)
{
    struct query_fault fault;
    int rc = DONE;

    if (route->is_about_jobs)
        rc = talk_of_jobs(api, link, visit, elsewhere, outcome, err);
    if (rc || *outcome != WAIT_OVER)
        return rc;
    if (elsewhere) {
        visit_problem(visit, route->missing, NULL);
        return DONE;
    }
    if (!format_check(api, visit, !*route->pattern))
        return DONE;
    if ((!route->has_parameters || visit->request.method != METHOD_GET) &&
        !query_is_empty(&visit->request, &fault)) {
        visit_bad_parameter(visit, fault.kind, fault.parameter, fault.allowed);
        return DONE;
    }
    return handler(api, link->reader, visit, err);
}

// Where a replica's replay was in the way, or the connection ended before it was answered, once
// more: a question that only reads decides nothing, and nobody needs to know.
static int talk(const struct api *api, struct reader_link *link, struct visit *visit,
                const struct route *route, visit_handler *handler, bool elsewhere,
                enum wait_outcome *outcome, struct err *err)
{
    bool needs_primary = route_needs_primary(route, visit->request.method);
    int rc;

    if (needs_primary && link->primary)
        link = link->primary;
    rc = talk_once(api, link, visit, route, handler, elsewhere, outcome, err);
    if (rc != RETRY || visit->request.method != METHOD_GET || !job_reader_may_ask_again(err))
        return rc;
    response_clear(&visit->response);
    return talk_once(api, link, visit, route, handler, elsewhere, outcome, err);
}

static enum api_outcome answer(const struct api *api, struct reader_link *link, struct visit *visit,
                               struct slice target)
{
    enum target_fault fault = request_read_target(
        &visit->request, base_path_without(api->base_url, target), &visit->arena);
    enum wait_outcome outcome = WAIT_OVER;
    const struct route *route;
    visit_handler *handler;
    struct err err = {0};
    int rc;

    visit->route = ROUTE_OTHER;
    base_path_put(api->base_url, visit);
    visit->origin = origin_of(api, visit);
    if (fault) {
        refuse_target(visit, fault);
        return API_ANSWERED;
    }
    format_read(visit);
    if (page_answer(api, visit))
        return API_ANSWERED;
    handler = choose_handler(api, visit, &route);
    if (!handler)
        return API_ANSWERED;
    visit->is_identified =
        visit->is_identified || identify(api, visit, route_cancels(route, visit->request.method));
    if (!visit->is_identified)
        return API_ANSWERED;
    if (visit->asks_turn) {
        visit->asks_turn = false;
        return API_QUEUES;
    }
    rc = talk(api, link, visit, route, handler, visit->is_elsewhere, &outcome, &err);
    if (rc)
        answer_failure(api, visit, rc, &err);
    return !rc && outcome == WAIT_LONGER ? API_WAITS : API_ANSWERED;
}

static void finish(const struct api *api, struct visit *visit)
{
    struct response *response = &visit->response;

    if (response->is_complete)
        return;
    cors_admit(api, visit);
    response_header(response, "Cache-Control", "%s",
                    response->may_revalidate ? "private, no-cache" : "no-store");
    response_header(response, "Vary", "%sAuthorization, Accept-Encoding, Origin",
                    visit->depends_on_accept ? "Accept, " : "");
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Content-Security-Policy",
                    "default-src 'none'; frame-ancestors 'none'");
    response_header(response, "Referrer-Policy", "no-referrer");
    response_negotiate(response, &visit->request);
}

enum api_outcome api_answer(const struct api *api, struct reader_link *link, struct visit *visit,
                            struct slice target)
{
    enum api_outcome outcome =
        freshness_is_awaited(api, link, visit) ? API_WAITS : answer(api, link, visit, target);

    if (outcome == API_ANSWERED)
        finish(api, visit);
    else
        response_clear(&visit->response);
    if (outcome == API_WAITS) {
        arena_reset(&visit->arena); // the next attempt reads the request anew
        visit->is_identified = false;
    }
    return outcome;
}

void api_refuse(const struct api *api, struct visit *visit, enum problem problem,
                const char *detail)
{
    if (problem == PROBLEM_UNAVAILABLE || problem == PROBLEM_TOO_MANY_REQUESTS)
        response_header(&visit->response, "Retry-After", "%d", RETRY_AFTER_S);
    base_path_put(api->base_url, visit);
    visit_problem(visit, problem, detail);
    finish(api, visit);
}
