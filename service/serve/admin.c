// SPDX-License-Identifier: Apache-2.0
#include "serve/admin.h"

#include <stdlib.h>

#include "serve/listener/small_listener.h"

enum { OK = 200, NOT_FOUND = 404, METHOD_NOT_ALLOWED = 405, UNAVAILABLE = 503 };

struct admin {
    struct admin_callbacks callbacks;
    struct small_listener *listener;
};

static int respond(struct admin *admin, struct slice path, struct response *response)
{
    struct buffer *body = &response->body;

    if (slice_equal(path, SLICE_LITERAL("/metrics"))) {
        response->media_type = "text/plain; version=0.0.4; charset=utf-8";
        admin->callbacks.render_metrics(admin->callbacks.self, body);
        return OK;
    }
    if (slice_equal(path, SLICE_LITERAL("/livez"))) {
        buffer_append_text(body, "ok\n");
        return OK;
    }
    if (slice_equal(path, SLICE_LITERAL("/readyz"))) {
        if (!admin->callbacks.is_ready(admin->callbacks.self, body))
            return UNAVAILABLE;
        buffer_clear(body);
        buffer_append_text(body, "ok\n");
        return OK;
    }
    buffer_append_text(body, "not found: there are /metrics, /livez and /readyz\n");
    return NOT_FOUND;
}

static void answer(void *self, const struct request *request, struct response *response)
{
    response->media_type = "text/plain; charset=utf-8";
    if (request->method == METHOD_GET) {
        response->status = respond(self, request->path, response);
        return;
    }
    response->status = METHOD_NOT_ALLOWED;
    response_header(response, "Allow", "GET, HEAD");
    buffer_append_text(&response->body, "only GET and HEAD\n");
}

int admin_start(const struct listen_address *address, const struct admin_callbacks *callbacks,
                struct admin **out, struct err *err)
{
    struct small_listener_options options = {.option = "admin.listen", .answer = answer};
    struct admin *admin = calloc(1, sizeof *admin);
    int rc;

    if (!admin)
        return err_no_memory(err);
    admin->callbacks = *callbacks;
    options.self = admin;
    rc = small_listener_start(address, &options, &admin->listener, err);
    if (rc)
        free(admin);
    else
        *out = admin;
    return rc;
}

uint16_t admin_port(const struct admin *admin)
{
    return small_listener_port(admin->listener);
}

void admin_stop(struct admin *admin)
{
    if (!admin)
        return;
    small_listener_stop(admin->listener);
    free(admin);
}
