// SPDX-License-Identifier: Apache-2.0
// A store's life. What it does while it is connected is in batch_store_port.c.
#include <stdlib.h>

#include "store/connection/values.h"
#include "store/projection/batch_store_private.h"

static const char *const prepared[] = {
    "begin",       "commit",          "rollback",        "positions_move",
    "rules_guard", "projection_same", "partitions_note", "log_ends",
    "rows_insert", "rows_update",     "rows_read",       "rows_lock",
    "counts_add",  "change_add",      "dead_letter_add", "transaction_deadline",
    NULL,
};

// Beside the live projection: what is not prepared cannot be written.
static const char *const prepared_beside[] = {
    "begin",     "commit",    "rollback",   "positions_move",       "rows_insert", "rows_update",
    "rows_read", "rows_lock", "counts_add", "transaction_deadline", NULL,
};

struct batch_store *batch_store_new(const struct connection_options *options, struct err *err)
{
    struct batch_store *store = calloc(1, sizeof *store);

    if (!store) {
        err_no_memory(err);
        return NULL;
    }
    batch_store_port_init(store);
    rules_init(&store->rules);
    store->clock_us = TIME_NONE;
    if (!session_init(&store->session, options, options->projection ? prepared_beside : prepared,
                      err)) {
        store->session.writes = true;
        return store;
    }
    batch_store_free(store);
    return NULL;
}

void batch_store_free(struct batch_store *store)
{
    if (!store)
        return;
    batch_store_disconnect(store);
    session_close(&store->session);
    rules_close(&store->rules);
    free(store->rows);
    free(store);
}

// Before any row is read: what is known of rows is known of this projection.
static int ask_projection(struct batch_store *store, struct err *err)
{
    PGresult *answer = NULL;
    int rc = session_ask(&store->session, "projection_id", NULL, &answer, err);

    if (!rc)
        store->projection_id = value_int8(answer, 0, 0);
    PQclear(answer);
    return rc;
}

int batch_store_connect(struct batch_store *store, struct err *err)
{
    PGresult *answer = NULL;
    int rc;

    batch_store_disconnect(store);
    rc = session_connect(&store->session, err);
    if (!rc)
        rc = session_ask(&store->session, "database_clock", NULL, &answer, err);
    if (!rc)
        batch_store_read_clock(store, answer, 0);
    PQclear(answer);
    if (!rc)
        rc = ask_projection(store, err);
    if (rc)
        return rc;
    rc = rules_load(store->session.connection, store->session.options.connect_timeout_ms,
                    &store->rules, err);
    if (rc)
        batch_store_disconnect(store);
    return rc;
}

const struct rules *batch_store_rules(const struct batch_store *store)
{
    return &store->rules;
}

int64_t batch_store_clock_us(const struct batch_store *store)
{
    return store->clock_us;
}

bool batch_store_is_connected(const struct batch_store *store)
{
    return session_is_connected(&store->session);
}

int batch_store_socket(const struct batch_store *store, bool *wants_write)
{
    *wants_write = false;
    if (!store->session.connection || store->activity == ACTIVITY_NONE ||
        store->activity == ACTIVITY_ROWS)
        return -1;
    // Of what was read already the socket says nothing; for writing it is ready at once.
    *wants_write = store->session.exchange.wants_write || store->is_answered;
    return PQsocket(store->session.connection);
}

const struct store_port *batch_store_port(struct batch_store *store)
{
    return &store->port;
}

const char *batch_store_round_trip_name(enum store_round_trip kind)
{
    static const char *const names[STORE_ROUND_TRIPS] = {
        [STORE_ROUND_TRIP_READ] = "read",
        [STORE_ROUND_TRIP_WRITE] = "write",
    };

    return names[kind];
}

void batch_store_on_round_trip(struct batch_store *store,
                               void (*observe)(void *self, enum store_round_trip kind,
                                               double seconds),
                               void *self)
{
    store->observe = observe;
    store->observer = self;
}
