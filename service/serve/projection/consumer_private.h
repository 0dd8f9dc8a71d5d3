// SPDX-License-Identifier: Apache-2.0
// What the files of the consumer thread share: consumer_thread.c runs it, consumer_dispatch.c hands
// out records, partition_start.c begins partitions.
#pragma once

#include "serve/projection/consumer_thread.h"
#include "serve/projection/work_queue.h"
#include "serve/source/log_start.h"
#include "store/projection/store.h"

struct consumer_thread {
    struct service *service;
    struct partition_table *partitions;
    struct work_queue *const *queues; // of the workers
    size_t worker_count;
    pthread_t thread;
    struct consumer *consumer;
    struct store *store; // for positions; connected when first needed
    struct log_start log_start;
    int64_t look_around_at_us; // when to look at the log ends next (monotonic)
    int64_t told_at_us;        // when a failure to consume was last logged (monotonic)
    bool started;
    atomic_bool kafka_ready;             // it reached the brokers and its topics
    _Atomic(const char *) missing_topic; // that there is not, as was seen last; NULL: none
};

// Hands what was consumed to the workers, a run a partition, and tells ends of logs behind them.
void dispatch_messages(struct consumer_thread *thread, struct kafka_message **messages,
                       size_t count);
// Gives work to the worker of its partition; without memory the partition is started again.
void dispatch_work(struct consumer_thread *thread, struct partition *partition, struct work *work);

// Begins a partition that is ours from its stored position, after comparing the log with what the
// position remembers. RETRY: try later; FATAL: stop the service. Blocks for as long as the brokers
// and PostgreSQL take, within their time limits.
int partition_start(struct consumer_thread *thread, struct partition *partition, struct err *err);
// What was handed out of it is worth nothing any more; it is started again at start_at_us.
void partition_restart(struct consumer_thread *thread, struct partition *partition,
                       int64_t start_at_us);
