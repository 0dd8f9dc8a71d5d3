// SPDX-License-Identifier: Apache-2.0
// The cancel gate's thread: reads job.cancel-requests, puts each request to the gate of core, and
// looks after the requests that wait for their job. It has a consumer group and a connection to
// PostgreSQL of its own. Decisions and positions are one transaction.
#pragma once

#include "serve/process/process.h"

struct gate_thread;

// Subscribes; the thread is not started yet. FATAL without a choice of
// cancel.requests.authentication or for a bad property; RETRY without memory.
int gate_thread_new(struct process *process, struct gate_thread **out, struct err *err);
int gate_thread_start(struct gate_thread *thread, struct err *err);
// It reaches PostgreSQL and Kafka, writes, and none of its partitions stands still; if not, appends
// why. Any thread.
bool gate_thread_is_ready(const struct gate_thread *thread, struct buffer *reasons);
// Sets the gauges of its partitions. Any thread.
void gate_thread_set_gauges(const struct gate_thread *thread);
// Waits for its end, after process.stopping was set, and leaves the group. Accepts NULL.
void gate_thread_free(struct gate_thread *thread);
