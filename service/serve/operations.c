// SPDX-License-Identifier: Apache-2.0
#include "serve/operations.h"

#include "base/clock.h"
#include "serve/gate/gate_thread.h"
#include "serve/http/http_part.h"
#include "serve/process/meters.h"
#include "serve/projection/work_queue.h"
#include "serve/projection/worker.h"
#include "serve/serve.h"

static struct lag lag_of(const struct partition *partition)
{
    int64_t log_end = partition->log_end, committed = partition->committed_offset;
    int64_t caught_up_at_us = partition->caught_up_at_us;
    struct lag lag = {
        .topic = partition->source.topic.data,
        .partition = partition->source.partition,
        .events = -1,
        .seconds = -1,
    };

    if (log_end >= 0 && committed >= 0)
        lag.events = log_end > committed ? log_end - committed : 0;
    if (lag.events == 0)
        lag.seconds = 0;
    else if (caught_up_at_us != TIME_NONE)
        lag.seconds = (double)(clock_now_us() - caught_up_at_us) / (double)US_PER_SECOND;
    return lag;
}

static void collect_lag(void *self, struct buffer *out)
{
    struct service *service = self;
    struct lag lags[PARTITIONS_MAX];
    size_t listed = 0;

    for (size_t i = 0; i < service->partitions.count; i++) {
        const struct partition *partition = service->partitions.items[i];

        if (partition->is_ours)
            lags[listed++] = lag_of(partition);
    }
    meters_write_lag(out, lags, listed);
}

static void set_gauges(struct service *service)
{
    size_t rows = 0, bytes = 0, queued = 0, partitions = 0;

    for (size_t i = 0; i < service->worker_count; i++) {
        size_t worker_rows, worker_bytes;

        worker_cache_size(service->workers[i], &worker_rows, &worker_bytes);
        rows += worker_rows;
        bytes += worker_bytes;
        queued += work_queue_bytes(worker_queue(service->workers[i]));
    }
    for (size_t i = 0; i < service->partitions.count; i++)
        partitions += service->partitions.items[i]->is_ours;
    metrics_set(service->metrics, METER_PARTITIONS, 0, 0, (int64_t)partitions);
    metrics_set(service->metrics, METER_ROWS_CACHED, 0, 0, (int64_t)rows);
    metrics_set(service->metrics, METER_CACHE_BYTES, 0, 0, (int64_t)bytes);
    metrics_set(service->metrics, METER_QUEUE_BYTES, 0, 0, (int64_t)queued);
}

static void render_metrics(void *self, struct buffer *out)
{
    struct service *service = self;
    const struct metrics_collector collectors[] = {
        {.self = service, .collect = collect_lag},
        meters_build_info(),
    };

    set_gauges(service);
    metrics_render(service->metrics, collectors, sizeof collectors / sizeof *collectors, out);
}

static bool is_ready(void *self, struct buffer *reasons)
{
    struct service *service = self;
    const char *missing_topic = service->missing_topic;
    bool ready = true;

    if (service->parts & SERVE_PROJECT && !service->kafka_ready) {
        if (missing_topic)
            buffer_append_format(reasons,
                                 "the topic %s is missing: create it, or correct topic.events\n",
                                 missing_topic);
        else
            buffer_append_text(reasons, "Kafka cannot be read\n");
        ready = false;
    }
    for (size_t i = 0; i < service->worker_count; i++)
        if (!worker_is_ready(service->workers[i])) {
            buffer_append_text(reasons, "PostgreSQL cannot be reached\n");
            ready = false;
            break;
        }
    if (service->gate && !gate_thread_is_ready(service->gate, reasons))
        ready = false;
    if (service->http && !http_part_is_ready(service->http, reasons))
        ready = false;
    if (service->stopping) {
        buffer_append_text(reasons, "stopping\n");
        ready = false;
    }
    return ready;
}

struct admin_callbacks operations_callbacks(struct service *service)
{
    return (struct admin_callbacks){
        .self = service,
        .render_metrics = render_metrics,
        .is_ready = is_ready,
    };
}
