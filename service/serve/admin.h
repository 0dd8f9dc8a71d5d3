// SPDX-License-Identifier: Apache-2.0
// The admin listener: /metrics, /livez and /readyz over HTTP, for operators and their tools. It
// authenticates nobody, so it belongs on loopback or on a network of its own. GET and HEAD only.
#pragma once

#include "base/buffer.h"
#include "base/err.h"
#include "base/option_value.h"

struct admin;

// Both are called on the listener's thread, one at a time.
struct admin_callbacks {
    void *self;
    // Appends the text exposition of all metrics.
    void (*render_metrics)(void *self, struct buffer *out);
    // Whether we can work now; if not, appends the reasons, a line each.
    bool (*is_ready)(void *self, struct buffer *reasons);
};

// Binds and starts a thread. FATAL for an address that cannot be bound, RETRY without memory or
// threads. callbacks are copied.
int admin_start(const struct listen_address *address, const struct admin_callbacks *callbacks,
                struct admin **out, struct err *err);
// The port that is bound: of use where the address said 0.
uint16_t admin_port(const struct admin *admin);
// Closes the listener and waits for its thread. Accepts NULL.
void admin_stop(struct admin *admin);
