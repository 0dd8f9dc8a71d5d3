// SPDX-License-Identifier: Apache-2.0
// A client of the live stream over a socket of its own: asks, and cuts what comes into messages.
// As feed.h, these are tools: what cannot be gone on from ends the program with a line that says
// why. One thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM_LINE_MAX = 4096 };

struct stream_line {
    size_t size;
    char text[STREAM_LINE_MAX];
};

struct stream_client {
    int fd;
    enum { CLIENT_HEAD, CLIENT_CHUNK_SIZE, CLIENT_CHUNK, CLIENT_CHUNK_END } expects;
    bool begun; // the head came, and it was a 200
    size_t chunk_left;
    struct stream_line framing, body; // a line of the body may be cut by chunks anywhere
    char event[16];
};

// Called with the kind and the data of each message; borrowed.
typedef void stream_message(void *self, struct stream_client *client, const char *event,
                            const char *data);

// Connects to the loopback and sends the request; from then on the socket does not block.
void stream_client_open(struct stream_client *client, uint16_t port, const char *organization,
                        const char *token);
void stream_client_close(struct stream_client *client);
// Takes in what is there.
void stream_client_read(struct stream_client *client, stream_message *message, void *self);
