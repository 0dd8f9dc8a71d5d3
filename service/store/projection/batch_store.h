// SPDX-License-Identifier: Apache-2.0
// One worker's connection to PostgreSQL: the store_port of core/ports.h, and what is asked
// around it. A store belongs to one thread. Nothing blocks but what says so.
#pragma once

#include "core/ports.h"
#include "store/connection/connection_options.h"
#include "store/rules/rules.h"

struct batch_store;

enum store_round_trip {
    STORE_ROUND_TRIP_READ,
    STORE_ROUND_TRIP_WRITE,
    STORE_ROUND_TRIPS,
};

// Takes the options; does not connect. NULL with err filled without memory.
struct batch_store *batch_store_new(const struct connection_options *options, struct err *err);
void batch_store_free(struct batch_store *store);
// Blocks up to connect_timeout_ms: connects anew (dropping an old connection), prepares, and holds
// the schema against the migrations this binary knows. Errors as session_connect
// (store/connection/session.h), whose list is the whole.
int batch_store_connect(struct batch_store *store, struct err *err);
bool batch_store_is_connected(const struct batch_store *store);
// What to add to clock_monotonic_us for the time by the server's clock, as its latest answer told;
// the sum is never later than the server's clock is. TIME_NONE: it was never connected.
int64_t batch_store_clock_us(const struct batch_store *store);
// The rules as of the connection: after RULES_CHANGED connect anew. Lives as long as the store.
const struct rules *batch_store_rules(const struct batch_store *store);
// The socket to wait on while something is under way, and whether for writing too; -1 without one.
int batch_store_socket(const struct batch_store *store, bool *wants_write);
// The port; lives as long as the store. While it is busy, poll it whenever the socket is ready and
// at least once a second: a batch leaves only as fast as it is polled, and a server that hangs is
// noticed by poll alone (RETRY, SERVER_SILENT, after twice transaction_timeout_ms). A transaction
// that took longer than transaction_timeout_ms is refused before its COMMIT (RETRY,
// TOO_SLOW: write less at once). A locking read whose write never comes is rolled back
// by the next read. After a RETRY other than ROW_REPLACED ask batch_store_is_connected.
const struct store_port *batch_store_port(struct batch_store *store);
// Round trips, for metrics: called with the kind and its time.
void batch_store_on_round_trip(struct batch_store *store,
                               void (*observe)(void *self, enum store_round_trip kind,
                                               double seconds),
                               void *self);
// "read" and so on.
const char *batch_store_round_trip_name(enum store_round_trip kind);
