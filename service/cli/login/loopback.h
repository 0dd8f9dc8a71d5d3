// SPDX-License-Identifier: Apache-2.0
// Where a browser on this machine brings the issuer's answer: a listener on 127.0.0.1 that takes
// one request and says so to whoever sits there (RFC 8252, section 7.3). Not thread-safe.
#pragma once

#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"

struct loopback;

// port: 0, any that is free. FATAL (CONFIGURATION) if it cannot be had.
int loopback_open(unsigned port, struct loopback **out, struct err *err);
void loopback_free(struct loopback *loopback);
unsigned loopback_port(const struct loopback *loopback);
// Waits for "/?..." with this state, and fills the query, without its '?'. Whatever else comes is
// answered and goes by: any program of the machine may ask. FATAL (NOT_AUTHENTICATED) after
// patience_us; RETRY (INTERRUPTED, OUT_OF_MEMORY).
int loopback_take(struct loopback *loopback, const char *state, int64_t patience_us,
                  struct buffer *query, struct err *err);
