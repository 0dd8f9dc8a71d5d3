// SPDX-License-Identifier: Apache-2.0
// Whether a thread has its connection to PostgreSQL, and why it has none: for /readyz. That thread
// tells, any may ask.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"

// All zeros: it was not tried yet.
struct postgres_state {
    atomic_bool connected;
    _Atomic(const char *) message, reason; // why not: in words, and as in struct err
};

void postgres_state_connected(struct postgres_state *state);
// There is no connection; err: what it failed with or was lost with, NULL: as it was told before.
void postgres_state_missing(struct postgres_state *state, const struct err *err);
// Appends a line of /readyz where there is none.
bool postgres_state_is_ready(const struct postgres_state *state, const char *who,
                             struct buffer *reasons);
