// SPDX-License-Identifier: Apache-2.0
// Connecting: one server after another, each within its own time.
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "secret/secret.h"
#include "store/connection/endpoints.h"
#include "store/connection/errors.h"
#include "store/connection/link.h"
#include "store/connection/link_private.h"
#include "store/connection/password.h"
#include "store/connection/server_check.h"

enum {
    KEYWORDS_MAX = 16,
    SHARE_MIN_MS = 1000,
    REMEMBERED_US = 60 * 1000 * 1000, // then the first is tried first again
    WORDS_MAX = 120,                  // of each server's failure, where several failed
};

// What is given to libpq; later ones win, and its own array ends with NULL.
struct keywords {
    const char *names[KEYWORDS_MAX + 1], *values[KEYWORDS_MAX + 1];
    size_t count;
};

static void add(struct keywords *keywords, const char *name, const char *value)
{
    keywords->names[keywords->count] = name;
    keywords->values[keywords->count++] = value;
}

// Ours before the user's are defaults, those after it are not to be changed.
// password: NULL: conninfo has it, or libpq finds it.
static struct keywords keywords_of(const char *conninfo, const char *application_name,
                                   const char *password)
{
    struct keywords keywords = {0};

    add(&keywords, "keepalives_idle", "15");
    add(&keywords, "keepalives_interval", "5");
    add(&keywords, "keepalives_count", "3");
    add(&keywords, "tcp_user_timeout", "30000");
    add(&keywords, "application_name", application_name);
    add(&keywords, "dbname", conninfo);
    add(&keywords, "client_encoding", "UTF8");
    if (password)
        add(&keywords, "password", password);
    return keywords;
}

static void log_notice(void *self, const char *message)
{
    (void)self;
    log_info("postgres", "notice",
             LOG_SLICE("text", ((struct slice){message, strcspn(message, "\n")})));
}

static PGconn *start(const struct keywords *keywords, struct err *err)
{
    PGconn *connection = PQconnectStartParams(keywords->names, keywords->values, 1);

    if (!connection) {
        err_no_memory(err);
        return NULL;
    }
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    PQsetNoticeProcessor(connection, log_notice, NULL);
    return connection;
}

static int finish_connecting(PGconn *connection, int timeout_ms, struct err *err)
{
    int64_t deadline_us = link_deadline(timeout_ms);
    PostgresPollingStatusType wants = PGRES_POLLING_WRITING;

    if (PQstatus(connection) == CONNECTION_BAD)
        return error_of_connecting(connection, err);
    while (wants != PGRES_POLLING_OK) {
        short events = wants == PGRES_POLLING_READING ? POLLIN : POLLOUT;

        if (!link_wait(connection, events, deadline_us))
            return err_set(err, RETRY, ERROR_CONNECT_TIMEOUT, "PostgreSQL did not answer in %d ms",
                           timeout_ms);
        wants = PQconnectPoll(connection);
        if (wants == PGRES_POLLING_FAILED)
            return error_of_connecting(connection, err);
    }
    return DONE;
}

// Takes the connection, which is freed if it fails.
static PGconn *finish(PGconn *connection, int timeout_ms, struct err *err)
{
    int rc = finish_connecting(connection, timeout_ms, err);

    if (!rc)
        rc = server_check(connection, err);
    if (!rc && PQsetnonblocking(connection, 1))
        rc = error_of_connection(connection, err);
    if (rc) {
        PQfinish(connection);
        return NULL;
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    return connection;
}

// libpq takes what is neither a URI nor has an '=' for the name of a database: so do we.
static int check_conninfo(const char *conninfo, struct err *err)
{
    char *text = NULL;
    PQconninfoOption *options;

    if (!strchr(conninfo, '=') && !strstr(conninfo, "://"))
        return DONE;
    options = PQconninfoParse(conninfo, &text);
    if (!options && !text)
        err_no_memory(err);
    else if (!options)
        err_set(err, FATAL, "CONNINFO", "postgres.conninfo: %.*s", (int)strcspn(text, "\n"), text);
    PQconninfoFree(options);
    PQfreemem(text);
    return options ? 0 : (int)err->disposition;
}

static PGconn *try_endpoint(struct keywords keywords, const struct endpoint *endpoint,
                            const char *attributes, int timeout_ms, struct err *err)
{
    PGconn *connection;

    add(&keywords, "host", endpoint->host);
    add(&keywords, "hostaddr", endpoint->hostaddr);
    add(&keywords, "port", endpoint->port);
    if (attributes)
        add(&keywords, "target_session_attrs", attributes);
    connection = start(&keywords, err);
    return connection ? finish(connection, timeout_ms, err) : NULL;
}

// Notes in *all what one server said, if it can be told besides what others did.
static void tell_all(struct err *all, const struct endpoint *endpoint, const struct err *one)
{
    size_t length = strlen(all->text);
    const char *where = endpoint->hostaddr ? endpoint->hostaddr : endpoint->host;
    struct slice words = slice_of(one->text);

    if (!length)
        err_set(all, RETRY, one->reason, "%s", "");
    snprintf(all->text + length, sizeof all->text - length, "%s%.60s:%.8s: %.*s",
             length ? "; " : "", where, endpoint->port, (int)utf8_cut(words, WORDS_MAX),
             words.data);
}

// Each once, beginning where the memory says. A failure that only a person can mend ends it, as
// it does in libpq.
static PGconn *try_all(const struct keywords *keywords, const struct endpoints *endpoints,
                       const char *attributes, int timeout_ms, struct link_memory *memory,
                       struct err *err)
{
    size_t first = clock_monotonic_us() < memory->until_us ? memory->first : 0;
    struct err all = {0};
    bool hung = false;

    for (size_t i = 0; i < endpoints->count; i++) {
        size_t at = (first + i) % endpoints->count;
        const struct endpoint *endpoint = &endpoints->items[at];
        PGconn *connection = try_endpoint(*keywords, endpoint, attributes, timeout_ms, err);

        if (connection && hung)
            *memory = (struct link_memory){at, clock_monotonic_us() + REMEMBERED_US};
        if (connection || err->disposition == FATAL)
            return connection;
        hung |= !strcmp(err->reason, ERROR_CONNECT_TIMEOUT);
        tell_all(&all, endpoint, err);
    }
    *err = all;
    return NULL;
}

static PGconn *open_one_of(const struct keywords *keywords, const struct endpoints *endpoints,
                           int timeout_ms, struct link_memory *memory, struct err *err)
{
    struct link_memory none = {0};
    PGconn *connection = NULL;

    memory = memory ? memory : &none;
    if (!endpoints->connect_timeout_ms && timeout_ms >= 0) {
        timeout_ms /= (int)endpoints->count;
        timeout_ms = timeout_ms < SHARE_MIN_MS ? SHARE_MIN_MS : timeout_ms;
    }
    if (!endpoints->prefers_standby)
        return try_all(keywords, endpoints, NULL, timeout_ms, memory, err);
    connection = try_all(keywords, endpoints, "standby", timeout_ms, memory, err);
    if (connection || err->disposition == FATAL)
        return connection;
    return try_all(keywords, endpoints, "any", timeout_ms, memory, err);
}

static PGconn *open_with(const struct keywords *keywords, int timeout_ms,
                         struct link_memory *memory, struct err *err)
{
    struct endpoints endpoints;
    PGconn *connection = start(keywords, err);
    int rc;

    if (!connection)
        return NULL;
    rc = endpoints_of(connection, &endpoints, err);
    if (!rc && endpoints.connect_timeout_ms)
        timeout_ms = endpoints.connect_timeout_ms;
    if (rc || endpoints.count > 1) {
        PQfinish(connection);
        connection = rc ? NULL : open_one_of(keywords, &endpoints, timeout_ms, memory, err);
    } else {
        connection = finish(connection, timeout_ms, err);
    }
    endpoints_free(&endpoints);
    return connection;
}

// Somebody changed a password and is about to change it here, too.
static void await_renewal(struct err *err)
{
    if (!strcmp(err->reason, ERROR_NOT_AUTHORIZED))
        err->disposition = RETRY;
}

// How a connection is opened once its password is known.
struct opening {
    const char *conninfo, *application_name;
    const struct endpoint *only; // NULL: whichever it names
    int timeout_ms;
    struct link_memory *memory;
};

static PGconn *open_as_told(const struct opening *opening, struct err *err)
{
    const char *conninfo = password_skip_source(opening->conninfo);
    struct keywords keywords;
    struct buffer password;
    bool is_renewed;
    PGconn *connection = NULL;

    buffer_init(&password);
    if (!check_conninfo(conninfo, err) &&
        !password_read(opening->conninfo, &password, &is_renewed, err)) {
        keywords = keywords_of(conninfo, opening->application_name, password.data);
        connection = opening->only
                         ? try_endpoint(keywords, opening->only, NULL, opening->timeout_ms, err)
                         : open_with(&keywords, opening->timeout_ms, opening->memory, err);
        if (!connection && is_renewed)
            await_renewal(err);
    }
    secret_wipe(&password);
    return connection;
}

PGconn *link_open(const char *conninfo, const char *application_name, int timeout_ms,
                  struct link_memory *memory, struct err *err)
{
    const struct opening opening = {conninfo, application_name, NULL, timeout_ms, memory};

    return open_as_told(&opening, err);
}

PGconn *link_open_beside(const PGconn *connection, const char *conninfo,
                         const char *application_name, int timeout_ms, struct err *err)
{
    const struct endpoint same = {PQhost(connection), PQhostaddr(connection), PQport(connection)};
    const struct opening opening = {conninfo, application_name, &same, timeout_ms, NULL};

    return open_as_told(&opening, err);
}
