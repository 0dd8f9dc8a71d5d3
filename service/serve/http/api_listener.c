// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd's side. Its own decoding of addresses is switched off: http/request.c takes the
// address apart first, decodes each part then, and refuses what no text may hold.
#include "serve/http/api_listener.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "http/listening.h"
#include "live/hub.h"
#include "live/subscriber.h"
#include "serve/http/api_threads.h"
#include "serve/http/open_request.h"

enum {
    // Besides those that may be: those that were ended and are not closed yet.
    ENDING_CONNECTIONS = 128,
    LISTENER_THREADS = 2,
    CONNECTION_MEMORY_BYTES = 32 * 1024, // the head of a request, at most about half of it
    IDLE_SECONDS = 30,
    WATCH_NS = 200 * 1000 * 1000,
    LEAVE_TRIES = 200, // of 10 ms each, for answers on their way out
    LEAVE_NS = 10 * 1000 * 1000,
};

// Of a connection, as the library keeps it.
struct accepted {
    struct connection connection; // first, so that its address is this one's
    struct address_claim claim;
    bool is_proxy; // one that is trusted
};

struct api_listener {
    const struct api *api;
    struct api_threads *threads;
    bool reads_replica;
    struct connections connections;
    size_t most_connections;
    struct networks trusted_proxies;
    struct address_share *addresses;
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
    return open_request_new(mhd, target);
}

static void end(void *self, struct MHD_Connection *mhd, void **request,
                enum MHD_RequestTerminationCode code)
{
    struct api_listener *listener = self;
    struct open_request *open = *request;

    (void)mhd, (void)code;
    if (open && open->visit.subscriber)
        subscriber_close(open->visit.subscriber);
    if (open && open->connection)
        connection_enter(&listener->connections, open->connection, CONNECTION_ASKS);
    if (open && open->held_bytes)
        share_give_back(listener->api->answers, open->visit.viewer.organization_id,
                        open->visit.viewer.member, open->held_bytes);
    if (open)
        address_share_give_back(listener->addresses, &open->claim);
    open_request_free(open);
    *request = NULL;
}

static size_t leave_encoded(void *self, struct MHD_Connection *mhd, char *text)
{
    (void)self, (void)mhd;
    return strlen(text);
}

static void tell_share_used_up(const struct api *api, enum share_answer why,
                               const struct address *address)
{
    char text[ADDRESS_TEXT_SIZE];

    address_write(address, text);
    if (api->share_refused)
        api->share_refused(api->observer, SHARED_CONNECTIONS, why, slice_of(text));
}

// One too many of an address is shut down, and closed by the library when it reads. One too many of
// all takes the place of the one that has asked nothing for longest: whoever only holds connections
// keeps nobody out.
static void accept_connection(struct api_listener *listener, struct MHD_Connection *mhd,
                              struct accepted *accepted)
{
    int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    const struct sockaddr *from =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    enum share_answer answer =
        address_share_connect(listener->addresses, from, &accepted->is_proxy, &accepted->claim);

    connection_open(&listener->connections, &accepted->connection, fd);
    if (answer != SHARE_TAKEN) {
        tell_share_used_up(listener->api, answer, &accepted->claim.address);
        connection_end(&listener->connections, &accepted->connection);
    } else if (connections_end_oldest(&listener->connections, listener->most_connections)) {
        // The newcomer is not to blame, nor is any one address known to be.
        if (listener->api->share_refused)
            listener->api->share_refused(listener->api->observer, SHARED_CONNECTIONS, SHARE_OF_ALL,
                                         SLICE_NULL);
    }
}

static void notice_connection(void *self, struct MHD_Connection *mhd, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct api_listener *listener = self;
    struct accepted *accepted = *context;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = calloc(1, sizeof *accepted);
        if (*context)
            accept_connection(listener, mhd, *context);
        return;
    }
    if (accepted) {
        connection_close(&listener->connections, &accepted->connection);
        address_share_give_back(listener->addresses, &accepted->claim);
    }
    free(accepted);
    *context = NULL;
}

// The subscriber is opened first: the library may read the stream as soon as it has the answer.
static enum MHD_Result begin_stream(struct api_listener *listener, struct open_request *open)
{
    struct subscriber *subscriber = open->visit.subscriber;
    enum MHD_Result result;

    subscriber_open(subscriber, open->mhd, &listener->connections, open->connection);
    if (open->connection)
        connection_enter(&listener->connections, open->connection, CONNECTION_STREAMS);
    result = open_request_send(open);
    if (result == MHD_YES)
        hub_join(listener->api->hub, subscriber);
    open_request_slim(open);
    return result;
}

static enum MHD_Result send_off(struct api_listener *listener, struct open_request *open)
{
    if (open->visit.subscriber)
        return begin_stream(listener, open);
    if (open->connection)
        connection_enter(&listener->connections, open->connection, CONNECTION_ANSWERS);
    return open_request_send(open);
}

static enum MHD_Result refuse(struct api_listener *listener, struct open_request *open,
                              enum problem problem)
{
    struct slice path = buffer_slice(&open->target);
    const char *query = path.size ? memchr(path.data, '?', path.size) : NULL;

    if (query)
        path.size = (size_t)(query - path.data);
    open->visit.request.path = utf8_is_text(path) ? path : SLICE_NULL;
    api_refuse(listener->api, &open->visit, problem, NULL);
    return send_off(listener, open);
}

// Hands the request to the API's threads; its connection is suspended meanwhile.
static enum MHD_Result hand_over(struct api_listener *listener, struct open_request *open)
{
    open->visit.request.body = buffer_slice(&open->body);
    if (open->connection)
        connection_enter(&listener->connections, open->connection, CONNECTION_WORKS);
    MHD_suspend_connection(open->mhd);
    if (api_threads_take_on(listener->threads, open))
        return MHD_YES;
    open->is_answered = true;
    api_refuse(listener->api, &open->visit, PROBLEM_UNAVAILABLE, NULL);
    MHD_resume_connection(open->mhd);
    return MHD_YES;
}

// What the connection tells of a request, once its headers are there. False: there are too many of
// these, or as many requests for the client's address as may be.
static bool begin_request(struct api_listener *listener, struct open_request *open,
                          const char *method, const char *version)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(open->mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct accepted *accepted = info ? info->socket_context : NULL;
    enum share_answer answer;

    open->connection = accepted ? &accepted->connection : NULL;
    open_request_read_headers(open, method);
    open->visit.port = listener->port;
    open->visit.is_http_1_1 = !strcmp(version, MHD_HTTP_VERSION_1_1);
    open->visit.by_trusted_proxy = accepted && accepted->is_proxy;
    if (open->has_too_many_headers)
        return false;
    if (!open->visit.by_trusted_proxy)
        return true;
    answer = address_share_ask(listener->addresses, &open->visit.request, &open->claim);
    if (answer == SHARE_TAKEN)
        return true;
    tell_share_used_up(listener->api, answer, &open->claim.address);
    return false;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    struct api_listener *listener = self;
    struct open_request *open = *request;

    (void)mhd, (void)url;
    if (!open)
        return MHD_NO; // no memory: the connection is closed
    if (!open->has_headers) {
        if (!begin_request(listener, open, method, version))
            return refuse(listener, open,
                          open->has_too_many_headers ? PROBLEM_TOO_MANY_HEADERS
                                                     : PROBLEM_TOO_MANY_REQUESTS);
        return open->is_too_large ? refuse(listener, open, PROBLEM_TOO_LARGE) : MHD_YES;
    }
    if (*upload_size) {
        open_request_read_body(open, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (open->visit.response.failed)
        return MHD_NO;
    if (open->is_answered)
        return send_off(listener, open);
    if (open->is_too_large)
        return refuse(listener, open, PROBLEM_TOO_LARGE);
    if (listener->stopping)
        return refuse(listener, open, PROBLEM_UNAVAILABLE);
    return hand_over(listener, open);
}

static void *watch(void *self)
{
    struct api_listener *listener = self;

    while (!listener->stopping) {
        nanosleep(&(struct timespec){.tv_nsec = WATCH_NS}, NULL);
        connections_end_slow(&listener->connections, clock_monotonic_us(), listener->asks_us,
                             listener->answers_us);
    }
    return NULL;
}

static struct MHD_Daemon *new_daemon(struct api_listener *listener, int fd,
                                     const struct api_listener_options *options)
{
    const struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, LISTENER_THREADS, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, options->connections + ENDING_CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin, listener},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_encoded, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end, listener},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)notice_connection, listener},
        {MHD_OPTION_END, 0, NULL},
    };

    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC,
                            0, NULL, NULL, handle, listener, MHD_OPTION_ARRAY, items,
                            MHD_OPTION_END);
}

static int start_daemon(struct api_listener *listener, const struct api_listener_options *options,
                        struct err *err)
{
    // All who may be connected may come at once, as after a proxy was restarted: whoever finds no
    // place here tries again after a second, then after two.
    int fd = -1,
        rc = listening_open(&options->listen, "http.listen", (int)options->connections, &fd, err);

    if (rc)
        return rc;
    listener->port = listening_port(fd);
    listener->daemon = new_daemon(listener, fd, options);
    if (listener->daemon)
        return DONE;
    close(fd);
    return err_set(err, RETRY, "LISTEN", "http.listen: cannot start its threads");
}

int api_listener_start(const struct api_listener_options *options, struct api_listener **out,
                       struct err *err)
{
    struct api_listener *listener = calloc(1, sizeof *listener);
    int rc;

    if (!listener)
        return err_no_memory(err);
    listener->api = options->api;
    listener->reads_replica = options->primary;
    listener->asks_us = options->asks_us ? options->asks_us : LISTENER_ASKS_US;
    listener->answers_us = options->answers_us ? options->answers_us : LISTENER_ANSWERS_US;
    listener->trusted_proxies = options->trusted_proxies;
    listener->most_connections = options->connections;
    connections_init(&listener->connections);
    // Where one address may have all connections, the oldest gives way, whosever it is.
    rc = address_share_new(options->connections_per_address < options->connections
                               ? options->connections_per_address
                               : SIZE_MAX,
                           &listener->trusted_proxies, &listener->addresses, err);
    if (!rc)
        rc = api_threads_start(options, &listener->threads, err);
    if (!rc)
        rc = start_daemon(listener, options, err);
    if (!rc && pthread_create(&listener->watch, NULL, watch, listener))
        rc = err_set(err, RETRY, "NO_THREAD", "the system gives no thread to watch connections");
    else if (!rc)
        listener->watches = true;
    if (rc)
        api_listener_free(listener);
    else
        *out = listener;
    return rc;
}

uint16_t api_listener_port(const struct api_listener *listener)
{
    return listener->port;
}

bool api_listener_is_ready(const struct api_listener *listener, struct buffer *reasons)
{
    return api_threads_tell(listener->threads,
                            listener->reads_replica ? "the API, of http.read-conninfo" : "the API",
                            reasons);
}

// Takes no new connections; answers what was asked, and gives clients a moment to take the answers.
static void leave(struct api_listener *listener)
{
    int fd = MHD_quiesce_daemon(listener->daemon);

    if (fd >= 0)
        close(fd);
    api_threads_finish(listener->threads);
    hub_finish(listener->api->hub);
    for (int i = 0; i < LEAVE_TRIES && connections_busy(&listener->connections); i++)
        nanosleep(&(struct timespec){.tv_nsec = LEAVE_NS}, NULL);
}

void api_listener_finish(struct api_listener *listener)
{
    if (!listener)
        return;
    listener->stopping = true;
    if (listener->daemon) {
        leave(listener);
        MHD_stop_daemon(listener->daemon);
    }
    listener->daemon = NULL;
    if (listener->watches)
        pthread_join(listener->watch, NULL);
    listener->watches = false;
}

void api_listener_free(struct api_listener *listener)
{
    if (!listener)
        return;
    api_listener_finish(listener);
    api_threads_free(listener->threads);
    address_share_free(listener->addresses);
    connections_destroy(&listener->connections);
    free(listener);
}
