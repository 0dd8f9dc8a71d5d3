// SPDX-License-Identifier: Apache-2.0
// One worker's connection to PostgreSQL: the store_port of core/ports.h, and what is asked around
// it. A store belongs to one thread. Nothing blocks but what says so.
#pragma once

#include "core/ports.h"
#include "store/connection/connection_options.h"

struct store;

// Takes the options; does not connect. NULL with err filled without memory.
struct store *store_new(const struct connection_options *options, struct err *err);
void store_free(struct store *store);
// Blocks up to connect_timeout_ms: connects anew (dropping an old connection), prepares, and holds
// the schema against the migrations this binary knows. RETRY; FATAL with reason NOT_MIGRATED or
// SCHEMA_NEWER (what to do is in the text), SERVER_VERSION, SERVER_ENCODING (not UTF-8), CONNINFO,
// or for a refused password, a missing privilege or a missing database.
int store_connect(struct store *store, struct err *err);
bool store_is_connected(const struct store *store);
// The socket to wait on while something is under way, and whether for writing too; -1 without one.
int store_socket(const struct store *store, bool *wants_write);
// The port; lives as long as the store. While it is busy, poll it whenever the socket is ready and
// at least once a second: a batch leaves only as fast as it is polled, and a server that hangs is
// noticed by poll alone (RETRY, SERVER_SILENT, after twice transaction_timeout_ms). A transaction
// that took longer than transaction_timeout_ms is refused before its COMMIT (RETRY,
// TRANSACTION_TIMEOUT: write less at once). A locking read whose write never comes is rolled back
// by the next read. After a RETRY other than ROW_REPLACED ask store_is_connected.
const struct store_port *store_port(struct store *store);
// Round trips, for metrics: called with the kind ("read", "write", "position") and its time.
void store_on_round_trip(struct store *store,
                         void (*observe)(void *self, const char *kind, double seconds), void *self);

// Blocking, short. The position of a source and the cluster it was read from (malloc'ed, may be
// NULL); *found false where there is none yet.
int store_position_load(struct store *store, const struct source *source, bool *found,
                        struct source_position *position, char **cluster_id, struct err *err);
// Blocking. Records where a source begins; of one that is there, only the cluster if it is unknown.
int store_position_create(struct store *store, const struct source *source,
                          const struct source_position *position, const char *cluster_id,
                          struct err *err);
