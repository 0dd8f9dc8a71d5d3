// SPDX-License-Identifier: Apache-2.0
// The consumer thread: the only one that consumes, assigns and pauses. It starts partitions from
// the positions in PostgreSQL, hands their records to the workers, and holds partitions back when a
// worker has too much.
#pragma once

#include "serve/process/process.h"
#include "serve/projection/work_queue.h"

struct consumer_thread;

// Subscribes, and reads readings of struct projected_partition; the thread is not started yet. Each
// partition belongs to one of the workers, whose queues these are. FATAL for a bad kafka.*
// property; RETRY without memory.
int consumer_thread_new(struct process *process, struct readings *readings,
                        struct work_queue *const *queues, size_t worker_count,
                        struct consumer_thread **out, struct err *err);
int consumer_thread_start(struct consumer_thread *thread, struct err *err);
// It reaches the brokers and its topics; if not, appends why. Any thread.
bool consumer_thread_is_ready(const struct consumer_thread *thread, struct buffer *reasons);
// Waits for its end, after process.stopping was set. Accepts NULL.
void consumer_thread_join(struct consumer_thread *thread);
// Leaves the group. Every message handed to the workers must have been freed. Accepts NULL.
void consumer_thread_free(struct consumer_thread *thread);
