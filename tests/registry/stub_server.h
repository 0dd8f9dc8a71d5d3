// SPDX-License-Identifier: Apache-2.0
// A small HTTP server that answers as it is told, well or badly, and remembers what it was asked.
// One connection at a time, each for one request.
#pragma once

#include <pthread.h>
#include <stddef.h>

enum stub_manner {
    STUB_ANSWERS,
    STUB_SILENT,  // reads and never answers
    STUB_ENDLESS, // sends without an end
    STUB_CUTS,    // promises more than it sends, and hangs up
    STUB_GARBAGE, // no HTTP at all
};

struct stub_server {
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock; // guards all below
    enum stub_manner manner;
    int status;
    const char *header; // a further one with its CRLF, or ""
    const char *body;
    int asked;           // requests seen
    char request[65536]; // the last one, head and body
};

void stub_open(struct stub_server *server);
void stub_close(struct stub_server *server);
void stub_say(struct stub_server *server, enum stub_manner manner, int status, const char *header,
              const char *body);
int stub_asked(struct stub_server *server);
// Whether the last request has this text in it.
int stub_was_told(struct stub_server *server, const char *text);
// Writes "http://127.0.0.1:PORT/base/".
void stub_url(const struct stub_server *server, char *out, size_t size);
