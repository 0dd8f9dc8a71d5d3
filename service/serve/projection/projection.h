// SPDX-License-Identifier: Apache-2.0
// job.events into rows, as a part of `serve`: the consumer thread, the workers it hands records to,
// and the partitions they share.
#pragma once

#include "serve/process/process.h"

struct projection;

// Subscribes, and starts the workers; nothing is read yet. FATAL for a bad kafka.* property; RETRY
// without memory, descriptors or threads.
int projection_new(struct process *process, struct projection **out, struct err *err);
// Begins to read.
int projection_start(struct projection *projection, struct err *err);
// It reaches Kafka, its topics and PostgreSQL; if not, appends why. Any thread.
bool projection_is_ready(const struct projection *projection, struct buffer *reasons);
// Sets the gauges of partitions, caches and queues. Any thread.
void projection_set_gauges(const struct projection *projection);
// Appends the metrics of how far each partition of ours is behind. Any thread.
void projection_write_lag(const struct projection *projection, struct buffer *out);
// After process.stopping was set: waits until nothing is read any more, and asks the workers to
// write what they have. Accepts NULL.
void projection_finish(struct projection *projection);
// Waits for the workers, and leaves the group. Accepts NULL.
void projection_free(struct projection *projection);
