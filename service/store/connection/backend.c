// SPDX-License-Identifier: Apache-2.0
#include "store/connection/backend.h"

#include <string.h>

#include "store/connection/errors.h"
#include "store/connection/values.h"

// Within which a pooler gives us a second session, if it has one to give.
enum { BESIDE_MS = 2000 };

// After which it is no chance that our session was always the same.
enum { LOOKS_BESIDE = 8 };

// Column of server_state.sql.
enum { PID, IS_STANDBY, IS_READ_ONLY, READ_ONLY_SOURCE, DATABASE };

static int ask_pid(PGconn *connection, int timeout_ms, int *pid, struct err *err)
{
    PGresult *answer = NULL;
    int rc = link_ask(connection, "server_state", NULL, timeout_ms, &answer, err);

    if (!rc)
        *pid = value_int4(answer, 0, PID);
    PQclear(answer);
    return rc;
}

static int refuse_pooler(struct err *err)
{
    return err_set(err, FATAL, ERROR_POOLER, "%s", ADVICE_POOLER);
}

// While the other one has a transaction open, its session is another than ours, and ours is still
// the same; so it is after it. Ours is not asked when it cannot answer: the other one may have the
// only session.
static int look_beside(PGconn *connection, PGconn *beside, int timeout_ms, int pid, struct err *err)
{
    int pid_beside = 0, pid_meanwhile = pid, pid_after = pid;
    int rc = link_ask(beside, "begin", NULL, BESIDE_MS, NULL, err);

    if (!rc)
        rc = ask_pid(beside, BESIDE_MS, &pid_beside, err);
    if (pid_beside == pid || (rc && strstr(err->text, "statement pooling")))
        return refuse_pooler(err);
    if (!rc)
        rc = ask_pid(connection, timeout_ms, &pid_meanwhile, err);
    if (!rc)
        rc = link_ask(beside, "rollback", NULL, BESIDE_MS, NULL, err);
    if (!rc)
        rc = ask_pid(connection, timeout_ms, &pid_after, err);
    return !rc && (pid_meanwhile != pid || pid_after != pid) ? refuse_pooler(err) : rc;
}

// A pooler names a process of its own making. Whether a session is ours for as long as the
// connection lives shows beside another one, and with more certainty when looked at more than once:
// while others use the pooler, ours may come back by chance. Who gets no second session has a
// pooler that keeps them apart, and no more of them.
static int check_pooler(PGconn *connection, const struct connection_options *options, int pid,
                        struct err *err)
{
    PGconn *beside =
        link_open_beside(connection, options->conninfo, options->application_name, BESIDE_MS, err);
    int rc = DONE;

    if (!beside)
        return DONE;
    for (int look = 0; !rc && look < LOOKS_BESIDE; look++)
        rc = look_beside(connection, beside, options->connect_timeout_ms, pid, err);
    PQfinish(beside);
    return rc;
}

static bool is_of_role(struct slice source)
{
    return slice_equal(source, SLICE_LITERAL("user")) ||
           slice_equal(source, SLICE_LITERAL("database user"));
}

static int refuse_reading(const PGresult *answer, struct err *err)
{
    struct slice source = value_bytes(answer, 0, READ_ONLY_SOURCE);
    struct slice database = value_bytes(answer, 0, DATABASE);

    if (slice_equal(source, SLICE_LITERAL("database")))
        return err_set(err, RETRY, ERROR_READ_ONLY,
                       "the database was made read only; when it may be written again: ALTER "
                       "DATABASE %.*s RESET default_transaction_read_only",
                       (int)database.size, database.data);
    return err_set(
        err, RETRY, ERROR_READ_ONLY,
        "default_transaction_read_only is on (set by: %.*s): the server takes no writes, "
        "as a primary that was demoted",
        (int)source.size, source.data);
}

static int check_writing(PGconn *connection, const PGresult *answer, int timeout_ms,
                         struct err *err)
{
    if (value_bool(answer, 0, IS_STANDBY))
        return err_set(err, RETRY, ERROR_READ_ONLY,
                       "the server is a standby: name the primary in postgres.conninfo, or all "
                       "servers with target_session_attrs=read-write");
    if (!value_bool(answer, 0, IS_READ_ONLY))
        return DONE;
    if (!is_of_role(value_bytes(answer, 0, READ_ONLY_SOURCE)))
        return refuse_reading(answer, err);
    return link_ask(connection, "session_writes", NULL, timeout_ms, NULL, err);
}

int backend_check(PGconn *connection, const struct connection_options *options, bool writes,
                  struct err *err)
{
    PGresult *answer = NULL;
    int rc = link_ask(connection, "server_state", NULL, options->connect_timeout_ms, &answer, err);
    int pid = rc ? 0 : value_int4(answer, 0, PID);

    if (!rc && pid != PQbackendPID(connection))
        rc = check_pooler(connection, options, pid, err);
    if (!rc && writes)
        rc = check_writing(connection, answer, options->connect_timeout_ms, err);
    PQclear(answer);
    return rc;
}

bool backend_turned_read_only(const PGconn *connection)
{
    const char *standby = PQparameterStatus(connection, "in_hot_standby");
    const char *reads = PQparameterStatus(connection, "default_transaction_read_only");

    return (standby && !strcmp(standby, "on")) || (reads && !strcmp(reads, "on"));
}
