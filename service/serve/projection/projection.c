// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/projection.h"

#include <stdlib.h>

#include "base/clock.h"
#include "serve/projection/consumer_thread.h"
#include "serve/projection/worker.h"
#include "serve/source/standstill.h"

// For so long what was seen of a log's end says that nothing is behind.
enum { END_HOLDS_US = 5 * 1000 * 1000 };

struct projection {
    struct process *process;
    struct readings readings;   // of struct projected_partition
    struct worker **workers;    // owned
    struct work_queue **queues; // theirs
    size_t worker_count;
    struct consumer_thread *consumer;
};

static int start_workers(struct projection *projection, struct err *err)
{
    size_t wanted = projection->process->config->workers;
    int rc = DONE;

    projection->workers = calloc(wanted, sizeof *projection->workers);
    projection->queues = calloc(wanted, sizeof *projection->queues);
    if (!projection->workers || !projection->queues)
        return err_no_memory(err);
    while (!rc && projection->worker_count < wanted) {
        size_t index = projection->worker_count;
        struct worker *worker;

        rc = worker_new(projection->process, &projection->readings, index, &worker, err);
        if (rc)
            break;
        projection->workers[index] = worker;
        projection->queues[index] = worker_queue(worker);
        projection->worker_count++;
        rc = worker_start(worker, err);
    }
    return rc;
}

// Partitions are given to the workers in turn.
static void init_partition(void *self, struct reading *reading)
{
    const struct projection *projection = self;
    struct projected_partition *partition = projected_partition(reading);

    partition->worker = reading->place % projection->worker_count;
    partition->committed_offset = partition->log_end = -1;
    partition->log_end_at_us = partition->caught_up_at_us = TIME_NONE;
}

int projection_new(struct process *process, struct projection **out, struct err *err)
{
    struct projection *projection = calloc(1, sizeof *projection);
    int rc;

    if (!projection)
        return err_no_memory(err);
    projection->process = process;
    rc = readings_init(&projection->readings, sizeof(struct projected_partition), init_partition,
                       projection, err);
    if (!rc)
        rc = start_workers(projection, err);
    if (!rc)
        rc = consumer_thread_new(process, &projection->readings, projection->queues,
                                 projection->worker_count, &projection->consumer, err);
    if (rc) {
        projection_finish(projection);
        projection_free(projection);
    } else {
        *out = projection;
    }
    return rc;
}

int projection_start(struct projection *projection, struct err *err)
{
    return consumer_thread_start(projection->consumer, err);
}

void projection_finish(struct projection *projection)
{
    if (!projection)
        return;
    consumer_thread_join(projection->consumer);
    for (size_t i = 0; i < projection->worker_count; i++)
        worker_finish(projection->workers[i]);
}

// The workers write what they have; then nobody holds a message and the group can be left.
void projection_free(struct projection *projection)
{
    if (!projection)
        return;
    for (size_t i = 0; i < projection->worker_count; i++)
        worker_free(projection->workers[i]);
    consumer_thread_free(projection->consumer);
    readings_free(&projection->readings);
    free(projection->workers);
    free(projection->queues);
    free(projection);
}

// A worker that fails has all its partitions read again, also those that have nothing to do.
static bool has_records_waiting(struct reading *reading)
{
    const struct projected_partition *partition = projected_partition(reading);
    int64_t log_end = partition->log_end;

    return log_end < 0 || partition->committed_offset < log_end;
}

bool projection_is_ready(const struct projection *projection, struct buffer *reasons)
{
    bool ready = consumer_thread_is_ready(projection->consumer, reasons);

    ready &= readings_are_ready(&projection->readings, PARTITION_PROJECTION, has_records_waiting,
                                reasons);
    for (size_t i = 0; i < projection->worker_count; i++)
        if (!worker_is_ready(projection->workers[i], reasons))
            return false; // the others have the same to say
    return ready;
}

void projection_set_gauges(const struct projection *projection)
{
    struct metrics *metrics = projection->process->metrics;
    size_t rows = 0, bytes = 0, queued = 0;

    for (size_t i = 0; i < projection->worker_count; i++) {
        size_t worker_rows, worker_bytes;

        worker_cache_size(projection->workers[i], &worker_rows, &worker_bytes);
        rows += worker_rows;
        bytes += worker_bytes;
        queued +=
            work_queue_bytes(projection->queues[i]) + worker_held_bytes(projection->workers[i]);
    }
    readings_set_gauges(&projection->readings, PARTITION_PROJECTION, has_records_waiting, metrics);
    metrics_set(metrics, METER_ROWS_CACHED, 0, 0, (int64_t)rows);
    metrics_set(metrics, METER_CACHE_BYTES, 0, 0, (int64_t)bytes);
    metrics_set(metrics, METER_QUEUE_BYTES, 0, 0, (int64_t)queued);
}

// Up to its true end, as far as is known, and that is known of a moment ago.
static bool is_at_end(const struct projected_partition *partition, int64_t events)
{
    int64_t seen_at_us = partition->log_end_at_us;

    return events == 0 && seen_at_us != TIME_NONE &&
           clock_monotonic_us() - seen_at_us < END_HOLDS_US;
}

static struct lag lag_of(const struct projected_partition *partition, int64_t database_now_us)
{
    int64_t log_end = partition->log_end, committed = partition->committed_offset;
    int64_t caught_up_at_us = partition->caught_up_at_us;
    struct lag lag = {
        .topic = partition->reading.source.topic.data,
        .partition = partition->reading.source.partition,
        .events = -1,
        .seconds = -1,
    };

    if (log_end >= 0 && committed >= 0)
        lag.events = log_end > committed ? log_end - committed : 0;
    if (is_at_end(partition, lag.events))
        lag.seconds = 0;
    else if (caught_up_at_us != TIME_NONE && database_now_us != TIME_NONE)
        lag.seconds = (double)(database_now_us - caught_up_at_us) / (double)US_PER_SECOND;
    return lag;
}

void projection_write_lag(const struct projection *projection, struct buffer *out)
{
    const int64_t now_us = process_database_now_us(projection->process);
    struct lag lags[READINGS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < projection->readings.count; i++) {
        struct reading *reading = projection->readings.items[i];

        if (reading->is_ours)
            lags[count++] = lag_of(projected_partition(reading), now_us);
    }
    meters_write_lag(out, lags, count);
}
