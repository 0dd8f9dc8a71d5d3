// SPDX-License-Identifier: Apache-2.0
#include "serve/operator/operator_part.h"

#include <stdlib.h>
#include <strings.h>

#include "base/log.h"
#include "http/problem.h"
#include "page/operator_files.h"
#include "serve/listener/small_listener.h"
#include "serve/operator/operator_letters.h"
#include "serve/operator/operators.h"

struct operator_part {
    const struct config *config;
    struct operators *operators;
    struct small_listener *listener;
};

enum { OK = 200 };

static const struct {
    enum method method;
    bool has_id;
    const char *verb;    // behind the id; NULL: none
    const char *allowed; // of the address
    operator_handler *handler;
} routes[] = {
    {METHOD_GET, false, NULL, "GET, HEAD", operator_letters_list},
    {METHOD_GET, true, NULL, "GET, HEAD, DELETE", operator_letter_show},
    {METHOD_DELETE, true, NULL, "GET, HEAD, DELETE", operator_letter_discard},
    {METHOD_POST, true, "retry", "POST", operator_letter_retry},
};

static void refuse(const struct request *request, enum problem problem, const char *detail,
                   struct response *response)
{
    const struct problem_details details = {.detail = slice_of(detail)};

    problem_respond(response, problem, &details, request->path);
}

static bool read_id(struct slice text, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9' || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, text.data[i] - '0', out))
            return false;
    return text.size > 0;
}

// NULL: the response says why. Segments: dead-letters, an id, a verb.
static operator_handler *find_route(const struct request *request, int64_t *id,
                                    struct response *response)
{
    const struct slice *segments = request->segments;
    const size_t count = request->segment_count;
    const char *allowed = NULL;

    *id = 0;
    if (count >= 1 && count <= 3 && slice_equal(segments[0], SLICE_LITERAL("dead-letters")) &&
        (count == 1 || read_id(segments[1], id)))
        for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
            if (routes[i].has_id != (count > 1) || !routes[i].verb != (count < 3) ||
                (count == 3 && !slice_equal(segments[2], slice_of(routes[i].verb))))
                continue;
            allowed = routes[i].allowed;
            if (routes[i].method == request->method)
                return routes[i].handler;
        }
    if (allowed)
        response_header(response, "Allow", "%s", allowed);
    refuse(request, allowed ? PROBLEM_METHOD_NOT_ALLOWED : PROBLEM_NOT_FOUND, NULL, response);
    return NULL;
}

static const char *who_asks(const struct operator_part *part, const struct request *request)
{
    static const char scheme[] = "Bearer ";
    const size_t size = sizeof scheme - 1;
    struct slice value = request_header(request, "Authorization");

    if (value.size <= size || strncasecmp(value.data, scheme, size) != 0)
        return NULL;
    return operators_find(part->operators, (struct slice){value.data + size, value.size - size});
}

static bool serve_page(const struct request *request, struct response *response)
{
    const bool is_root = slice_equal(request->path, SLICE_LITERAL("/"));
    struct operator_file file;

    if (request->method != METHOD_GET || (!is_root && request->segment_count != 1) ||
        !operator_file_find(is_root ? SLICE_LITERAL("index.html") : request->segments[0], &file))
        return false;
    response->status = OK;
    response->media_type = file.media_type;
    response_header(response, "Content-Security-Policy", "%s", OPERATOR_PAGE_POLICY);
    response_header(response, "Referrer-Policy", "no-referrer");
    buffer_append(&response->body, file.text.data, file.text.size);
    return true;
}

static void answer(void *self, const struct request *request, struct response *response)
{
    struct operator_part *part = self;
    struct operator_request asked = {.config = part->config, .request = request};
    operator_handler *handler;
    struct err err;

    if (serve_page(request, response))
        return;
    asked.who = who_asks(part, request);
    if (!asked.who) {
        response_header(response, "WWW-Authenticate", "Bearer");
        refuse(request, PROBLEM_NOT_AUTHENTICATED, "Authorization: Bearer and an operator's secret",
               response);
        return;
    }
    handler = find_route(request, &asked.id, response);
    if (!handler || !handler(&asked, response, &err))
        return;
    log_warn("operator", "what an operator asked for could not be done",
             LOG_TEXT("operator", asked.who), LOG_SLICE("path", request->path), LOG_ERR(&err));
    response_clear(response);
    refuse(request, err.disposition == RETRY ? PROBLEM_UNAVAILABLE : PROBLEM_INTERNAL, err.text,
           response);
}

int operator_part_start(const struct config *config, struct operator_part **out, struct err *err)
{
    struct small_listener_options options = {.option = "operator.listen", .answer = answer};
    struct operator_part *part = calloc(1, sizeof *part);
    int rc;

    if (!part)
        return err_no_memory(err);
    part->config = config;
    options.self = part;
    rc = operators_read(config->operators.credentials, &part->operators, err);
    if (!rc)
        rc = small_listener_start(&config->operators.listen, &options, &part->listener, err);
    if (rc)
        operator_part_stop(part);
    else
        *out = part;
    return rc;
}

uint16_t operator_part_port(const struct operator_part *part)
{
    return small_listener_port(part->listener);
}

void operator_part_stop(struct operator_part *part)
{
    if (!part)
        return;
    small_listener_stop(part->listener);
    operators_free(part->operators);
    free(part);
}
