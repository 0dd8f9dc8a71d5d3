// SPDX-License-Identifier: Apache-2.0
// Browsers open connections that they may use later: several are listened to at once.
#define _GNU_SOURCE // accept4, memmem
#include "cli/login/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "cli/terminal/interrupt.h"
#include "fetch/fetch.h"
#include "http/request.h"

enum { CALLERS_MAX = 8, HEAD_MAX_BYTES = 16 * 1024, LOOK_MS = 500 };

struct caller {
    int fd; // -1: none
    struct buffer head;
};

struct loopback {
    int fd;
    unsigned port;
    struct caller callers[CALLERS_MAX];
    size_t next; // the place that the next caller gets, in turn
};

static int cannot(struct err *err)
{
    return err_set(err, FATAL, "CONFIGURATION",
                   "no listener for the browser's answer can be opened on 127.0.0.1: %s",
                   strerror(errno));
}

static int listen_on(struct loopback *loopback, unsigned port, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int on = 1;

    loopback->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (loopback->fd < 0 || setsockopt(loopback->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        bind(loopback->fd, (struct sockaddr *)&address, size) ||
        listen(loopback->fd, CALLERS_MAX) ||
        getsockname(loopback->fd, (struct sockaddr *)&address, &size))
        return cannot(err);
    loopback->port = ntohs(address.sin_port);
    return DONE;
}

int loopback_open(unsigned port, struct loopback **out, struct err *err)
{
    struct loopback *loopback = calloc(1, sizeof *loopback);
    int rc;

    if (!loopback)
        return err_no_memory(err);
    for (size_t i = 0; i < CALLERS_MAX; i++)
        loopback->callers[i].fd = -1;
    rc = listen_on(loopback, port, err);
    if (rc)
        loopback_free(loopback);
    else
        *out = loopback;
    return rc;
}

static void hang_up(struct caller *caller)
{
    if (caller->fd >= 0)
        close(caller->fd);
    caller->fd = -1;
    buffer_free(&caller->head);
}

void loopback_free(struct loopback *loopback)
{
    if (!loopback)
        return;
    for (size_t i = 0; i < CALLERS_MAX; i++)
        hang_up(&loopback->callers[i]);
    if (loopback->fd >= 0)
        close(loopback->fd);
    free(loopback);
}

unsigned loopback_port(const struct loopback *loopback)
{
    return loopback->port;
}

// The longest without a word makes room.
static void greet(struct loopback *loopback)
{
    int fd = accept4(loopback->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct caller *caller;

    if (fd < 0)
        return;
    caller = &loopback->callers[loopback->next++ % CALLERS_MAX];
    hang_up(caller);
    caller->fd = fd;
}

static void answer(const struct caller *caller, const char *status, const char *words)
{
    char text[512];
    int size = snprintf(text, sizeof text,
                        "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Length: %zu\r\nCache-Control: no-store\r\n"
                        "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n%s",
                        status, strlen(words), words);

    // Whether it arrives is the browser's affair: what it brought is here.
    (void)!send(caller->fd, text, (size_t)size, MSG_NOSIGNAL);
    shutdown(caller->fd, SHUT_WR);
}

// "GET TARGET HTTP/1.1" of a head that is whole; absent: it is another.
static struct slice target_of(const struct buffer *head)
{
    static const char get[] = "GET ";
    const char *begin = head->data + sizeof get - 1, *end;

    if (head->size < sizeof get || memcmp(head->data, get, sizeof get - 1) != 0)
        return SLICE_NULL;
    end = memchr(begin, ' ', head->size - (sizeof get - 1));
    return end ? (struct slice){begin, (size_t)(end - begin)} : SLICE_NULL;
}

// Whether the target is the answer that is waited for: then the query is kept.
static bool is_answer(struct slice target, const char *state, struct buffer *query)
{
    struct request request = {0};
    struct arena arena;
    bool is = false;

    arena_init(&arena);
    if (!slice_is_null(target) && !request_read_target(&request, target, &arena) &&
        !request.segment_count)
        for (size_t i = 0; i < request.parameter_count; i++)
            is |= slice_equal(request.parameters[i].name, SLICE_LITERAL("state")) &&
                  slice_equal(request.parameters[i].value, slice_of(state));
    if (is)
        buffer_append(query, request.query.data, request.query.size);
    arena_reset(&arena);
    return is;
}

// Takes what came. True: it is the answer.
static bool hear(struct caller *caller, const char *state, struct buffer *query)
{
    char piece[4096];
    ssize_t size = recv(caller->fd, piece, sizeof piece, 0);
    bool is = false;

    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (size > 0)
        buffer_append(&caller->head, piece, (size_t)size);
    if (size <= 0 || caller->head.failed || caller->head.size > HEAD_MAX_BYTES) {
        hang_up(caller);
        return false;
    }
    if (!memmem(caller->head.data, caller->head.size, "\r\n\r\n", 4))
        return false;
    is = is_answer(target_of(&caller->head), state, query);
    if (is)
        answer(caller, "200 OK",
               "Back to the terminal: it says whether you are signed in. You can close this "
               "window.\n");
    else
        answer(caller, "404 Not Found", "Nothing is waited for here.\n");
    hang_up(caller);
    return is;
}

// One round of waiting. True: the answer is there.
static bool look(struct loopback *loopback, const char *state, struct buffer *query)
{
    struct pollfd fds[CALLERS_MAX + 1] = {{loopback->fd, POLLIN, 0}};

    for (size_t i = 0; i < CALLERS_MAX; i++)
        fds[i + 1] = (struct pollfd){loopback->callers[i].fd, POLLIN, 0};
    if (poll(fds, CALLERS_MAX + 1, LOOK_MS) <= 0)
        return false;
    for (size_t i = 0; i < CALLERS_MAX; i++)
        if (fds[i + 1].revents && hear(&loopback->callers[i], state, query))
            return true;
    if (fds[0].revents)
        greet(loopback);
    return false;
}

int loopback_take(struct loopback *loopback, const char *state, int64_t patience_us,
                  struct buffer *query, struct err *err)
{
    int64_t until_us = clock_monotonic_us() + patience_us;

    while (!look(loopback, state, query)) {
        if (interrupt_seen())
            return err_set(err, RETRY, FETCH_OVER, "interrupted");
        if (clock_monotonic_us() > until_us)
            return err_set(err, FATAL, "NOT_AUTHENTICATED",
                           "nobody has signed in within %d minutes; begin again with \"jobtrail "
                           "login\"",
                           (int)(patience_us / US_PER_SECOND / 60));
    }
    return query->failed ? err_no_memory(err) : DONE;
}
