// SPDX-License-Identifier: Apache-2.0
// From what was consumed to the workers' queues.
#include <stdlib.h>

#include "base/fault.h"
#include "core/position.h"
#include "serve/projection/consumer_private.h"

void dispatch_work(struct consumer_thread *thread, struct partition *partition, struct work *work)
{
    if (work)
        work_queue_push(thread->queues[partition->worker], work);
    else
        partition->restart_wanted = true;
}

// The first record of a partition that goes on is the last one that was projected: is it? If not,
// nothing of this log may be projected.
static bool is_same_log(struct consumer_thread *thread, struct partition *partition,
                        const struct kafka_record *record)
{
    const struct last_record found = {
        .offset = record->offset,
        .timestamp_ms = record->timestamp_ms,
        .hash = record_hash(record->timestamp_ms, record->key, record->value),
    };
    struct err err;

    partition->expects_last = false;
    if (record->offset != partition->last.offset)
        log_warn("consumer", "the last record that was projected is gone: not compared",
                 LOG_SLICE("topic", partition->source.topic),
                 LOG_INT("partition", partition->source.partition),
                 LOG_INT("offset", partition->last.offset));
    else if (position_compare(&partition->source, &partition->last, &found, &err)) {
        service_fail(thread->service, &err);
        partition->state = PARTITION_TAKEN;
        partition->start_at_us = INT64_MAX;
        return false;
    }
    return true;
}

// Whether the record is one to hand out: the partition is started and it was not projected before.
static bool is_wanted(struct consumer_thread *thread, struct partition *partition,
                      const struct kafka_record *record)
{
    if (!partition || partition->state != PARTITION_STARTED)
        return false;
    if (partition->expects_last && !is_same_log(thread, partition, record))
        return false;
    return record->offset >= partition->next_offset;
}

struct run {
    struct partition *partition; // NULL: no run yet
    struct work *work;
    size_t capacity;
};

static void end_run(struct consumer_thread *thread, struct run *run)
{
    if (run->partition)
        dispatch_work(thread, run->partition, run->work);
    *run = (struct run){0};
}

static bool make_room(struct run *run)
{
    size_t capacity = run->capacity ? run->capacity * 2 : 16;
    struct kafka_message **messages;

    if (run->work->records.count < run->capacity)
        return true;
    messages = realloc(run->work->records.messages, capacity * sizeof(*messages));
    if (!messages)
        return false;
    run->work->records.messages = messages;
    run->capacity = capacity;
    return true;
}

static void begin_run(struct run *run, struct partition *partition)
{
    *run = (struct run){.partition = partition, .work = work_new(WORK_RECORDS, partition)};
}

// Without memory for a run its records are dropped: the partition is started again.
static void add_to_run(struct run *run, struct kafka_message *message,
                       const struct kafka_record *record)
{
    if (run->work && !make_room(run)) {
        work_free(run->work);
        run->work = NULL;
    }
    if (!run->work) {
        kafka_message_free(message);
        return;
    }
    run->work->records.messages[run->work->records.count++] = message;
    run->work->bytes += record->bytes;
    run->partition->next_offset = record->offset + 1;
}

// The position at the end comes behind the records that lead to it.
static void tell_ends(struct consumer_thread *thread)
{
    struct partition_table *partitions = thread->partitions;

    for (size_t i = 0; i < partitions->count; i++) {
        struct partition *partition = partitions->items[i];
        struct work *work;

        if (partition->reached_end < 0)
            continue;
        if (partition->state == PARTITION_STARTED) {
            if (partition->next_offset < partition->reached_end)
                partition->next_offset = partition->reached_end;
            work = work_new(WORK_END, partition);
            if (work)
                work->next_offset = partition->reached_end;
            dispatch_work(thread, partition, work);
        }
        partition->reached_end = -1;
    }
}

void dispatch_messages(struct consumer_thread *thread, struct kafka_message **messages,
                       size_t count)
{
    struct run run = {0};

    if (count)
        FAULT_POINT("consumed");
    for (size_t i = 0; i < count; i++) {
        struct kafka_record record;
        struct partition *partition = run.partition;

        kafka_message_record(messages[i], &record);
        if (!partition || partition->source.partition != record.partition ||
            !slice_equal(partition->source.topic, record.topic)) {
            end_run(thread, &run);
            partition = partition_table_find(thread->partitions,
                                             &(struct source){record.topic, record.partition});
        }
        if (!is_wanted(thread, partition, &record)) {
            kafka_message_free(messages[i]);
            continue;
        }
        if (!run.partition)
            begin_run(&run, partition);
        add_to_run(&run, messages[i], &record);
    }
    end_run(thread, &run);
    tell_ends(thread);
}
