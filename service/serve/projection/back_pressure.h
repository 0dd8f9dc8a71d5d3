// SPDX-License-Identifier: Apache-2.0
// Holds partitions back whose worker has too much, so that queues stay bounded. Called by the
// consumer thread.
//
// A worker that has twice what it may has its partitions paused: polling goes on, so that the group
// keeps us, but librdkafka drops what it had fetched of them. Before it comes to that, nothing is
// polled for a while once every worker is full; as long as one is not, it gets its records. A
// partition that holds a record is paused for as long as it does.
#pragma once

#include "serve/projection/work_queue.h"
#include "serve/source/consumer_port.h"

struct back_pressure {
    struct consumer_port consumer;
    const struct readings *readings;  // of struct projected_partition
    struct work_queue *const *queues; // of the workers
    size_t worker_count;
    size_t queue_bytes; // what each may have
};

// Pauses the partitions that hold a record, or whose worker has too much, and lets those go on
// whose worker has little.
void back_pressure_balance(const struct back_pressure *pressure);
// Waits while every worker has what it may, for half a second at most.
void back_pressure_wait(const struct back_pressure *pressure, const atomic_bool *stopping);
