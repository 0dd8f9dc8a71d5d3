// SPDX-License-Identifier: Apache-2.0
// A worker's blocking questions about its sources.
#include "base/clock.h"
#include "store/projection/batch_store_private.h"
#include "store/source/position_query.h"

// Asks, on a connection with nothing under way; an error drops it.
static int ask(struct batch_store *store, const char *name, struct parameters *parameters,
               PGresult **answer, struct err *err)
{
    int64_t began_us = clock_monotonic_us();
    int rc = DONE;

    if (store->activity == ACTIVITY_ROWS)
        store->activity = ACTIVITY_NONE;
    if (store->activity != ACTIVITY_NONE)
        return err_set(err, FATAL, "STORE_BUSY", "the store is still at work");
    if (store->transaction_open)
        rc = session_ask(&store->session, "rollback", NULL, NULL, err);
    store->transaction_open = false;
    if (!rc)
        rc = session_ask(&store->session, name, parameters, answer, err);
    if (rc)
        batch_store_disconnect(store);
    else
        batch_store_observe(store, STORE_ROUND_TRIP_POSITION, began_us);
    return rc;
}

int batch_store_position_load(struct batch_store *store, const struct source *source, bool *found,
                              struct source_position *position, char **cluster_id, struct err *err)
{
    struct parameters parameters;
    PGresult *answer = NULL;
    int rc;

    position_query_load(&parameters, source);
    rc = ask(store, "position_load", &parameters, &answer, err);
    parameters_free(&parameters);
    rc = position_query_loaded(rc, answer, found, position, cluster_id, err);
    PQclear(answer);
    return rc;
}

int batch_store_position_create(struct batch_store *store, const struct source *source,
                                const struct source_position *position, const char *cluster_id,
                                struct err *err)
{
    struct parameters parameters;
    int rc;

    position_query_create(&parameters, source, position, cluster_id, store->session.options.owner);
    rc = ask(store, "position_create", &parameters, NULL, err);
    parameters_free(&parameters);
    return rc;
}
