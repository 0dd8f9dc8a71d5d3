// SPDX-License-Identifier: Apache-2.0
// A worker: one thread, one connection, one projector. It decodes and folds what the consumer
// thread hands it and writes it to PostgreSQL, overlapping the two.
#pragma once

#include "serve/process/process.h"
#include "serve/projection/work_queue.h"

struct worker;

// readings: of struct projected_partition, those it may be handed work of; they outlive it. RETRY
// without memory or descriptors.
int worker_new(struct process *process, const struct readings *readings, size_t index,
               struct worker **out, struct err *err);
int worker_start(struct worker *worker, struct err *err);
// Where the consumer thread puts its work.
struct work_queue *worker_queue(struct worker *worker);
// Its connection stands, and not every batch fails; if not, appends why. Any thread.
bool worker_is_ready(const struct worker *worker, struct buffer *reasons);
// Rows in its cache and their memory. Any thread.
void worker_cache_size(const struct worker *worker, size_t *rows, size_t *bytes);
// Memory of the records that wait behind one that is held. Any thread.
size_t worker_held_bytes(const struct worker *worker);
// Asks it to write what it has gathered and end; it drops what it has not begun.
void worker_finish(struct worker *worker);
// Waits for its end and frees it. Accepts NULL.
void worker_free(struct worker *worker);
