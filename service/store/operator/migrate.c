// SPDX-License-Identifier: Apache-2.0
#include "store/operator/migrate.h"

#include "base/clock.h"
#include "embedded_migrations.h"
#include "store/connection/errors.h"
#include "store/connection/link.h"
#include "store/connection/migrations.h"
#include "store/connection/values.h"

static int ask(PGconn *connection, const char *name, struct err *err)
{
    return link_ask(connection, name, NULL, LINK_NO_TIMEOUT, NULL, err);
}

static int begin(PGconn *connection, struct err *err)
{
    int rc = ask(connection, "begin", err);

    return rc ? rc : ask(connection, "migration_path", err);
}

// After the lock was waited for in vain. Another migrate is waited for on, however long it takes.
static int tell_holder(PGconn *connection, bool *is_migration, struct err *err)
{
    PGresult *answer = NULL;
    struct slice user, application;
    int rc = ask(connection, "rollback", err);

    if (!rc)
        rc = link_ask(connection, "migration_lock_holder", NULL, LINK_NO_TIMEOUT, &answer, err);
    if (rc)
        return rc;
    if (!PQntuples(answer)) {
        *is_migration = true; // it let go meanwhile
        PQclear(answer);
        return DONE;
    }
    *is_migration = value_bool(answer, 0, 3);
    user = value_bytes(answer, 0, 1);
    application = value_bytes(answer, 0, 2);
    err_set(
        err, RETRY, "MIGRATION_LOCKED",
        "the session %d of the user %.*s (application \"%.*s\") keeps migrations from their lock: "
        "wait for it, or end it (select pg_terminate_backend(%d)), and run jobtrail migrate again",
        (int)value_int4(answer, 0, 0), (int)user.size, user.data, (int)application.size,
        application.data, (int)value_int4(answer, 0, 0));
    PQclear(answer);
    return DONE;
}

// Begins a transaction that has the lock.
static int begin_locked(PGconn *connection, struct err *err)
{
    bool is_migration = true;
    int rc;

    for (;;) {
        rc = begin(connection, err);
        if (!rc)
            rc = ask(connection, "migration_as_owner", err);
        if (!rc)
            rc = ask(connection, "migration_lock", err);
        if (!rc || strcmp(err->reason, ERROR_LOCK_TIMEOUT) != 0)
            return rc;
        rc = tell_holder(connection, &is_migration, err);
        if (rc || !is_migration)
            return RETRY;
    }
}

// How much is missing, without a lock: who has nothing to do waits for nobody.
static int look(PGconn *connection, struct migrations_state *state, struct err *err)
{
    int rc = begin(connection, err);

    if (!rc)
        rc = ask(connection, "migrations_show", err);
    if (!rc)
        rc = migrations_compare(connection, LINK_NO_TIMEOUT, state, err);
    return rc ? rc : ask(connection, "commit", err);
}

// What a script names, it is there to make: a person must look at what else there is.
static int script_failed(PGconn *connection, const struct embedded_file *migration, struct err *err)
{
    const char *words = PQerrorMessage(connection);

    if (err->disposition == RETRY)
        return RETRY;
    return err_set(err, FATAL, "MIGRATION_FAILED", "%s: %.*s", migration->name,
                   (int)strcspn(words, "\n"), words);
}

static int apply(PGconn *connection, const struct embedded_file *migration, struct err *err)
{
    struct parameters parameters;
    int rc;

    rc = ask(connection, "migration_as_owner", err);
    if (rc)
        return rc;
    if (link_run_script(connection, embedded_slice(migration), LINK_NO_TIMEOUT, err))
        return script_failed(connection, migration, err);
    parameters_init(&parameters);
    parameters_add_bytes(&parameters, slice_of(migration->name));
    parameters_add_bytes(&parameters, embedded_slice(migration));
    rc = link_ask(connection, "migration_record", &parameters, LINK_NO_TIMEOUT, NULL, err);
    parameters_free(&parameters);
    return rc;
}

// One migration in a transaction of its own. Which one is the next is asked under the lock, since
// another migrate may be at work. *pending is how many were left before.
static int step(PGconn *connection, const struct migrate_report *report, size_t *pending,
                struct err *err)
{
    struct migrations_state state = {0};
    int64_t began_us = clock_monotonic_us();
    int rc = look(connection, &state, err);

    *pending = state.pending;
    if (rc || !state.pending)
        return rc;
    rc = begin_locked(connection, err);
    if (!rc)
        rc = migrations_compare(connection, LINK_NO_TIMEOUT, &state, err);
    if (!rc && state.pending) {
        if (report && report->pending)
            report->pending(report->self, state.next_pending->name,
                            embedded_slice(state.next_pending));
        rc = apply(connection, state.next_pending, err);
    }
    if (rc)
        return rc; // closing the connection rolls back
    rc = ask(connection, "commit", err);
    if (rc)
        return rc;
    *pending = state.pending;
    if (state.pending && report && report->applied)
        report->applied(report->self, state.next_pending->name,
                        (double)(clock_monotonic_us() - began_us) / US_PER_SECOND);
    return DONE;
}

static int rehearse(PGconn *connection, const struct migrate_report *report, struct err *err)
{
    struct migrations_state state = {0};
    int rc = begin(connection, err);

    if (!rc)
        rc = migrations_compare(connection, LINK_NO_TIMEOUT, &state, err);
    if (rc || !report || !report->pending)
        return rc;
    for (size_t i = embedded_migrations_count - state.pending; i < embedded_migrations_count; i++)
        report->pending(report->self, embedded_migrations[i].name,
                        embedded_slice(&embedded_migrations[i]));
    return DONE;
}

int migrate(const char *conninfo, bool dry_run, const struct migrate_report *report,
            struct err *err)
{
    PGconn *connection =
        link_open(conninfo, "jobtrail migrate", LINK_CONNECT_TIMEOUT_MS, NULL, err);
    size_t pending = 1;
    int rc;

    if (!connection)
        return (int)err->disposition;
    rc = ask(connection, "session_writes", err);
    if (!rc && dry_run)
        rc = rehearse(connection, report, err);
    else
        while (!rc && pending)
            rc = step(connection, report, &pending, err);
    PQfinish(connection);
    return rc;
}
