// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // strcasestr
#include "registry/stub_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Head, then as much body as Content-Length says.
static void read_request(int fd, char *into, size_t size)
{
    size_t have = 0, wanted = size - 1;
    const char *at;

    while (have < wanted) {
        ssize_t got = recv(fd, into + have, wanted - have, 0);

        if (got <= 0)
            break;
        have += (size_t)got;
        into[have] = '\0';
        at = strstr(into, "\r\n\r\n");
        if (at) {
            const char *length = strcasestr(into, "\r\nContent-Length:");
            size_t total = (size_t)(at + 4 - into) + (length ? strtoul(length + 17, NULL, 10) : 0);

            wanted = total < wanted ? total : wanted;
        }
    }
    into[have] = '\0';
}

static void send_text(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void wait_for_hang_up(int fd)
{
    char byte;

    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

static void respond(int fd, enum stub_manner manner, int status, const char *header,
                    const char *body)
{
    char head[512];
    static char chunk[65536];

    snprintf(head, sizeof(head),
             "HTTP/1.1 %d X\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n", status, header,
             strlen(body) + (manner == STUB_CUTS ? 100 : 0));
    switch (manner) {
    case STUB_SILENT:
        wait_for_hang_up(fd);
        return;
    case STUB_GARBAGE:
        send_text(fd, "\x01\x02 hello\r\n\r\n");
        return;
    case STUB_ENDLESS:
        send_text(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"schema\":\"");
        memset(chunk, 'x', sizeof(chunk));
        while (send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL) > 0)
            ;
        return;
    case STUB_ANSWERS:
    case STUB_CUTS:
        send_text(fd, head);
        send_text(fd, body);
    }
}

static void *serve(void *argument)
{
    struct stub_server *server = argument;
    static char request[sizeof(server->request)];

    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        enum stub_manner manner;
        const char *header, *body;
        int status;

        if (fd < 0)
            return NULL;
        read_request(fd, request, sizeof(request));
        pthread_mutex_lock(&server->lock);
        server->asked++;
        memcpy(server->request, request, sizeof(request));
        manner = server->manner;
        status = server->status;
        header = server->header;
        body = server->body;
        pthread_mutex_unlock(&server->lock);
        respond(fd, manner, status, header, body);
        close(fd);
    }
}

void stub_open(struct stub_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    memset(server, 0, sizeof(*server));
    pthread_mutex_init(&server->lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (server->listener < 0 || bind(server->listener, (void *)&address, sizeof(address)) ||
        listen(server->listener, 16) || getsockname(server->listener, (void *)&address, &size))
        abort();
    server->port = ntohs(address.sin_port);
    stub_say(server, STUB_ANSWERS, 500, "", "");
    if (pthread_create(&server->thread, NULL, serve, server))
        abort();
}

void stub_close(struct stub_server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
}

void stub_say(struct stub_server *server, enum stub_manner manner, int status, const char *header,
              const char *body)
{
    pthread_mutex_lock(&server->lock);
    server->manner = manner;
    server->status = status;
    server->header = header;
    server->body = body;
    pthread_mutex_unlock(&server->lock);
}

int stub_asked(struct stub_server *server)
{
    int asked;

    pthread_mutex_lock(&server->lock);
    asked = server->asked;
    pthread_mutex_unlock(&server->lock);
    return asked;
}

int stub_was_told(struct stub_server *server, const char *text)
{
    int told;

    pthread_mutex_lock(&server->lock);
    told = strstr(server->request, text) != NULL;
    pthread_mutex_unlock(&server->lock);
    return told;
}

void stub_url(const struct stub_server *server, char *out, size_t size)
{
    snprintf(out, size, "http://127.0.0.1:%d/base/", server->port);
}
