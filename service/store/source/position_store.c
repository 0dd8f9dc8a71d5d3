// SPDX-License-Identifier: Apache-2.0
#include "store/source/position_store.h"

#include <endian.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/connection/array_read.h"
#include "store/connection/columns.h"
#include "store/connection/session.h"
#include "store/connection/values.h"

// Of positions_load.
enum { NEXT_OFFSET, LAST_OFFSET, LAST_TIMESTAMP_MS, LAST_HASH, CLUSTER_ID, CHECKPOINTS };

enum { NUMBERS_A_CHECKPOINT = 3, KEPT_US = 2 * 1000 * 1000 };

struct position_store {
    struct session session;
    enum position_log log;
    PGresult *answer;        // of the last load
    int64_t connected_at_us; // monotonic
};

struct position_store *position_store_new(const struct connection_options *options,
                                          enum position_log log, struct err *err)
{
    static const char *const nothing_prepared[] = {NULL};
    struct position_store *store = calloc(1, sizeof *store);

    if (!store) {
        err_no_memory(err);
        return NULL;
    }
    store->log = log;
    if (!session_init(&store->session, options, nothing_prepared, err)) {
        store->session.writes = true; // positions are read where rows are written
        return store;
    }
    position_store_free(store);
    return NULL;
}

void position_store_free(struct position_store *store)
{
    if (!store)
        return;
    PQclear(store->answer);
    session_close(&store->session);
    free(store);
}

void position_store_rest(struct position_store *store)
{
    if (clock_monotonic_us() - store->connected_at_us < KEPT_US)
        return;
    session_disconnect(&store->session);
    store->session.was_connected = false; // on purpose: the next is no reconnect
}

static int ask(struct position_store *store, const char *query, struct parameters *parameters,
               PGresult **answer, struct err *err)
{
    int rc = DONE;

    session_notice_end(&store->session);
    if (!session_is_connected(&store->session)) {
        rc = session_connect(&store->session, err);
        store->connected_at_us = clock_monotonic_us();
    }
    return rc ? rc : session_ask(&store->session, query, parameters, answer, err);
}

static bool read_number(struct array_reader *numbers, int64_t *out)
{
    struct slice bytes;
    uint64_t value;

    if (!array_read_next(numbers, &bytes) || bytes.size != sizeof *out)
        return false;
    memcpy(&value, bytes.data, sizeof value);
    *out = (int64_t)be64toh(value);
    return true;
}

static void read_checkpoints(struct slice value, struct stored_position *out)
{
    struct array_reader numbers;

    if (!array_read(value, &numbers))
        return;
    while (out->checkpoint_count < CHECKPOINTS_MAX && numbers.count >= NUMBERS_A_CHECKPOINT) {
        struct read_record *checkpoint = &out->checkpoints[out->checkpoint_count];

        if (!read_number(&numbers, &checkpoint->offset) ||
            !read_number(&numbers, &checkpoint->timestamp_ms) ||
            !read_number(&numbers, &checkpoint->hash))
            return;
        out->checkpoint_count++;
    }
}

static struct stored_position read_position(const PGresult *answer, int row)
{
    struct stored_position stored = {.found = !PQgetisnull(answer, row, NEXT_OFFSET)};

    if (!stored.found)
        return stored;
    stored.position = (struct source_position){
        .next_offset = value_int8(answer, row, NEXT_OFFSET),
        .last_offset = value_int8(answer, row, LAST_OFFSET),
        .last_timestamp_ms = value_int8(answer, row, LAST_TIMESTAMP_MS),
        .last_hash = value_int8(answer, row, LAST_HASH),
    };
    stored.cluster_id = value_bytes(answer, row, CLUSTER_ID);
    read_checkpoints(value_bytes(answer, row, CHECKPOINTS), &stored);
    return stored;
}

static void add_sources(struct parameters *out, struct strided items, size_t source)
{
    parameters_init(out);
    column_texts(out, items, source + offsetof(struct source, topic));
    column_int4s(out, items, source + offsetof(struct source, partition));
}

// A trigger of somebody else's may have kept them from being recorded, and nobody would be told.
static int check_begun(struct position_store *store, struct strided begins, struct err *err)
{
    struct parameters parameters;
    int rc;

    add_sources(&parameters, begins, offsetof(struct position_begin, source));
    rc =
        ask(store, store->log == POSITIONS_OF_EVENTS ? "positions_begun" : "cancel_positions_begun",
            &parameters, NULL, err);
    parameters_free(&parameters);
    return rc;
}

int position_store_load(struct position_store *store, const struct source *sources, size_t count,
                        struct stored_position *out, struct err *err)
{
    const struct strided items = STRIDED(sources, count);
    struct parameters parameters;
    int rc;

    PQclear(store->answer);
    store->answer = NULL;
    add_sources(&parameters, items, 0);
    rc = ask(store, store->log == POSITIONS_OF_EVENTS ? "positions_load" : "cancel_positions_load",
             &parameters, &store->answer, err);
    parameters_free(&parameters);
    if (!rc && (size_t)PQntuples(store->answer) != count)
        rc = err_set(err, RETRY, "SERVER_ERROR", "PostgreSQL told %d of %zu positions",
                     PQntuples(store->answer), count);
    for (size_t i = 0; !rc && i < count; i++)
        out[i] = read_position(store->answer, (int)i);
    return rc;
}

int position_store_create(struct position_store *store, const struct position_begin *begins,
                          size_t count, const char *cluster_id, struct err *err)
{
    const struct strided items = STRIDED(begins, count);
    struct parameters parameters;
    int rc;

    add_sources(&parameters, items, offsetof(struct position_begin, source));
    column_int8s(&parameters, items, offsetof(struct position_begin, position.next_offset));
    column_int8s(&parameters, items, offsetof(struct position_begin, position.last_offset));
    column_int8s(&parameters, items, offsetof(struct position_begin, position.last_timestamp_ms));
    column_int8s(&parameters, items, offsetof(struct position_begin, position.last_hash));
    parameters_add_bytes(&parameters, slice_of(cluster_id));
    parameters_add_bytes(&parameters, slice_of(store->session.options.owner));
    rc = ask(store,
             store->log == POSITIONS_OF_EVENTS ? "positions_create" : "cancel_positions_create",
             &parameters, NULL, err);
    parameters_free(&parameters);
    return rc ? rc : check_begun(store, items, err);
}
