// SPDX-License-Identifier: Apache-2.0
#include "bench/stream_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attributes.h"

enum { REQUEST_SIZE = 4096, READ_SIZE = 64 * 1024 };

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

void stream_client_open(struct stream_client *client, uint16_t port, const char *organization,
                        const char *token)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request[REQUEST_SIZE];
    int size = snprintf(request, sizeof request,
                        "GET /organizations/%s/stream HTTP/1.1\r\nHost: localhost\r\n"
                        "Accept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n",
                        organization, token);

    memset(client, 0, sizeof *client);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (size >= REQUEST_SIZE)
        fail("a request", "the token is too long");
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) ||
        send(client->fd, request, (size_t)size, MSG_NOSIGNAL) != size ||
        fcntl(client->fd, F_SETFL, O_NONBLOCK))
        fail("connecting", strerror(errno));
}

void stream_client_close(struct stream_client *client)
{
    close(client->fd);
}

static void take_head(struct stream_client *client, const char *line)
{
    if (!client->begun && strncmp(line, "HTTP/1.1 200", 12) != 0)
        fail("a stream was refused", line);
    client->begun = true;
    if (!*line)
        client->expects = CLIENT_CHUNK_SIZE;
}

static void take_chunk_size(struct stream_client *client, const char *line)
{
    char *end;

    client->chunk_left = strtoul(line, &end, 16);
    if (end == line || *end)
        fail("a stream", "what comes is not chunked");
    if (!client->chunk_left)
        fail("a stream", "it ended");
    client->expects = CLIENT_CHUNK;
}

static void take_body(struct stream_client *client, const char *line, stream_message *message,
                      void *self)
{
    if (!strncmp(line, "event: ", 7))
        snprintf(client->event, sizeof client->event, "%.15s", line + 7);
    else if (!strncmp(line, "data: ", 6))
        message(self, client, client->event, line + 6);
}

// True when a line is whole; it has no line end.
static bool gather(struct stream_line *line, char byte)
{
    if (byte == '\n') {
        line->size -= line->size && line->text[line->size - 1] == '\r';
        line->text[line->size] = '\0';
        line->size = 0;
        return true;
    }
    if (line->size + 1 == STREAM_LINE_MAX)
        fail("a stream", "a line is too long");
    line->text[line->size++] = byte;
    return false;
}

static void take_byte(struct stream_client *client, char byte, stream_message *message, void *self)
{
    switch (client->expects) {
    case CLIENT_HEAD:
        if (gather(&client->framing, byte))
            take_head(client, client->framing.text);
        break;
    case CLIENT_CHUNK_SIZE:
        if (gather(&client->framing, byte))
            take_chunk_size(client, client->framing.text);
        break;
    case CLIENT_CHUNK:
        if (gather(&client->body, byte))
            take_body(client, client->body.text, message, self);
        if (!--client->chunk_left)
            client->expects = CLIENT_CHUNK_END;
        break;
    case CLIENT_CHUNK_END:
        if (byte == '\n')
            client->expects = CLIENT_CHUNK_SIZE;
    }
}

void stream_client_read(struct stream_client *client, stream_message *message, void *self)
{
    static char bytes[READ_SIZE];
    ssize_t size = recv(client->fd, bytes, sizeof bytes, 0);

    if (!size)
        fail("a stream", "the other side closed it");
    if (size < 0 && errno != EAGAIN && errno != EINTR)
        fail("a stream", strerror(errno));
    for (ssize_t i = 0; i < size; i++)
        take_byte(client, bytes[i], message, self);
}
