// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd's side. Its own decoding of addresses is switched off: it would turn %2F into a
// slash and end the text at %00 before anybody has looked.
#include "serve/http/server.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "http/listening.h"
#include "live/hub.h"
#include "live/subscriber.h"
#include "serve/http/served.h"
#include "serve/http/workers.h"

enum {
    BACKLOG = 128,
    LISTENER_THREADS = 2,
    CONNECTION_MEMORY_BYTES = 32 * 1024, // the head of a request, at most about half of it
    IDLE_SECONDS = 30,
    WATCH_NS = 200 * 1000 * 1000,
    LEAVE_TRIES = 200, // of 10 ms each, for answers on their way out
    LEAVE_NS = 10 * 1000 * 1000,
};

struct server {
    const struct api *api;
    struct workers *workers;
    struct connections connections;
    int64_t asks_us, answers_us;
    struct MHD_Daemon *daemon;
    pthread_t watch;
    bool watches;
    atomic_bool stopping;
    uint16_t port;
};

static void *begin(void *self, const char *target, struct MHD_Connection *mhd)
{
    (void)self;
    return served_new(mhd, target);
}

static void end(void *self, struct MHD_Connection *mhd, void **request,
                enum MHD_RequestTerminationCode code)
{
    struct server *server = self;
    struct served *served = *request;

    (void)mhd, (void)code;
    if (served && served->visit.subscriber)
        subscriber_close(served->visit.subscriber);
    if (served && served->connection)
        connection_enter(&server->connections, served->connection, CONNECTION_ASKS);
    served_free(served);
    *request = NULL;
}

static size_t leave_encoded(void *self, struct MHD_Connection *mhd, char *text)
{
    (void)self, (void)mhd;
    return strlen(text);
}

static void notice_connection(void *self, struct MHD_Connection *mhd, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct server *server = self;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context)
            connection_close(&server->connections, *context);
        free(*context);
        *context = NULL;
        return;
    }
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = info ? calloc(1, sizeof(struct connection)) : NULL;
    if (*context)
        connection_open(&server->connections, *context, info->connect_fd);
}

// The library may ask for the stream's first bytes as soon as it has the answer.
static enum MHD_Result begin_stream(struct server *server, struct served *served)
{
    struct subscriber *subscriber = served->visit.subscriber;
    enum MHD_Result result;

    subscriber_open(subscriber, served->mhd, &server->connections, served->connection);
    if (served->connection)
        connection_enter(&server->connections, served->connection, CONNECTION_STREAMS);
    result = served_send(served);
    if (result == MHD_YES)
        hub_join(server->api->hub, subscriber);
    served_slim(served);
    return result;
}

static enum MHD_Result send_off(struct server *server, struct served *served)
{
    if (served->visit.subscriber)
        return begin_stream(server, served);
    if (served->connection)
        connection_enter(&server->connections, served->connection, CONNECTION_ANSWERS);
    return served_send(served);
}

static enum MHD_Result refuse(struct server *server, struct served *served, enum problem problem)
{
    struct slice path = buffer_slice(&served->target);
    const char *query = path.size ? memchr(path.data, '?', path.size) : NULL;

    if (query)
        path.size = (size_t)(query - path.data);
    served->visit.request.path = utf8_is_text(path) ? path : SLICE_NULL;
    api_refuse(server->api, &served->visit, problem, NULL);
    return send_off(server, served);
}

// To the workers; the connection sleeps meanwhile.
static enum MHD_Result hand_over(struct server *server, struct served *served)
{
    served->visit.request.body = buffer_slice(&served->body);
    if (served->connection)
        connection_enter(&server->connections, served->connection, CONNECTION_WORKS);
    MHD_suspend_connection(served->mhd);
    if (workers_take_on(server->workers, served))
        return MHD_YES;
    served->is_answered = true;
    api_refuse(server->api, &served->visit, PROBLEM_UNAVAILABLE, NULL);
    MHD_resume_connection(served->mhd);
    return MHD_YES;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    struct server *server = self;
    struct served *served = *request;
    const union MHD_ConnectionInfo *info;

    (void)url, (void)version;
    if (!served)
        return MHD_NO; // no memory: the connection is closed
    if (!served->has_headers) {
        info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        served->connection = info ? info->socket_context : NULL;
        served_read_headers(served, method);
        return served->is_too_large ? refuse(server, served, PROBLEM_TOO_LARGE) : MHD_YES;
    }
    if (*upload_size) {
        served_read_body(served, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (served->visit.response.failed)
        return MHD_NO;
    if (served->is_answered)
        return send_off(server, served);
    if (served->is_too_large)
        return refuse(server, served, PROBLEM_TOO_LARGE);
    if (server->stopping)
        return refuse(server, served, PROBLEM_UNAVAILABLE);
    return hand_over(server, served);
}

static void *watch(void *self)
{
    struct server *server = self;

    while (!server->stopping) {
        nanosleep(&(struct timespec){.tv_nsec = WATCH_NS}, NULL);
        connections_end_slow(&server->connections, clock_monotonic_us(), server->asks_us,
                             server->answers_us);
    }
    return NULL;
}

static int start_daemon(struct server *server, const struct server_options *options,
                        struct err *err)
{
    int fd = -1, rc = listening_open(&options->listen, "http.listen", BACKLOG, &fd, err);

    if (rc)
        return rc;
    server->port = listening_port(fd);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
        handle, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)LISTENER_THREADS, MHD_OPTION_CONNECTION_LIMIT, options->connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, begin, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, end, server, MHD_OPTION_NOTIFY_CONNECTION,
        notice_connection, server, MHD_OPTION_END);
    if (server->daemon)
        return DONE;
    close(fd);
    return err_set(err, RETRY, "LISTEN", "http.listen: cannot start its threads");
}

int server_start(const struct server_options *options, struct server **out, struct err *err)
{
    struct server *server = calloc(1, sizeof *server);
    int rc;

    if (!server)
        return err_no_memory(err);
    server->api = options->api;
    server->asks_us = options->asks_us ? options->asks_us : SERVER_ASKS_US;
    server->answers_us = options->answers_us ? options->answers_us : SERVER_ANSWERS_US;
    connections_init(&server->connections);
    rc = workers_start(options, &server->workers, err);
    if (!rc)
        rc = start_daemon(server, options, err);
    if (!rc && pthread_create(&server->watch, NULL, watch, server))
        rc = err_set(err, RETRY, "NO_THREAD", "the system gives no thread to watch connections");
    else if (!rc)
        server->watches = true;
    if (rc)
        server_stop(server);
    else
        *out = server;
    return rc;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

bool server_is_ready(const struct server *server, struct buffer *reasons)
{
    if (workers_are_ready(server->workers))
        return true;
    buffer_append_text(reasons, "the API does not reach PostgreSQL\n");
    return false;
}

// Nobody new; whoever has asked is answered, and given a moment to take the answer.
static void leave(struct server *server)
{
    int fd = MHD_quiesce_daemon(server->daemon);

    if (fd >= 0)
        close(fd);
    workers_finish(server->workers);
    hub_finish(server->api->hub);
    for (int i = 0; i < LEAVE_TRIES && connections_busy(&server->connections); i++)
        nanosleep(&(struct timespec){.tv_nsec = LEAVE_NS}, NULL);
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    server->stopping = true;
    if (server->daemon) {
        leave(server);
        MHD_stop_daemon(server->daemon);
    }
    if (server->watches)
        pthread_join(server->watch, NULL);
    workers_free(server->workers);
    connections_destroy(&server->connections);
    free(server);
}
