// SPDX-License-Identifier: Apache-2.0
// What is behind struct batch_store; for the files of store_*.c alone.
#pragma once

#include "store/connection/session.h"
#include "store/projection/batch_store.h"

enum activity {
    ACTIVITY_NONE,
    ACTIVITY_READ,
    ACTIVITY_WRITE,
    ACTIVITY_ROLLBACK, // after a failure, which is told once it is done
    ACTIVITY_ROWS,     // a read is answered; its rows are lent to the caller
};

struct batch_store {
    struct session session;
    struct store_port port;
    void (*observe)(void *self, enum store_round_trip kind, double seconds);
    void *observer;

    enum activity activity;
    bool transaction_open;         // by a locking read: the next write commits it
    bool is_answered;              // as soon as it left: poll has the answer, the socket nothing
    int64_t began_us, deadline_us; // of the activity, by the monotonic clock
    struct err failure;            // why a rollback is under way

    struct rules rules;
    int64_t clock_us;        // see batch_store_clock_us
    int64_t projection_id;   // the live one when it connected
    bool read_locks;         // the read under way opened a transaction
    struct stored_row *rows; // owned; of the last read
    size_t row_capacity;
};

void batch_store_port_init(struct batch_store *store);
// Takes the server's time from the first row of what it has just answered.
void batch_store_read_clock(struct batch_store *store, const PGresult *answer, int column);
// Drops the connection and whatever is under way.
void batch_store_disconnect(struct batch_store *store);
// Tells the observer about a round trip that began at began_us.
void batch_store_observe(const struct batch_store *store, enum store_round_trip kind,
                         int64_t began_us);
