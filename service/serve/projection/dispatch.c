// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/dispatch.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/fault.h"

enum {
    SETTLE_MS = 2000, // for partitions that we lose to be written
    SETTLE_LOOK_US = 1000,
};

// Without memory for work nothing of what follows may be handed out either: the partition is read
// again from where it stands.
static void give(struct dispatcher *dispatcher, struct projected_partition *partition,
                 struct work *work)
{
    if (work)
        work_queue_push(dispatcher->queues[partition->worker], work);
    else
        sources_restart(&dispatcher->sources, &partition->reading);
}

static int on_started(void *self, struct reading *reading, const struct source_position *position,
                      struct err *err)
{
    struct dispatcher *dispatcher = self;
    struct projected_partition *partition = projected_partition(reading);
    struct work *work = work_new(WORK_TAKE, partition);

    if (!work)
        return err_no_memory(err);
    work->position = *position;
    partition->paused = false;
    partition->seen_end = position->next_offset;
    partition->committed_offset = position->next_offset;
    partition->given_epoch = partition->epoch;
    give(dispatcher, partition, work);
    return DONE;
}

// Nothing of it is with the worker.
static bool is_written(const struct projected_partition *partition)
{
    return !partition->given_epoch || partition->settled_epoch > partition->given_epoch;
}

// What the worker has folded of it is written before anything else is done with the partition: it
// was read from the log that was compared, and a position that moves under a start would fence it.
static void on_dropped(void *self, struct reading *reading)
{
    struct dispatcher *dispatcher = self;
    struct projected_partition *partition = projected_partition(reading);

    partition->epoch++;
    partition->dropped_at_us = dispatcher->sources.now_us();
    if (!is_written(partition))
        give(dispatcher, partition, work_new(WORK_RELEASE, partition));
}

// If it is not soon done, nothing is lost: positions move by compare-and-set.
static bool is_settled(void *self, const struct reading *reading)
{
    struct dispatcher *dispatcher = self;
    const struct projected_partition *partition = (const struct projected_partition *)reading;

    return is_written(partition) ||
           dispatcher->sources.now_us() - partition->dropped_at_us >= SETTLE_MS * INT64_C(1000);
}

static bool are_written(struct reading *const *readings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_written(projected_partition(readings[i])))
            return false;
    return true;
}

// The new owner begins where we stand: what was folded is written first, if that is soon done. If
// it is not, nothing is lost: positions move by compare-and-set.
static void wait_until_settled(const struct dispatcher *dispatcher, struct reading *const *readings,
                               size_t count)
{
    int64_t deadline_us = clock_monotonic_us() + SETTLE_MS * 1000;
    const struct timespec look = {.tv_nsec = SETTLE_LOOK_US * 1000};

    while (!are_written(readings, count) && !dispatcher->process->stopping &&
           clock_monotonic_us() < deadline_us)
        nanosleep(&look, NULL);
}

static void on_revoked(void *self, struct reading *const *readings, size_t count, bool lost)
{
    if (!lost)
        wait_until_settled(self, readings, count);
}

static void on_reached_end(void *self, struct reading *reading, int64_t next_offset)
{
    struct projected_partition *partition = projected_partition(reading);
    struct work *work = work_new(WORK_END, partition);

    reading->next_offset = next_offset;
    if (work)
        work->next_offset = next_offset;
    give(self, partition, work);
}

static void on_failed(void *self, const struct err *err)
{
    struct dispatcher *dispatcher = self;

    if (position_is_of_other_log(err))
        dispatcher->process->abandons_batches = true;
    process_fail(dispatcher->process, err);
}

void dispatcher_init(struct dispatcher *dispatcher, struct process *process,
                     struct readings *readings, struct work_queue *const *queues,
                     const struct position_keeper *positions, const struct cluster_port *cluster,
                     const struct record_reader *reader)
{
    dispatcher->process = process;
    dispatcher->queues = queues;
    sources_init(&dispatcher->sources, &(struct sources_options){
                                           .readings = readings,
                                           .positions = *positions,
                                           .cluster = *cluster,
                                           .reader = *reader,
                                           .metrics = process->metrics,
                                           .stopping = &process->stopping,
                                           .who = "consumer",
                                           .now_us = clock_monotonic_us,
                                           .hooks = {.self = dispatcher,
                                                     .started = on_started,
                                                     .dropped = on_dropped,
                                                     .is_settled = is_settled,
                                                     .revoked = on_revoked,
                                                     .reached_end = on_reached_end,
                                                     .failed = on_failed},
                                       });
}

void dispatcher_close(struct dispatcher *dispatcher)
{
    sources_close(&dispatcher->sources);
}

void dispatch_stable_end(struct dispatcher *dispatcher, const struct stable_end *end)
{
    if (end->offset < end->next_offset)
        sources_shorter(&dispatcher->sources, &end->partition->reading);
    else
        end->partition->seen_end = end->offset;
}

void dispatch_log_end(struct dispatcher *dispatcher, struct projected_partition *partition,
                      const struct watched_end *end)
{
    struct work *work;

    if (!sources_heard(&dispatcher->sources, &partition->reading, end))
        return;
    partition->log_end = end->offset;
    partition->log_end_at_us = end->monotonic_us;
    if (end->seen_at_us == TIME_NONE)
        return; // no worker has met PostgreSQL yet
    work = work_new(WORK_LOG_END, partition);
    if (work) {
        work->log_end.offset = end->offset;
        work->log_end.seen_at_us = end->seen_at_us;
        work->log_end.partitions = end->partitions;
    }
    give(dispatcher, partition, work);
}

// Records of one partition, without another's between them.
struct run {
    struct projected_partition *partition; // NULL: no run yet
    struct work *work;
    size_t capacity;
};

static bool is_of(const struct run *run, const struct kafka_record *record)
{
    const struct source *source = &run->partition->reading.source;

    return source->partition == record->partition && slice_equal(source->topic, record->topic);
}

static void end_run(struct dispatcher *dispatcher, struct run *run)
{
    if (run->partition)
        give(dispatcher, run->partition, run->work);
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

static void begin_run(struct run *run, struct projected_partition *partition)
{
    *run = (struct run){.partition = partition, .work = work_new(WORK_RECORDS, partition)};
}

// Without memory for a run its records are dropped, and the partition is started again at its end.
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
    run->partition->reading.next_offset = record->offset + 1;
}

void dispatch_messages(struct dispatcher *dispatcher, struct kafka_message **messages, size_t count)
{
    struct sources *sources = &dispatcher->sources;
    struct run run = {0};

    if (count)
        FAULT_POINT("consumed");
    sources_compare_unheard(sources);
    for (size_t i = 0; i < count; i++) {
        struct reading *reading = run.partition ? &run.partition->reading : NULL;
        struct kafka_record record;

        kafka_message_record(messages[i], &record);
        if (!reading || !is_of(&run, &record)) {
            end_run(dispatcher, &run);
            reading =
                readings_find(sources->readings, &(struct source){record.topic, record.partition});
        }
        if (!sources_want(sources, reading, &record)) {
            kafka_message_free(messages[i]);
            continue;
        }
        if (!run.partition)
            begin_run(&run, projected_partition(reading));
        add_to_run(&run, messages[i], &record);
    }
    end_run(dispatcher, &run);
    sources_tell_ends(sources);
}
