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

// What the migrations made is there, and their record shows us nothing.
static int refuse_hidden(const PGresult *present, struct err *err)
{
    struct slice owner = value_bytes(present, 0, 2), role = value_bytes(present, 0, 3);

    if (slice_equal(owner, role))
        return err_set(err, FATAL, "MIGRATIONS_HIDDEN",
                       "the tables are there, but jobtrail.migration shows no rows: if the schema "
                       "was restored for another owner, run jobtrail migrate as %.*s; if not, "
                       "restore the rows",
                       (int)role.size, role.data);
    return err_set(err, FATAL, "MIGRATIONS_HIDDEN",
                   "the tables belong to %.*s, and jobtrail.migration shows %.*s no rows: connect "
                   "as %.*s, or as a member of it",
                   (int)owner.size, owner.data, (int)role.size, role.data, (int)owner.size,
                   owner.data);
}

static int compare(PGconn *connection, int timeout_ms, struct migrations_state *state,
                   struct err *err)
{
    struct parameters parameters;
    PGresult *answer = NULL;
    int rc;

    *state = (struct migrations_state){0};
    parameters_init(&parameters);
    add_known(&parameters);
    rc = link_ask(connection, "migrations_compare", &parameters, timeout_ms, &answer, err);
    parameters_free(&parameters);
    if (!rc)
        rc = judge(answer, state, err);
    PQclear(answer);
    return rc;
}

int migrations_compare(PGconn *connection, int timeout_ms, struct migrations_state *state,
                       struct err *err)
{
    PGresult *present = NULL;
    int rc;

    *state = (struct migrations_state){embedded_migrations_count, embedded_migrations};
    rc = link_ask(connection, "migrations_present", NULL, timeout_ms, &present, err);
    if (!rc && value_bool(present, 0, 0)) {
        rc = compare(connection, timeout_ms, state, err);
        if (!rc && state->pending == embedded_migrations_count && value_bool(present, 0, 1))
            rc = refuse_hidden(present, err);
    }
    PQclear(present);
    return rc;
}

int migrations_require(PGconn *connection, int timeout_ms, struct err *err)
{
    struct migrations_state state;
    int rc = migrations_compare(connection, timeout_ms, &state, err);

    if (!rc && state.pending)
        rc = err_set(err, FATAL, "NOT_MIGRATED",
                     "the database lacks %zu migrations, from %s on: run jobtrail migrate",
                     state.pending, state.next_pending->name);
    return rc;
}
