// SPDX-License-Identifier: Apache-2.0
// A listener for a few who ask little: one thread of libmicrohttpd's serves all connections, and
// answers are made on it, one at a time. Whoever asks is answered whatever others do: where there
// are too many connections, the oldest gives way to the newest. What has a body is answered without
// it.
#pragma once

#include "base/err.h"
#include "base/option_value.h"
#include "http/response.h"

struct small_listener;

struct small_listener_options {
    const char *option; // its name, for messages
    // On the listener's thread: fills the response of a request whose target is sound.
    void (*answer)(void *self, const struct request *request, struct response *response);
    void *self;
};

// Binds and starts a thread. FATAL for an address that cannot be bound, RETRY without memory or
// threads. options are copied.
int small_listener_start(const struct listen_address *address,
                         const struct small_listener_options *options, struct small_listener **out,
                         struct err *err);
// The port that is bound: of use where the address said 0.
uint16_t small_listener_port(const struct small_listener *listener);
// Closes the listener and waits for its thread. Accepts NULL.
void small_listener_stop(struct small_listener *listener);
