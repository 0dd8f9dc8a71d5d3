// SPDX-License-Identifier: Apache-2.0
// What the consumer thread hands to a worker, in order. Bounded in bytes by its user: a push always
// goes in, and the consumer thread holds partitions back while there is too much. One thread
// pushes, one pops.
#pragma once

#include "kafka/consumer.h"
#include "serve/projection/projected_partition.h"

enum work_kind {
    WORK_TAKE,    // project this partition from a position
    WORK_RECORDS, // records of it, in order
    WORK_END,     // the position at the log's end, behind control records
    WORK_LOG_END, // where the log ends, and when that was seen
    WORK_RELEASE, // it is ours no longer
};

struct work {
    enum work_kind kind;
    struct projected_partition *partition;
    uint64_t epoch; // worthless unless it is still the partition's
    union {
        struct source_position position; // WORK_TAKE
        struct {
            struct kafka_message **messages; // owned, and what it points to
            size_t count, next;              // next: the first not yet done with
        } records;
        int64_t next_offset; // WORK_END
        struct {
            int64_t offset, seen_at_us;
            int32_t partitions; // of the topic
        } log_end;
    };
    size_t bytes;
    struct work *later; // behind it in the queue
};

static inline bool work_is_current(const struct work *work)
{
    return work->epoch == work->partition->epoch;
}

struct work_queue;

int work_queue_new(struct work_queue **out, struct err *err);
// Frees what is still in it too.
void work_queue_free(struct work_queue *queue);
// An empty work item; NULL without memory.
struct work *work_new(enum work_kind kind, struct projected_partition *partition);
// Frees it with the messages not yet done with. Accepts NULL.
void work_free(struct work *work);
// The work becomes the queue's.
void work_queue_push(struct work_queue *queue, struct work *work);
// The oldest work, the caller's, or NULL at once.
struct work *work_queue_pop(struct work_queue *queue);
// Bytes in it.
size_t work_queue_bytes(struct work_queue *queue);
// Waits at most timeout_ms for it to hold fewer bytes than that; whether it does.
bool work_queue_wait_below(struct work_queue *queue, size_t bytes, int timeout_ms);
// Readable while there is something to pop, or after a wake-up.
int work_queue_fd(const struct work_queue *queue);
// Makes the descriptor unreadable again, until the next push or wake-up. Call it before popping:
// between popping and waiting it would hide what was pushed meanwhile.
void work_queue_drain_fd(struct work_queue *queue);
// Makes the descriptor readable, so that the worker looks around. Any thread.
void work_queue_wake(struct work_queue *queue);
