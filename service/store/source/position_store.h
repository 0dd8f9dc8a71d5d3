// SPDX-License-Identifier: Apache-2.0
// Where sources stand in PostgreSQL, asked for and recorded many at a time, over a connection of
// its own that is made when it is first needed. Everything blocks, within the time limits given.
// A position store belongs to one thread; who moves positions on is whoever writes the rows.
#pragma once

#include "core/position.h"
#include "store/connection/connection_options.h"

// Events are kept apart from cancel requests: each log has a table of its own.
enum position_log { POSITIONS_OF_EVENTS, POSITIONS_OF_CANCEL_REQUESTS };

struct position_store;

// A source of which nothing is recorded yet, or only no cluster, and where it begins.
struct position_begin {
    struct source source;
    struct source_position position;
};

// Takes the options; does not connect. NULL with err filled without memory.
struct position_store *position_store_new(const struct connection_options *options,
                                          enum position_log log, struct err *err);
// Accepts NULL.
void position_store_free(struct position_store *store);
// Nothing more is asked for now. A connection that was made a while ago is dropped, so that the
// next question goes to whoever is the server then.
void position_store_rest(struct position_store *store);

// out has room for count, and is filled in the order of the sources; its slices are borrowed until
// the next call. RETRY, or FATAL as session_connect: nothing of it is meant then.
int position_store_load(struct position_store *store, const struct source *sources, size_t count,
                        struct stored_position *out, struct err *err);
// Records where sources begin, and in which cluster; of those that are there, the cluster alone, if
// it is not known. RETRY, or FATAL; so with SCHEMA_ALTERED where one is not recorded all the same.
int position_store_create(struct position_store *store, const struct position_begin *begins,
                          size_t count, const char *cluster_id, struct err *err);
