// SPDX-License-Identifier: Apache-2.0
#include "bench/http_call.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024, KEEPING_READ_SIZE = 512 };

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench: a call: %s: %s\n", what, strerror(errno));
    exit(1);
}

void http_call_open(struct http_call *call, int epoll, uint16_t port, int receive_bytes)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = call};
    int yes = 1;

    call->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (call->fd < 0 || setsockopt(call->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) ||
        (receive_bytes &&
         setsockopt(call->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes)))
        fail("a socket");
    if (connect(call->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail("connecting");
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, call->fd, &event))
        fail("epoll_ctl");
    call->state = CALL_IDLE;
}

void http_call_close(struct http_call *call)
{
    if (call->state != CALL_CLOSED)
        close(call->fd);
    call->state = CALL_CLOSED;
}

static void send_on(struct http_call *call)
{
    ssize_t sent =
        send(call->fd, call->request + call->sent, call->size - call->sent, MSG_NOSIGNAL);

    if (sent > 0)
        call->sent += (size_t)sent;
    else if (errno != EAGAIN && errno != ENOTCONN && errno != EINTR)
        http_call_close(call);
    if (call->state == CALL_ASKS && call->sent == call->size)
        call->state = CALL_AWAITS;
}

void http_call_ask(struct http_call *call, const char *format, ...)
{
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(call->request, sizeof call->request, format, arguments);
    va_end(arguments);
    if (size < 0 || size >= CALL_REQUEST_MAX) {
        errno = E2BIG;
        fail("a request");
    }
    call->size = (size_t)size;
    call->sent = call->head_size = call->arrived = 0;
    call->status = 0;
    call->is_last = false;
    call->state = CALL_ASKS;
    send_on(call);
}

static const char *header(const char *head, const char *name)
{
    const char *at = head;

    while ((at = strstr(at, "\r\n"))) {
        at += 2;
        if (!strncasecmp(at, name, strlen(name)))
            return at + strlen(name);
    }
    return NULL;
}

static void read_head(struct http_call *call)
{
    const char *length = header(call->head, "Content-Length: ");
    const char *connection = header(call->head, "Connection: ");

    if (sscanf(call->head, "HTTP/1.1 %d", &call->status) != 1) {
        errno = EBADMSG;
        fail(call->head);
    }
    call->body_left = length ? strtoul(length, NULL, 10) : SIZE_MAX;
    call->is_last = connection && !strncasecmp(connection, "close", 5);
    call->state = call->keeps && call->status == 200 ? CALL_KEEPS : CALL_TAKES;
}

static void take_body(struct http_call *call, const char *bytes, size_t size, http_call_body *body,
                      void *self)
{
    call->arrived += size;
    if (body && size)
        body(self, call, bytes, size);
    if (call->state != CALL_TAKES || call->body_left == SIZE_MAX)
        return;
    call->body_left -= size < call->body_left ? size : call->body_left;
    if (call->body_left)
        return;
    if (call->is_last)
        http_call_close(call);
    else
        call->state = CALL_IDLE;
}

static void take_head(struct http_call *call, const char *bytes, size_t size, http_call_body *body,
                      void *self)
{
    size_t before = call->head_size, fits = CALL_HEAD_MAX - before;
    size_t taken = size < fits ? size : fits, length;
    const char *end;

    memcpy(call->head + before, bytes, taken);
    call->head_size += taken;
    call->head[call->head_size] = '\0';
    end = strstr(call->head, "\r\n\r\n");
    if (!end) {
        errno = ENOBUFS;
        if (call->head_size == CALL_HEAD_MAX)
            fail("the head of an answer");
        return;
    }
    length = (size_t)(end - call->head) + 4 - before;
    read_head(call);
    take_body(call, bytes + length, size - length, body, self);
}

static bool expects(const struct http_call *call)
{
    return call->state == CALL_AWAITS || call->state == CALL_TAKES || call->state == CALL_IDLE;
}

void http_call_turn(struct http_call *call, http_call_body *body, void *self)
{
    char bytes[READ_SIZE];

    if (call->state == CALL_ASKS)
        send_on(call);
    while (expects(call)) {
        ssize_t size = recv(call->fd, bytes, call->keeps ? KEEPING_READ_SIZE : READ_SIZE, 0);

        if (size < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
            return;
        if (size <= 0)
            http_call_close(call);
        else if (call->state == CALL_AWAITS)
            take_head(call, bytes, (size_t)size, body, self);
        else
            take_body(call, bytes, (size_t)size, body, self);
    }
}
