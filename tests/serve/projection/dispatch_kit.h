// SPDX-License-Identifier: Apache-2.0
// A dispatcher in a made world: two workers' queues, which the test reads itself.
#pragma once

#include "serve/made_message.h"
#include "serve/projection/dispatch.h"
#include "serve/source/made_kafka.h"

enum { WORKERS = 2, MESSAGES = 64 };

struct dispatch_kit {
    struct made_kafka kafka;
    struct process process;
    struct readings readings; // partitions belong to the workers in turn
    struct work_queue *queues[WORKERS];
    struct dispatcher dispatcher;
    struct consumer_events events;           // what a consumer would call
    struct kafka_message messages[MESSAGES]; // made so far
    size_t message_count, dispatched_count;
};

int kit_open(void **state);
int kit_close(void **state);

// Takes the first count partitions, and starts them where they stand; nothing is in the queues.
void kit_start(struct dispatch_kit *kit, size_t count);
void kit_revoke(struct dispatch_kit *kit, size_t count, bool lost);
struct projected_partition *kit_partition(struct dispatch_kit *kit, int32_t partition);
// Makes the next message: a record of that partition and offset.
void kit_make(struct dispatch_kit *kit, int32_t partition, int64_t offset);
// Dispatches those made since it was called last.
void kit_dispatch(struct dispatch_kit *kit);
void kit_empty(struct dispatch_kit *kit);
// The next work of a partition's worker; the test frees it.
struct work *kit_pop(struct dispatch_kit *kit, int32_t partition);
// That it is of this kind and partition, and worth something.
void kit_check(struct dispatch_kit *kit, const struct work *work, enum work_kind kind,
               int32_t partition);
// The next for the partition's worker is to let go of it.
void kit_check_release(struct dispatch_kit *kit, int32_t partition);
// The same of records, which go from first, one behind the other.
void kit_check_records(struct dispatch_kit *kit, int32_t partition, int64_t first, size_t count);
void kit_check_empty(struct dispatch_kit *kit);
