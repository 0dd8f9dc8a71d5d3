// SPDX-License-Identifier: Apache-2.0
// The API's listener: takes requests in, hands them to workers, sends the answers.
//
//   listener threads (libmicrohttpd, 2) ──work queue──▶ workers (N), each with a reader of its own
//             ▲                                            │
//             └──────────── resume the connection ─────────┘
//   watch thread: ends connections that are too slow
//
// A slow client holds a connection, never a worker; a slow database holds workers, never the
// listener. Shared: the queue, the API (constant), the list of connections; each locks itself.
#pragma once

#include "api/api.h"
#include "base/buffer.h"
#include "base/option_value.h"
#include "store/connection/connection_options.h"

struct server;

enum { SERVER_ASKS_US = 30 * 1000 * 1000, SERVER_ANSWERS_US = 120 * 1000 * 1000 };

struct server_options {
    struct listen_address listen;
    const struct api *api;            // borrowed
    struct connection_options reader; // of each worker's connection
    size_t readers;                   // workers
    unsigned connections, connections_per_address;
    // How long a client may take to ask, and to take an answer, before the connection is ended.
    // 0: SERVER_ASKS_US, SERVER_ANSWERS_US.
    int64_t asks_us, answers_us;
    // An answer was sent off, for metrics: any thread. route: place of route_name. May be NULL.
    void (*answered)(void *self, size_t route, int status, double seconds);
    void *self;
};

// Binds and starts its threads. FATAL for an address that cannot be bound, RETRY without memory or
// threads.
int server_start(const struct server_options *options, struct server **out, struct err *err);
uint16_t server_port(const struct server *server);
// Whether any worker reached the read model when it last tried; if not, appends why.
bool server_is_ready(const struct server *server, struct buffer *reasons);
// Answers what was asked already, closes, and waits for all threads. Accepts NULL.
void server_stop(struct server *server);
