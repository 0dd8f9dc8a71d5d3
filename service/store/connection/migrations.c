// SPDX-License-Identifier: Apache-2.0
#include "store/connection/migrations.h"

#include "embedded_migrations.h"
#include "store/connection/arrays.h"
#include "store/connection/link.h"
#include "store/connection/values.h"

static void add_known(struct parameters *parameters)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_TEXT, embedded_migrations_count);
    for (size_t i = 0; i < embedded_migrations_count; i++)
        array_bytes(out, slice_of(embedded_migrations[i].name));
    out = parameters_next(parameters);
    array_begin(out, ARRAY_BYTEA, embedded_migrations_count);
    for (size_t i = 0; i < embedded_migrations_count; i++)
        array_bytes(out, embedded_slice(&embedded_migrations[i]));
}

static int judge(const PGresult *answer, struct migrations_state *state, struct err *err)
{
    for (int row = 0; row < PQntuples(answer); row++) {
        const char *name = PQgetvalue(answer, row, 0);
        const char *verdict = PQgetvalue(answer, row, 1);

        if (!strcmp(verdict, "unknown"))
            return err_set(err, FATAL, "SCHEMA_NEWER",
                           "the database has seen the migration %s, which this jobtrail does not "
                           "know: run the newer jobtrail",
                           name);
        if (!strcmp(verdict, "changed"))
            return err_set(err, FATAL, "MIGRATION_CHANGED",
                           "the migration %s is not the one that was applied to the database",
                           name);
        if (!strcmp(verdict, "pending") && !state->pending++)
            state->next_pending =
                embedded_find(embedded_migrations, embedded_migrations_count, name);
        else if (!strcmp(verdict, "applied") && state->pending)
            return err_set(err, FATAL, "MIGRATION_CHANGED",
                           "the migration %s was applied without one that comes before it", name);
    }
    return DONE;
}

int migrations_compare(PGconn *connection, int timeout_ms, struct migrations_state *state,
                       struct err *err)
{
    struct parameters parameters;
    PGresult *answer = NULL;
    int rc;
    bool present;

    *state = (struct migrations_state){embedded_migrations_count, embedded_migrations};
    rc = link_ask(connection, "migrations_present", NULL, timeout_ms, &answer, err);
    if (rc)
        return rc;
    present = value_bool(answer, 0, 0);
    PQclear(answer);
    if (!present)
        return DONE;
    *state = (struct migrations_state){0};
    parameters_init(&parameters);
    add_known(&parameters);
    rc = link_ask(connection, "migrations_compare", &parameters, timeout_ms, &answer, err);
    parameters_free(&parameters);
    if (rc)
        return rc;
    rc = judge(answer, state, err);
    PQclear(answer);
    return rc;
}
