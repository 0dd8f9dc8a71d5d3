// SPDX-License-Identifier: Apache-2.0
#include "serve/process/postgres_state.h"

#include "store/connection/connection_options.h"

void postgres_state_connected(struct postgres_state *state)
{
    state->connected = true;
}

void postgres_state_missing(struct postgres_state *state, const struct err *err)
{
    if (err) {
        state->message = connection_failure_message(err);
        state->reason = err->reason;
    }
    state->connected = false;
}

bool postgres_state_is_ready(const struct postgres_state *state, const char *who,
                             struct buffer *reasons)
{
    const char *message = state->message, *reason = state->reason;

    if (state->connected)
        return true;
    if (message && reason)
        buffer_append_format(reasons, "%s: %s: %s\n", who, message, reason);
    else
        buffer_append_format(reasons, "%s: not connected to PostgreSQL yet\n", who);
    return false;
}
