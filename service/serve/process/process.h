// SPDX-License-Identifier: Apache-2.0
// What the threads of `serve` share, and how one of them tells the others to stop.
//
//   projection (projection.h):
//
//   consumer thread ──work queues──▶ workers (N)
//         │  ▲                          │
//         │  └── reading.restart_wanted, holds, settled_epoch, committed_offset
//         ▼                             ▼
//      librdkafka                   PostgreSQL
//
//   log watch: one thread with a client of Kafka's of its own; the consumer thread and the gate
//   read what it learned (serve/source/log_watch.h).
//   inspector: a client of Kafka's that only asks, for scouts, stable ends, gate and relay: a
//   broker that hangs keeps none of them for long (kafka/asking_client.h).
//   stable ends: a thread asks up to where partitions can be read, for the consumer thread
//   (serve/projection/stable_ends.h).
//   scouts: the consumer thread and the gate have one each, a thread that finds where partitions
//   start and whether their logs are still the same (serve/source/scout.h).
//   cancel gate: one thread with a consumer and a connection of its own (gate_private.h); shares
//   nothing with the above but metrics and the log watch.
//   relay: one thread with a producer and a connection of its own (relay.h); shares nothing with
//   the others but metrics.
//   retention: one thread with a connection of its own (serve/retention/retention_part.h); shares
//   nothing with the others but metrics.
//   HTTP API: listener threads and threads that answer (serve/http/api_listener.h);
//   decides cancel requests by the same gate (core/gate_transaction.h), and shares nothing but
//   metrics. admin listener (libmicrohttpd's thread) reads metrics, health and partitions. The
//   operators' listener (another such thread) shares nothing but the configuration. The main
//   thread waits for a signal or a failure, then stops them in order: consumer, HTTP, admin,
//   workers, gate, relay, log watch. The gate leaves its group by itself meanwhile.
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "serve/process/config.h"
#include "serve/process/meters.h"
#include "store/connection/connection_options.h"

struct projection;
struct gate_thread;
struct relay;
struct retention_part;
struct http_part;
struct operator_part;
struct inspector;
struct log_watch;
struct schemas;

struct process {
    const struct config *config;
    char owner[64]; // who we are in source_position.owner and in logs
    struct metrics *metrics;
    struct schemas *schemas;
    unsigned parts; // SERVE_ bits of serve.h

    // Owned; NULL: not one of the parts.
    struct projection *projection;
    struct gate_thread *gate;
    struct http_part *http;
    struct operator_part *operators;
    struct relay *relay;
    struct retention_part *retention;
    struct log_watch *log_watch; // wherever Kafka is read
    struct inspector *inspector; // likewise; asks about topics, for any thread

    // PostgreSQL's clock less our monotonic one, at most (batch_store_clock_us).
    _Atomic int64_t database_clock_us;
    atomic_bool stopping; // everyone finishes what they have and leaves
    // A log turned out to be another one: what workers have not committed yet stays unwritten.
    atomic_bool abandons_batches;
    pthread_mutex_t mutex;
    struct err failure; // FATAL: why the process stops; under the mutex
    int wake_fd;        // readable: the main thread looks around
};

// Something is FATAL: the first such error is kept, and the main thread stops the service.
void process_fail(struct process *process, const struct err *err);
// The time by PostgreSQL's clock, never later than it is; TIME_NONE while no worker has met it.
// self is the process.
int64_t process_database_now_us(void *self);
// Options for a connection of ours, whose reconnects are counted; name is what it is for, as in
// "worker-2".
struct connection_options process_connection_options(const struct process *process,
                                                     const char *name);
// The same for positions, which one waits for less long: meanwhile no partition starts.
struct connection_options process_position_options(const struct process *process, const char *name);
