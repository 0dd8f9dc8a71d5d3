// SPDX-License-Identifier: Apache-2.0
// The open connections, and since when each is in its phase: a client that trickles its request, or
// takes its answer in crumbs, is never idle, so the library's own time-out would let it stay.
// Thread-safe.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connection_phase {
    CONNECTION_ASKS,    // a request comes in, or is waited for
    CONNECTION_WORKS,   // it is ours: no limit here
    CONNECTION_ANSWERS, // an answer goes out
    CONNECTION_STREAMS, // an answer without end: no limit here, its queue has one
};

struct connection { // in a ring; owned by the library's connection
    struct connection *next, *previous;
    int fd;
    enum connection_phase phase;
    int64_t since_us; // monotonic
    bool has_ended;   // it was shut down, and will be closed
};

struct connections {
    pthread_mutex_t mutex;
    struct connection ring;
    size_t open; // that were not ended
};

void connections_init(struct connections *connections);
void connections_destroy(struct connections *connections);
void connection_open(struct connections *connections, struct connection *connection, int fd);
// Before its descriptor is closed.
void connection_close(struct connections *connections, struct connection *connection);
void connection_enter(struct connections *connections, struct connection *connection,
                      enum connection_phase phase);
// Shuts it down: whoever reads or writes it then closes it.
void connection_end(struct connections *connections, struct connection *connection);
// Shuts down those that have been asking for longer than asks_us, or answering longer than
// answers_us.
void connections_end_slow(struct connections *connections, int64_t now_us, int64_t asks_us,
                          int64_t answers_us);
// If more than most are open, the oldest of those that only ask gives way: it is shut down
// likewise. Whether one did.
bool connections_end_oldest(struct connections *connections, size_t most);
// How many work or answer.
size_t connections_busy(struct connections *connections);
