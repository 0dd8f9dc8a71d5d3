// SPDX-License-Identifier: Apache-2.0
// The API's listener: takes requests in, hands them to the API's threads, sends the answers.
//
//   listener threads (libmicrohttpd, 2) ──work list──▶ API threads (N), each with its own reader
//             ▲                                             │
//             └──────────── resume the connection ──────────┘
//   watch thread: ends connections that are too slow
//
// A slow client occupies a connection, but no API thread; a slow database occupies API threads, but
// not the listener. Shared by the threads: the work list, the API (constant) and the list of
// connections, each with a lock of its own.
#pragma once

#include "api/api.h"
#include "base/buffer.h"
#include "base/networks.h"
#include "base/option_value.h"
#include "store/connection/connection_options.h"

struct api_listener;

enum { LISTENER_ASKS_US = 30 * 1000 * 1000, LISTENER_ANSWERS_US = 120 * 1000 * 1000 };

struct api_listener_options {
    struct listen_address listen;
    const struct api *api;            // borrowed
    struct connection_options reader; // of each API thread's connection
    // Of what decides and what tells of decisions, where reader is a replica's; else NULL.
    // Borrowed.
    const struct connection_options *primary;
    size_t readers; // API threads
    unsigned connections, connections_per_address;
    struct networks trusted_proxies; // borrowed
    // How long a client may take to ask, and to take an answer, before the connection is ended.
    // 0: LISTENER_ASKS_US, LISTENER_ANSWERS_US.
    int64_t asks_us, answers_us;
    // An answer was sent off, for metrics: any thread. route: place of route_name. May be NULL.
    void (*answered)(void *self, size_t route, int status, double seconds);
    void *self;
};

// Binds and starts its threads. FATAL for an address that cannot be bound, RETRY without memory or
// threads.
int api_listener_start(const struct api_listener_options *options, struct api_listener **out,
                       struct err *err);
uint16_t api_listener_port(const struct api_listener *listener);
// Whether any API thread reached the read model when it last tried; if not, appends why.
bool api_listener_is_ready(const struct api_listener *listener, struct buffer *reasons);
// Answers what was asked already, closes, and waits for all threads. What it tells can still be
// asked for. Accepts NULL.
void api_listener_finish(struct api_listener *listener);
// Finishes first, if need be. Accepts NULL.
void api_listener_free(struct api_listener *listener);
