// SPDX-License-Identifier: Apache-2.0
// A store's life and its connection. What it does while connected is in store_port.c.
#include <stdlib.h>

#include "store/connection/connection_options.h"
#include "store/connection/session.h"
#include "store/projection/store_private.h"

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
    NULL,
};

struct store *store_new(const struct connection_options *options, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store) {
        err_no_memory(err);
        return NULL;
    }
    exchange_init(&store->exchange);
    store_port_init(store);
    if (connection_options_copy(&store->options, options))
        return store;
    store_free(store);
    err_no_memory(err);
    return NULL;
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
    connection_options_free(&store->options);
    free(store);
}

int store_connect(struct store *store, struct err *err)
{
    store_disconnect(store);
    store->connection = session_open(&store->options, prepared, err);
    return store->connection ? 0 : (int)err->disposition;
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
