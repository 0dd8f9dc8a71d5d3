// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/dispatch_kit.h"
#include "support/between.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void init_partition(void *self, struct reading *reading)
{
    (void)self;
    projected_partition(reading)->worker = reading->place % WORKERS;
}

int kit_open(void **state)
{
    struct dispatch_kit *kit = calloc(1, sizeof *kit);
    struct position_keeper positions;
    struct cluster_port cluster;
    struct record_reader reader;
    struct err err;

    assert_non_null(kit);
    made_kafka_init(&kit->kafka);
    kit->process.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&kit->process.mutex, NULL);
    assert_int_equal(meters_new(&kit->process.metrics, &err), DONE);
    assert_int_equal(readings_init(&kit->readings, sizeof(struct projected_partition),
                                   init_partition, NULL, &err),
                     DONE);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(work_queue_new(&kit->queues[i], &err), DONE);
    positions = made_positions(&kit->kafka);
    cluster = made_cluster(&kit->kafka);
    reader = made_reader(&kit->kafka);
    dispatcher_init(&kit->dispatcher, &kit->process, &kit->readings, kit->queues, &positions,
                    &cluster, &reader);
    kit->dispatcher.sources.now_us = kit->dispatcher.sources.scout.finder.now_us = made_clock;
    sources_attach(&kit->dispatcher.sources, made_consumer(&kit->kafka));
    kit->events = sources_events(&kit->dispatcher.sources);
    catch_log();
    *state = kit;
    return 0;
}

int kit_close(void **state)
{
    struct dispatch_kit *kit = *state;

    release_log();
    for (size_t i = 0; i < WORKERS; i++)
        work_queue_free(kit->queues[i]);
    for (size_t i = 0; i < kit->message_count; i++)
        assert_true(kit->messages[i].freed);
    dispatcher_close(&kit->dispatcher);
    readings_free(&kit->readings);
    metrics_free(kit->process.metrics);
    pthread_mutex_destroy(&kit->process.mutex);
    close(kit->process.wake_fd);
    free(kit);
    return 0;
}

void kit_start(struct dispatch_kit *kit, size_t count)
{
    for (int32_t i = 0; i < (int32_t)count; i++) {
        const struct source source = made_source(i);

        kit->events.taken(kit->events.self, &source, 1);
    }
    sources_start_due(&kit->dispatcher.sources);
    kit_empty(kit);
}

void kit_revoke(struct dispatch_kit *kit, size_t count, bool lost)
{
    struct source sources[MADE_PARTITIONS];

    for (size_t i = 0; i < count; i++)
        sources[i] = made_source((int32_t)i);
    kit->events.revoked(kit->events.self, sources, count, lost);
}

struct projected_partition *kit_partition(struct dispatch_kit *kit, int32_t partition)
{
    const struct source source = made_source(partition);

    return projected_partition(readings_find(&kit->readings, &source));
}

void kit_make(struct dispatch_kit *kit, int32_t partition, int64_t offset)
{
    assert_between(kit->message_count, 0, MESSAGES - 1);
    kit->messages[kit->message_count++] = (struct kafka_message){
        .record = {.partition = partition,
                   .topic = slice_of(MADE_TOPIC),
                   .offset = offset,
                   .timestamp_ms = offset,
                   .value = slice_of("x"),
                   .bytes = 100},
    };
}

void kit_dispatch(struct dispatch_kit *kit)
{
    struct kafka_message *polled[MESSAGES];
    size_t count = 0;

    while (kit->dispatched_count < kit->message_count)
        polled[count++] = &kit->messages[kit->dispatched_count++];
    dispatch_messages(&kit->dispatcher, polled, count);
}

void kit_empty(struct dispatch_kit *kit)
{
    for (size_t i = 0; i < WORKERS; i++) {
        struct work *work;

        while ((work = work_queue_pop(kit->queues[i])))
            work_free(work);
    }
}

struct work *kit_pop(struct dispatch_kit *kit, int32_t partition)
{
    return work_queue_pop(kit->queues[kit_partition(kit, partition)->worker]);
}

void kit_check(struct dispatch_kit *kit, const struct work *work, enum work_kind kind,
               int32_t partition)
{
    assert_non_null(work);
    assert_int_equal(work->kind, kind);
    assert_ptr_equal(work->partition, kit_partition(kit, partition));
    assert_int_equal(work->epoch, work->partition->epoch);
}

void kit_check_release(struct dispatch_kit *kit, int32_t partition)
{
    struct work *work = kit_pop(kit, partition);

    kit_check(kit, work, WORK_RELEASE, partition);
    work_free(work);
}

void kit_check_records(struct dispatch_kit *kit, int32_t partition, int64_t first, size_t count)
{
    struct work *work = kit_pop(kit, partition);
    size_t bytes = sizeof *work;

    kit_check(kit, work, WORK_RECORDS, partition);
    assert_int_equal(work->records.count, count);
    for (size_t i = 0; i < count; i++) {
        const struct kafka_record *record = &work->records.messages[i]->record;

        assert_int_equal(record->partition, partition);
        assert_int_equal(record->offset, first + (int64_t)i);
        assert_false(work->records.messages[i]->freed);
        bytes += record->bytes;
    }
    assert_int_equal(work->bytes, bytes);
    work_free(work);
}

void kit_check_empty(struct dispatch_kit *kit)
{
    for (size_t i = 0; i < WORKERS; i++)
        assert_null(work_queue_pop(kit->queues[i]));
}
