// SPDX-License-Identifier: Apache-2.0
#include "store/connection/sequences.h"

#include "base/log.h"
#include "store/connection/link.h"
#include "store/connection/values.h"

static int judge(const PGresult *answer, struct err *err)
{
    for (int row = 0; row < PQntuples(answer); row++) {
        struct slice name = value_bytes(answer, row, 0);

        if (!PQgetisnull(answer, row, 2))
            log_warn("postgres", "a sequence stood behind its table: it was set to the last id",
                     LOG_SLICE("sequence", name), LOG_INT("id", value_int8(answer, row, 1)));
        if (value_bool(answer, row, 3))
            return err_set(err, FATAL, "SEQUENCE_EXHAUSTED",
                           "the sequence %.*s has no number left; as its owner: ALTER SEQUENCE "
                           "%.*s NO MAXVALUE",
                           (int)name.size, name.data, (int)name.size, name.data);
    }
    return DONE;
}

int sequences_mend(PGconn *connection, int timeout_ms, struct err *err)
{
    PGresult *answer = NULL;
    int rc = link_ask(connection, "sequences_mend", NULL, timeout_ms, &answer, err);

    if (!rc)
        rc = judge(answer, err);
    PQclear(answer);
    return rc;
}
