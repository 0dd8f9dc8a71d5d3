// SPDX-License-Identifier: Apache-2.0
// A store's life and its connection. What it does while connected is in store_port.c.
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/link.h"
#include "store/migrations.h"
#include "store/store_state.h"

static const char *const prepared[] = {
    "begin",
    "commit",
    "rollback",
    "positions_move",
    "log_ends",
    "rows_insert",
    "rows_update",
    "rows_read",
    "rows_lock",
    "counts_add",
    "change_add",
    "dead_letter_add",
    "transaction_deadline",
};

struct store *store_new(const struct store_options *options, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store) {
        err_no_memory(err);
        return NULL;
    }
    store->conninfo = strdup(options->conninfo ? options->conninfo : "");
    store->application_name = strdup(options->application_name ? options->application_name : "");
    store->owner = strdup(options->owner ? options->owner : "");
    store->connect_timeout_ms = options->connect_timeout_ms;
    store->statement_timeout_ms = options->statement_timeout_ms;
    store->transaction_timeout_ms = options->transaction_timeout_ms;
    exchange_init(&store->exchange);
    store_port_init(store);
    if (!store->conninfo || !store->application_name || !store->owner) {
        store_free(store);
        err_no_memory(err);
        return NULL;
    }
    return store;
}

void store_disconnect(struct store *store)
{
    PQfinish(store->connection);
    store->connection = NULL;
    store->activity = ACTIVITY_NONE;
    store->transaction_open = false;
    exchange_close(&store->exchange);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    store_disconnect(store);
    free(store->rows);
    free(store->conninfo);
    free(store->application_name);
    free(store->owner);
    free(store);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static void add_milliseconds(struct parameters *parameters, int milliseconds)
{
    char text[16];

    snprintf(text, sizeof text, "%d", milliseconds);
    parameters_add_bytes(parameters, slice_of(text));
}

// A statement may take as long as its transaction; a wait for a lock half of that, so that who
// waits learns of it as that and not as a transaction that took too long.
static int set_up_session(struct store *store, PGconn *connection, struct err *err)
{
    struct parameters parameters;
    int failed;

    parameters_init(&parameters);
    add_milliseconds(&parameters,
                     smaller(store->statement_timeout_ms, store->transaction_timeout_ms));
    add_milliseconds(&parameters, store->transaction_timeout_ms / 2);
    add_milliseconds(&parameters, store->transaction_timeout_ms);
    failed = link_ask(connection, "session", &parameters, store->connect_timeout_ms, NULL, err);
    parameters_free(&parameters);
    return failed;
}

static int check_schema(struct store *store, PGconn *connection, struct err *err)
{
    struct migrations_state state;
    int failed = migrations_compare(connection, store->connect_timeout_ms, &state, err);

    if (!failed && state.pending)
        failed = err_set(err, FATAL, "NOT_MIGRATED",
                         "the database lacks %zu migrations, from %s on: run jobtrail migrate",
                         state.pending, state.next_pending->name);
    return failed;
}

int store_connect(struct store *store, struct err *err)
{
    PGconn *connection;
    int failed;

    store_disconnect(store);
    connection =
        link_open(store->conninfo, store->application_name, store->connect_timeout_ms, err);
    if (!connection)
        return (int)err->disposition;
    failed = check_schema(store, connection, err);
    if (!failed)
        failed = set_up_session(store, connection, err);
    for (size_t i = 0; !failed && i < sizeof prepared / sizeof *prepared; i++)
        failed = link_prepare(connection, prepared[i], store->connect_timeout_ms, err);
    if (failed) {
        PQfinish(connection);
        return failed;
    }
    store->connection = connection;
    return 0;
}

bool store_is_connected(const struct store *store)
{
    return store->connection != NULL;
}

int store_socket(const struct store *store, bool *wants_write)
{
    *wants_write = false;
    if (!store->connection || store->activity == ACTIVITY_NONE || store->activity == ACTIVITY_ROWS)
        return -1;
    *wants_write = store->exchange.wants_write;
    return PQsocket(store->connection);
}

const struct store_port *store_port(struct store *store)
{
    return &store->port;
}

void store_on_round_trip(struct store *store,
                         void (*observe)(void *self, const char *kind, double seconds), void *self)
{
    store->observe = observe;
    store->observer = self;
}
