// SPDX-License-Identifier: Apache-2.0
// We bind the socket ourselves: libmicrohttpd would not say why an address is no good.
#include "serve/listener/small_listener.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/connections.h"
#include "http/listening.h"
#include "http/problem.h"

enum {
    BACKLOG = 32,
    CONNECTIONS_KEPT = 64,
    CONNECTIONS_MAX = 2 * CONNECTIONS_KEPT, // with those that were ended and are not closed yet
    TIMEOUT_SECONDS = 10,
    CONNECTION_MEMORY_BYTES = 16 * 1024,
    HEADERS_MAX = 64,
};

struct small_listener {
    struct small_listener_options options;
    struct MHD_Daemon *daemon;
    uint16_t port;
    struct connections connections;
};

static void notice_connection(void *self, struct MHD_Connection *mhd, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct small_listener *listener = self;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context)
            connection_close(&listener->connections, *context);
        free(*context);
        *context = NULL;
        return;
    }
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = info ? calloc(1, sizeof(struct connection)) : NULL;
    if (*context)
        connection_open(&listener->connections, *context, info->connect_fd);
    connections_end_oldest(&listener->connections, CONNECTIONS_KEPT);
}

// The target as it was sent becomes the request's context; NULL without memory.
static void *keep_target(void *self, const char *target, struct MHD_Connection *connection)
{
    (void)self, (void)connection;
    return strdup(target);
}

static void forget_target(void *self, struct MHD_Connection *connection, void **target,
                          enum MHD_RequestTerminationCode code)
{
    (void)self, (void)connection, (void)code;
    free(*target);
    *target = NULL;
}

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    struct request *request = self;
    struct named_text *header = (struct named_text *)&request->headers[request->header_count++];

    (void)kind;
    header->name = (struct slice){name, name_size};
    header->value = value ? (struct slice){value, value_size} : SLICE_LITERAL("");
    return request->header_count < HEADERS_MAX ? MHD_YES : MHD_NO;
}

static bool add_headers(struct MHD_Response *out, const struct response *from)
{
    if (!MHD_add_response_header(out, "Cache-Control", "no-store") ||
        !MHD_add_response_header(out, "X-Content-Type-Options", "nosniff") ||
        (from->media_type && !MHD_add_response_header(out, "Content-Type", from->media_type)))
        return false;
    for (size_t i = 0; i < from->header_count; i++)
        if (!MHD_add_response_header(out, from->headers[i].name.data, from->headers[i].value.data))
            return false;
    return true;
}

static enum MHD_Result send_response(struct MHD_Connection *connection, struct response *response)
{
    const struct buffer *body = &response->body;
    struct MHD_Response *out;
    enum MHD_Result result = MHD_NO;

    if (response_has_failed(response))
        return MHD_NO; // no memory: the connection is closed
    out = MHD_create_response_from_buffer(body->size, body->data ? body->data : "",
                                          MHD_RESPMEM_MUST_COPY);
    if (!out)
        return MHD_NO;
    if (add_headers(out, response))
        result = MHD_queue_response(connection, (unsigned)response->status, out);
    MHD_destroy_response(out);
    return result;
}

static void answer(struct small_listener *listener, struct request *request, struct slice target,
                   struct arena *arena, struct response *response)
{
    enum target_fault fault = request_read_target(request, target, arena);
    struct problem_details details = {.detail = SLICE_NULL};

    if (fault == TARGET_NO_MEMORY) {
        response->failed = true;
    } else if (fault) {
        details.detail = slice_of(target_fault_text(fault));
        problem_respond(response, PROBLEM_BAD_REQUEST, &details, SLICE_NULL);
    } else {
        listener->options.answer(listener->options.self, request, response);
    }
}

// Answers as soon as the headers are read; a body that follows makes the library close.
static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **target)
{
    struct named_text headers[HEADERS_MAX];
    struct request request = {.method = request_method(method), .headers = headers};
    struct response response;
    struct arena arena;
    enum MHD_Result result;

    (void)url, (void)version, (void)upload, (void)upload_size;
    if (!*target)
        return MHD_NO;
    arena_init(&arena);
    response_init(&response);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, &request);
    answer(self, &request, slice_of(*target), &arena, &response);
    result = send_response(connection, &response);
    response_free(&response);
    arena_reset(&arena);
    return result;
}

static int start(struct small_listener *listener, int fd, struct err *err)
{
    listener->daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, listener,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_NOTIFY_CONNECTION, notice_connection, listener, MHD_OPTION_URI_LOG_CALLBACK,
        keep_target, NULL, MHD_OPTION_NOTIFY_COMPLETED, forget_target, NULL,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_END);
    if (listener->daemon)
        return DONE;
    close(fd);
    return err_set(err, RETRY, "LISTEN", "%s: cannot start its thread", listener->options.option);
}

int small_listener_start(const struct listen_address *address,
                         const struct small_listener_options *options, struct small_listener **out,
                         struct err *err)
{
    struct small_listener *listener = calloc(1, sizeof *listener);
    int fd = -1, rc;

    if (!listener)
        return err_no_memory(err);
    listener->options = *options;
    connections_init(&listener->connections);
    rc = listening_open(address, options->option, BACKLOG, &fd, err);
    if (!rc) {
        listener->port = listening_port(fd);
        rc = start(listener, fd, err);
    }
    if (!rc) {
        *out = listener;
        return DONE;
    }
    connections_destroy(&listener->connections);
    free(listener);
    return rc;
}

uint16_t small_listener_port(const struct small_listener *listener)
{
    return listener->port;
}

void small_listener_stop(struct small_listener *listener)
{
    if (!listener)
        return;
    MHD_stop_daemon(listener->daemon); // closes the socket
    connections_destroy(&listener->connections);
    free(listener);
}
