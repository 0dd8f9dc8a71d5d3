// SPDX-License-Identifier: Apache-2.0
#include "store/connection/sequences.h"

#include "base/log.h"
#include "store/connection/link.h"
#include "store/connection/values.h"

// Columns of sequences_state.sql.
enum { NAME, LAST_ID, IS_BEHIND, IS_EXHAUSTED };

int sequences_look(PGconn *connection, int timeout_ms, void *self,
                   int (*told)(void *self, const struct sequence_state *state, struct err *err),
                   struct err *err)
{
    PGresult *answer = NULL;
    int rc = link_ask(connection, "sequences_state", NULL, timeout_ms, &answer, err);

    for (int row = 0; !rc && row < PQntuples(answer); row++) {
        const struct sequence_state state = {
            .name = value_bytes(answer, row, NAME),
            .last_id = value_int8(answer, row, LAST_ID),
            .is_behind = value_bool(answer, row, IS_BEHIND),
            .is_exhausted = value_bool(answer, row, IS_EXHAUSTED),
        };

        rc = told(self, &state, err);
    }
    PQclear(answer);
    return rc;
}

int sequence_judge(const struct sequence_state *state, struct err *err)
{
    if (!state->is_exhausted)
        return DONE;
    return err_set(err, FATAL, "SEQUENCE_EXHAUSTED",
                   "the sequence %.*s has no number left; as its owner: ALTER SEQUENCE %.*s NO "
                   "MAXVALUE",
                   (int)state->name.size, state->name.data, (int)state->name.size,
                   state->name.data);
}

struct mending {
    PGconn *connection;
    int timeout_ms;
};

static int mend(void *self, const struct sequence_state *state, struct err *err)
{
    const struct mending *mending = self;
    struct parameters parameters;
    int rc = DONE;

    if (state->is_behind) {
        parameters_init(&parameters);
        parameters_add_bytes(&parameters, state->name);
        parameters_add_int8(&parameters, state->last_id);
        rc = link_ask(mending->connection, "sequence_forward", &parameters, mending->timeout_ms,
                      NULL, err);
        parameters_free(&parameters);
        if (!rc)
            log_warn("postgres", "a sequence stood behind its table: it was set to the last id",
                     LOG_SLICE("sequence", state->name), LOG_INT("id", state->last_id));
    }
    return rc ? rc : sequence_judge(state, err);
}

int sequences_mend(PGconn *connection, int timeout_ms, struct err *err)
{
    struct mending mending = {connection, timeout_ms};

    return sequences_look(connection, timeout_ms, &mending, mend, err);
}
