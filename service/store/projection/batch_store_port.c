// SPDX-License-Identifier: Apache-2.0
// The store_port: reads and writes as exchanges, one at a time. Every failure ends with no
// transaction open: rolled back, or the connection dropped.
#include <stdlib.h>

#include "base/clock.h"
#include "store/connection/arrays.h"
#include "store/connection/values.h"
#include "store/projection/batch_query.h"
#include "store/projection/batch_store_private.h"
#include "store/projection/row_columns.h"

void batch_store_observe(const struct batch_store *store, enum store_round_trip kind,
                         int64_t began_us)
{
    if (store->observe)
        store->observe(store->observer, kind,
                       (double)(clock_monotonic_us() - began_us) / US_PER_SECOND);
}

void batch_store_disconnect(struct batch_store *store)
{
    session_disconnect(&store->session);
    store->activity = ACTIVITY_NONE;
    store->transaction_open = false;
}

// The answer was under way for a while: its time is over, never still to come.
void batch_store_read_clock(struct batch_store *store, const PGresult *answer, int column)
{
    int64_t told_us = answer && PQntuples(answer) ? value_time(answer, 0, column) : TIME_NONE;

    if (told_us != TIME_NONE)
        store->clock_us = told_us - clock_monotonic_us();
}

static int lost(struct batch_store *store, struct err *err)
{
    batch_store_disconnect(store);
    return (int)err->disposition;
}

static int may_start(const struct batch_store *store, struct err *err)
{
    int rc = session_need(&store->session, err);

    if (rc)
        return rc;
    if (store->activity != ACTIVITY_NONE && store->activity != ACTIVITY_ROWS)
        return err_set(err, FATAL, "STORE_BUSY", "the store is still at work");
    return DONE;
}

// Starts what was queued, and lets the first of it leave at once. A failure that the server tells
// is for poll.
static int start(struct batch_store *store, enum activity activity, bool queued, struct err *err)
{
    store->began_us = clock_monotonic_us();
    // Far beyond what the server allows itself: only a server that hangs gets there.
    store->deadline_us =
        store->began_us + (int64_t)store->session.options.transaction_timeout_ms * 2 * 1000;
    if (!queued) {
        err_no_memory(err);
        return lost(store, err);
    }
    store->activity = activity;
    if (exchange_begin(&store->session.exchange, store->session.connection, err))
        return lost(store, err);
    if (exchange_advance(&store->session.exchange, &store->is_answered, err))
        return lost(store, err);
    return DONE;
}

static bool queue_read(struct batch_store *store, const struct job_key *keys, size_t count)
{
    struct parameters *out =
        exchange_add(&store->session.exchange, store->read_locks ? "rows_lock" : "rows_read");
    struct buffer *bytes;

    if (!out)
        return false;
    bytes = parameters_next(out);
    array_begin(bytes, ARRAY_TEXT, count);
    for (size_t i = 0; i < count; i++)
        array_bytes(bytes, keys[i].job_id);
    bytes = parameters_next(out);
    array_begin(bytes, ARRAY_TEXT, count);
    for (size_t i = 0; i < count; i++)
        array_bytes(bytes, keys[i].organization_id);
    return true;
}

static int read_rows(void *self, const struct job_key *keys, size_t count, bool lock,
                     struct err *err)
{
    struct batch_store *store = self;
    int rc = may_start(store, err);
    bool queued = true;

    if (rc)
        return rc;
    exchange_clear(&store->session.exchange);
    // A locking read whose write never came left a transaction open.
    if (store->transaction_open)
        queued = exchange_add(&store->session.exchange, "rollback");
    store->transaction_open = false;
    store->read_locks = lock;
    if (lock)
        queued = queued && exchange_add(&store->session.exchange, "begin");
    return start(store, ACTIVITY_READ, queued && queue_read(store, keys, count), err);
}

static int write_batch(void *self, const struct batch_write *batch, struct err *err)
{
    struct batch_store *store = self;
    struct batch_context context = {.owner = store->session.options.owner,
                                    .transaction_timeout_ms =
                                        store->session.options.transaction_timeout_ms,
                                    .transaction_open = store->transaction_open,
                                    .is_beside = store->session.options.projection,
                                    .projection_id = store->projection_id};
    int rc = may_start(store, err);

    if (rc)
        return rc;
    exchange_clear(&store->session.exchange);
    return start(store, ACTIVITY_WRITE, batch_query(batch, &context, &store->session.exchange),
                 err);
}

static int take_rows(struct batch_store *store, const struct stored_row **rows, size_t *count,
                     struct err *err)
{
    const PGresult *answer = store->session.exchange.answer;
    size_t found = answer ? (size_t)PQntuples(answer) : 0;

    if (found > store->row_capacity) {
        struct stored_row *room = realloc(store->rows, found * sizeof *room);

        if (!room) {
            err_no_memory(err);
            return lost(store, err);
        }
        store->rows = room;
        store->row_capacity = found;
    }
    for (size_t i = 0; i < found; i++)
        row_columns_read(answer, (int)i, &store->rows[i]);
    *rows = store->rows;
    *count = found;
    return DONE;
}

// Tells the failure, once no transaction is open any more.
static int fail(struct batch_store *store, struct err *err)
{
    *err = store->failure;
    if (PQtransactionStatus(store->session.connection) != PQTRANS_IDLE)
        return lost(store, err);
    store->transaction_open = false;
    store->activity = ACTIVITY_NONE;
    return (int)err->disposition;
}

static int begin_rollback(struct batch_store *store, enum store_state *state, struct err *err)
{
    store->failure = store->session.exchange.failure;
    if (store->session.exchange.reconnect) {
        *err = store->failure;
        return lost(store, err);
    }
    if (PQtransactionStatus(store->session.connection) == PQTRANS_IDLE)
        return fail(store, err);
    exchange_clear(&store->session.exchange);
    *state = STORE_BUSY;
    if (start(store, ACTIVITY_ROLLBACK, exchange_add(&store->session.exchange, "rollback"), err)) {
        *err = store->failure;
        return (int)err->disposition;
    }
    return DONE;
}

static int finish(struct batch_store *store, enum store_state *state,
                  const struct stored_row **rows, size_t *count, struct err *err)
{
    if (store->activity == ACTIVITY_ROLLBACK)
        return fail(store, err);
    if (store->session.exchange.failed)
        return begin_rollback(store, state, err);
    batch_store_observe(
        store, store->activity == ACTIVITY_READ ? STORE_ROUND_TRIP_READ : STORE_ROUND_TRIP_WRITE,
        store->began_us);
    if (store->activity == ACTIVITY_WRITE) {
        batch_store_read_clock(store, store->session.exchange.answer, 1); // transaction_deadline
        store->transaction_open = false;
        store->activity = ACTIVITY_NONE;
        *state = STORE_WRITTEN;
        return DONE;
    }
    store->transaction_open = store->read_locks;
    store->activity = ACTIVITY_ROWS;
    *state = STORE_ROWS;
    return take_rows(store, rows, count, err);
}

static int poll_store(void *self, enum store_state *state, const struct stored_row **rows,
                      size_t *count, struct err *err)
{
    struct batch_store *store = self;
    bool done;
    int rc;

    *state = STORE_IDLE;
    *rows = NULL;
    *count = 0;
    if (store->activity == ACTIVITY_ROWS)
        store->activity = ACTIVITY_NONE;
    if (store->activity == ACTIVITY_NONE)
        return DONE;
    store->is_answered = false;
    do {
        if (exchange_advance(&store->session.exchange, &done, err)) {
            if (store->activity == ACTIVITY_ROLLBACK)
                *err = store->failure;
            return lost(store, err);
        }
        *state = STORE_BUSY;
        if (!done)
            break;
        rc = finish(store, state, rows, count, err);
        if (rc)
            return rc;
    } while (*state == STORE_BUSY); // a rollback began
    if (*state == STORE_BUSY && clock_monotonic_us() > store->deadline_us) {
        err_set(err, RETRY, "SERVER_SILENT", "PostgreSQL did not answer for %d ms",
                store->session.options.transaction_timeout_ms * 2);
        return lost(store, err);
    }
    return DONE;
}

void batch_store_port_init(struct batch_store *store)
{
    store->port = (struct store_port){
        .self = store, .read_rows = read_rows, .write_batch = write_batch, .poll = poll_store};
}
