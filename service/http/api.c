// SPDX-License-Identifier: Apache-2.0
#include "http/api.h"

#include "base/log.h"
#include "base/utf8.h"
#include "http/cors.h"
#include "http/freshness.h"
#include "http/list_query.h"
#include "http/routes.h"

enum { RETRY_AFTER_S = 1 };

static void refuse_target(struct exchange *exchange, enum target_fault fault)
{
    if (!utf8_is_text(exchange->request.path))
        exchange->request.path = SLICE_NULL; // no JSON could say it
    if (fault == TARGET_NO_MEMORY)
        exchange->response.failed = true;
    else
        exchange_problem(exchange,
                         fault == TARGET_TOO_LONG            ? PROBLEM_TARGET_TOO_LONG
                         : fault == TARGET_TOO_MANY_SEGMENTS ? PROBLEM_NOT_FOUND
                                                             : PROBLEM_BAD_REQUEST,
                         target_fault_text(fault));
}

// Where there is nothing to talk about with whoever asks. Null: go on.
static exchange_handler *choose_handler(const struct api *api, struct exchange *exchange,
                                        const struct route **route)
{
    exchange_handler *handler;

    *route = route_find(exchange);
    if (!*route) {
        exchange_problem(exchange, PROBLEM_NOT_FOUND, NULL);
        return NULL;
    }
    if (exchange->request.method == METHOD_OPTIONS) {
        cors_preflight(api, exchange, route_allows(*route));
        return NULL;
    }
    handler = route_handler(*route, exchange->request.method);
    if (!handler) {
        response_header(&exchange->response, "Allow", "%s", route_allows(*route));
        exchange_problem(exchange, PROBLEM_METHOD_NOT_ALLOWED, NULL);
    }
    return handler;
}

// What could not be done now. The reason is ours to know: it may speak of servers and addresses.
static void answer_failure(struct exchange *exchange, int rc, const struct err *err)
{
    bool may_pass = rc == RETRY || rc == FENCED;

    log_warn("http", "a request could not be answered", LOG_ERR(err));
    response_clear(&exchange->response);
    if (may_pass)
        response_header(&exchange->response, "Retry-After", "%d", RETRY_AFTER_S);
    exchange_problem(exchange, may_pass ? PROBLEM_UNAVAILABLE : PROBLEM_INTERNAL, NULL);
}

// Whether it can go on; if not, the answer is made.
static bool identify(const struct api *api, struct exchange *exchange, bool *elsewhere)
{
    struct response *response = &exchange->response;
    struct err err = {0};

    *elsewhere = false;
    switch (viewer_identify(&api->viewers, &exchange->request, exchange->organization_id,
                            exchange->now_us, &exchange->arena, &exchange->viewer, &err)) {
    case VIEWER_KNOWN:
        if (exchange->wait_until_us || // it was counted when it began to wait
            rate_take(api->rate, exchange->viewer.organization_id, exchange->viewer.member,
                      exchange->monotonic_us))
            return true;
        response_header(response, "Retry-After", "%d", RETRY_AFTER_S);
        exchange_problem(exchange, PROBLEM_TOO_MANY_REQUESTS, NULL);
        return false;
    case VIEWER_OTHER_ORGANIZATION:
        *elsewhere = true;
        return true;
    case VIEWER_NO_TOKEN:
        response_header(response, "WWW-Authenticate", "Bearer realm=\"jobtrail\"");
        exchange_problem(exchange, PROBLEM_NOT_AUTHENTICATED, "A bearer token is needed.");
        return false;
    case VIEWER_NOT_AUTHENTICATED:
        response_header(response, "WWW-Authenticate",
                        "Bearer realm=\"jobtrail\", error=\"invalid_token\", "
                        "error_description=\"%s\"",
                        err.reason);
        exchange_problem(exchange, PROBLEM_NOT_AUTHENTICATED, err.reason);
        return false;
    case VIEWER_UNDECIDED:
        answer_failure(exchange, RETRY, &err);
        return false;
    }
    return false;
}

// What is said of jobs, and how fresh it is. An answer that is made already stays.
static int talk_of_jobs(const struct api *api, struct reader_link *link, struct exchange *exchange,
                        enum wait_outcome *outcome, struct err *err)
{
    int rc = reader_link_connect(link, exchange->monotonic_us, err);

    if (rc)
        return rc == FATAL ? RETRY : rc; // what an operator must mend is mended without us
    rc = freshness_wait(api, link, exchange, outcome, err);
    if (rc || *outcome == WAIT_LONGER)
        return rc;
    return freshness_tell(api, link, exchange, err);
}

static int talk(const struct api *api, struct reader_link *link, struct exchange *exchange,
                const struct route *route, exchange_handler *handler, bool elsewhere,
                enum wait_outcome *outcome, struct err *err)
{
    struct query_fault fault;
    int rc = DONE;

    if (route->is_about_jobs)
        rc = talk_of_jobs(api, link, exchange, outcome, err);
    if (rc || *outcome != WAIT_OVER)
        return rc;
    if (elsewhere) {
        exchange_problem(exchange, route->missing, NULL);
        return DONE;
    }
    if (!route->has_parameters && !query_is_empty(&exchange->request, &fault)) {
        exchange_bad_parameter(exchange, fault.parameter, fault.allowed);
        return DONE;
    }
    return handler(api, link->reader, exchange, err);
}

static enum wait_outcome answer(const struct api *api, struct reader_link *link,
                                struct exchange *exchange, struct slice target)
{
    enum target_fault fault = request_read_target(&exchange->request, target, &exchange->arena);
    enum wait_outcome outcome = WAIT_OVER;
    const struct route *route;
    exchange_handler *handler;
    struct err err = {0};
    bool elsewhere;
    int rc;

    exchange->route = ROUTES;
    if (fault) {
        refuse_target(exchange, fault);
        return outcome;
    }
    handler = choose_handler(api, exchange, &route);
    if (!handler || !identify(api, exchange, &elsewhere))
        return outcome;
    rc = talk(api, link, exchange, route, handler, elsewhere, &outcome, &err);
    if (rc)
        answer_failure(exchange, rc, &err);
    return rc ? WAIT_OVER : outcome;
}

static void finish(const struct api *api, struct exchange *exchange)
{
    struct response *response = &exchange->response;

    cors_admit(api, exchange);
    response_header(response, "Cache-Control", "%s",
                    response->may_revalidate ? "private, no-cache" : "no-store");
    response_header(response, "Vary", "Authorization, Accept-Encoding, Origin");
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Content-Security-Policy",
                    "default-src 'none'; frame-ancestors 'none'");
    response_header(response, "Referrer-Policy", "no-referrer");
    response_negotiate(response, &exchange->request);
}

enum api_outcome api_answer(const struct api *api, struct reader_link *link,
                            struct exchange *exchange, struct slice target)
{
    if (answer(api, link, exchange, target) == WAIT_LONGER) {
        response_clear(&exchange->response);
        arena_reset(&exchange->arena); // it is read anew
        return API_WAITS;
    }
    finish(api, exchange);
    return API_ANSWERED;
}

void api_refuse(const struct api *api, struct exchange *exchange, enum problem problem,
                const char *detail)
{
    if (problem == PROBLEM_UNAVAILABLE)
        response_header(&exchange->response, "Retry-After", "%d", RETRY_AFTER_S);
    exchange_problem(exchange, problem, detail);
    finish(api, exchange);
}
