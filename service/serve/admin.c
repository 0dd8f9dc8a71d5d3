// SPDX-License-Identifier: Apache-2.0
// We bind the socket ourselves: libmicrohttpd would not say why an address is no good. One thread
// of the library serves all connections, so that the callbacks never run at once. Whoever asks
// whether the process lives is answered whatever others do: where there are too many connections,
// the oldest gives way to the newest.
#include "serve/admin.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/connections.h"
#include "http/listening.h"

enum {
    BACKLOG = 32,
    CONNECTIONS_KEPT = 64,
    CONNECTIONS_MAX = 2 * CONNECTIONS_KEPT, // with those that were ended and are not closed yet
    TIMEOUT_SECONDS = 10,
    CONNECTION_MEMORY_BYTES = 16 * 1024,
};

struct admin {
    struct admin_callbacks callbacks;
    struct MHD_Daemon *daemon;
    uint16_t port;
    struct connections connections;
};

static void notice_connection(void *self, struct MHD_Connection *mhd, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct admin *admin = self;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context)
            connection_close(&admin->connections, *context);
        free(*context);
        *context = NULL;
        return;
    }
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = info ? calloc(1, sizeof(struct connection)) : NULL;
    if (*context)
        connection_open(&admin->connections, *context, info->connect_fd);
    connections_end_oldest(&admin->connections, CONNECTIONS_KEPT);
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              const char *content_type, struct buffer *body)
{
    struct MHD_Response *response;
    enum MHD_Result result = MHD_NO;

    if (body->failed)
        return MHD_NO; // no memory: the connection is closed
    response = MHD_create_response_from_buffer(body->size, body->data ? body->data : "",
                                               MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    if (MHD_add_response_header(response, "Content-Type", content_type) &&
        MHD_add_response_header(response, "Cache-Control", "no-store") &&
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff") &&
        (status != MHD_HTTP_METHOD_NOT_ALLOWED ||
         MHD_add_response_header(response, "Allow", "GET, HEAD")))
        result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static unsigned route(struct admin *admin, const char *url, struct buffer *body,
                      const char **content_type)
{
    *content_type = "text/plain; charset=utf-8";
    if (!strcmp(url, "/metrics")) {
        *content_type = "text/plain; version=0.0.4; charset=utf-8";
        admin->callbacks.render_metrics(admin->callbacks.self, body);
        return MHD_HTTP_OK;
    }
    if (!strcmp(url, "/livez")) {
        buffer_append_text(body, "ok\n");
        return MHD_HTTP_OK;
    }
    if (!strcmp(url, "/readyz")) {
        if (!admin->callbacks.is_ready(admin->callbacks.self, body))
            return MHD_HTTP_SERVICE_UNAVAILABLE;
        buffer_clear(body);
        buffer_append_text(body, "ok\n");
        return MHD_HTTP_OK;
    }
    buffer_append_text(body, "not found: there are /metrics, /livez and /readyz\n");
    return MHD_HTTP_NOT_FOUND;
}

// Answers as soon as the headers are read; a body that follows makes the library close.
static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    const char *content_type = "text/plain; charset=utf-8";
    struct buffer body;
    enum MHD_Result result;
    unsigned status = MHD_HTTP_METHOD_NOT_ALLOWED;

    (void)version, (void)upload, (void)upload_size, (void)request;
    buffer_init(&body);
    if (!strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD))
        status = route(self, url, &body, &content_type);
    else
        buffer_append_text(&body, "only GET and HEAD\n");
    result = answer(connection, status, content_type, &body);
    buffer_free(&body);
    return result;
}

int admin_start(const struct listen_address *address, const struct admin_callbacks *callbacks,
                struct admin **out, struct err *err)
{
    struct admin *admin = calloc(1, sizeof *admin);
    int fd = -1, result;

    if (!admin)
        return err_no_memory(err);
    admin->callbacks = *callbacks;
    connections_init(&admin->connections);
    result = listening_open(address, "admin.listen", BACKLOG, &fd, err);
    if (result)
        goto out;
    admin->port = listening_port(fd);
    admin->daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, admin,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_NOTIFY_CONNECTION, notice_connection, admin, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)TIMEOUT_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_END);
    if (!admin->daemon) {
        close(fd);
        result = err_set(err, RETRY, "LISTEN", "admin.listen: cannot start its thread");
        goto out;
    }
    *out = admin;
out:
    if (result) {
        connections_destroy(&admin->connections);
        free(admin);
    }
    return result;
}

uint16_t admin_port(const struct admin *admin)
{
    return admin->port;
}

void admin_stop(struct admin *admin)
{
    if (!admin)
        return;
    MHD_stop_daemon(admin->daemon); // closes the socket
    connections_destroy(&admin->connections);
    free(admin);
}
