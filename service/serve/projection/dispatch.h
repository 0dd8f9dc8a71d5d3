// SPDX-License-Identifier: Apache-2.0
// From the consumer to the workers' queues: what happens to a partition, and its records, as work
// for its worker. Everything here is called by the consumer thread.
#pragma once

#include "serve/process/process.h"
#include "serve/projection/stable_ends.h"
#include "serve/projection/work_queue.h"
#include "serve/source/log_watch.h"
#include "serve/source/sources.h"

struct dispatcher {
    struct process *process;
    struct work_queue *const *queues; // of the workers; outlive it
    struct sources sources;
};

// Readings are of struct projected_partition.
void dispatcher_init(struct dispatcher *dispatcher, struct process *process,
                     struct readings *readings, struct work_queue *const *queues,
                     const struct position_keeper *positions, const struct cluster_port *cluster,
                     const struct record_reader *reader);
void dispatcher_close(struct dispatcher *dispatcher);

// Hands what was consumed to the workers, a run a partition, and tells ends of logs behind them.
// The messages become the workers'.
void dispatch_messages(struct dispatcher *dispatcher, struct kafka_message **messages,
                       size_t count);
// Up to where a started partition can be read. An end before what had been handed out when that was
// asked is one of another log: sources_shorter.
void dispatch_stable_end(struct dispatcher *dispatcher, const struct stable_end *end);
// Tells a started partition's worker where its log truly ends, if that says something of what is
// read (sources_heard).
void dispatch_log_end(struct dispatcher *dispatcher, struct projected_partition *partition,
                      const struct watched_end *end);
