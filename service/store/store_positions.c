// SPDX-License-Identifier: Apache-2.0
// A worker's blocking questions about its sources.
#include <stdlib.h>

#include "base/clock.h"
#include "store/link.h"
#include "store/store_state.h"

static void add_source(struct parameters *parameters, const struct source *source)
{
    parameters_add_bytes(parameters, source->topic);
    parameters_add_int4(parameters, source->partition);
}

// Asks, on a connection with nothing under way; an error drops it.
static int ask(struct store *store, const char *name, struct parameters *parameters,
               PGresult **answer, struct err *err)
{
    int64_t began_us = clock_monotonic_us();
    int failed = 0;

    if (!store->connection)
        return err_set(err, RETRY, "NOT_CONNECTED", "there is no connection to PostgreSQL");
    if (store->activity == ACTIVITY_ROWS)
        store->activity = ACTIVITY_NONE;
    if (store->activity != ACTIVITY_NONE)
        return err_set(err, FATAL, "STORE_BUSY", "the store is still at work");
    if (store->transaction_open)
        failed =
            link_ask(store->connection, "rollback", NULL, store->transaction_timeout_ms, NULL, err);
    store->transaction_open = false;
    if (!failed)
        failed = link_ask(store->connection, name, parameters, store->transaction_timeout_ms,
                          answer, err);
    if (failed)
        store_disconnect(store);
    else
        store_observe(store, "position", began_us);
    return failed;
}

static int copy_cluster(const PGresult *answer, char **cluster_id, struct err *err)
{
    struct slice id = link_bytes(answer, 0, 4);

    *cluster_id = NULL;
    if (slice_is_null(id))
        return 0;
    *cluster_id = strndup(id.data, id.size);
    return *cluster_id ? 0 : err_no_memory(err);
}

int store_position_load(struct store *store, const struct source *source, bool *found,
                        struct source_position *position, char **cluster_id, struct err *err)
{
    struct parameters parameters;
    PGresult *answer = NULL;
    int failed;

    *found = false;
    *cluster_id = NULL;
    parameters_init(&parameters);
    add_source(&parameters, source);
    failed = ask(store, "position_load", &parameters, &answer, err);
    parameters_free(&parameters);
    if (!failed && PQntuples(answer) == 1) {
        *found = true;
        *position = (struct source_position){
            .next_offset = link_int8(answer, 0, 0),
            .last_offset = link_int8(answer, 0, 1),
            .last_timestamp_ms = link_int8(answer, 0, 2),
            .last_hash = link_int8(answer, 0, 3),
        };
        failed = copy_cluster(answer, cluster_id, err);
    }
    PQclear(answer);
    return failed;
}

int store_position_create(struct store *store, const struct source *source,
                          const struct source_position *position, const char *cluster_id,
                          struct err *err)
{
    struct parameters parameters;
    int failed;

    parameters_init(&parameters);
    add_source(&parameters, source);
    parameters_add_int8(&parameters, position->next_offset);
    parameters_add_int8(&parameters, position->last_offset);
    parameters_add_int8(&parameters, position->last_timestamp_ms);
    parameters_add_int8(&parameters, position->last_hash);
    parameters_add_bytes(&parameters, slice_of(cluster_id));
    parameters_add_bytes(&parameters, slice_of(store->owner));
    failed = ask(store, "position_create", &parameters, NULL, err);
    parameters_free(&parameters);
    return failed;
}
