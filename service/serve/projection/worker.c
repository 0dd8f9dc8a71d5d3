// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/worker.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/random.h"
#include "serve/process/schemas.h"
#include "serve/projection/worker_private.h"

enum {
    SLICE_RECORDS = 1024, // folded between two looks at PostgreSQL
    IDLE_WAIT_MS = 1000,
    STEADY_US = 10 * 1000 * 1000,
    FINISH_MS = 3000, // for writing what was gathered, when asked to end
    FENCED_SUSPICIOUS = 3,
    BATCH_BYTES_MAX = 6 * 1024 * 1024,
};

// Drawn from the kernel many at a time: a batch wants one a row.
static uint64_t draw(void *self)
{
    struct worker *worker = self;

    if (!worker->drawn_left) {
        random_bytes(worker->drawn, sizeof worker->drawn);
        worker->drawn_left = DRAWN_AT_ONCE;
    }
    return worker->drawn[--worker->drawn_left];
}

static void observe_round_trip(void *self, enum store_round_trip kind, double seconds)
{
    struct worker *worker = self;

    metrics_observe(worker->process->metrics, METER_POSTGRES_ROUND_TRIP, kind, 0, seconds);
}

static void on_released(void *self, const struct source *source)
{
    struct worker *worker = self;
    struct reading *reading = readings_find(worker->readings, source);
    struct projected_partition *partition = reading ? projected_partition(reading) : NULL;

    if (partition && !partition->track)
        partition->settled_epoch = partition->epoch;
}

static int make_parts(struct worker *worker, struct err *err)
{
    struct process *process = worker->process;
    const struct config *config = process->config;
    struct connection_options store = process_connection_options(process, worker->name);
    const struct decoder_options decoder = {
        .schemas = schemas_source(process->schemas),
        .namespaces = config->event_namespaces,
        .ignore_unknown = config->ignore_unknown_events,
    };

    worker->store = batch_store_new(&store, err);
    worker->decoder = event_decoder_new(&decoder, err);
    if (!worker->store || !worker->decoder)
        return RETRY;
    batch_store_on_round_trip(worker->store, observe_round_trip, worker);
    worker->projector = projector_new(&(struct projector_options){
        .store = batch_store_port(worker->store),
        .random = {.self = worker, .u64 = draw},
        .batch_records_max = config->batch_max_events,
        .batch_bytes_max = BATCH_BYTES_MAX,
        .cache_bytes_max = config->cache_bytes,
        .released = on_released,
        .self = worker,
    });
    return worker->projector ? DONE : err_no_memory(err);
}

int worker_new(struct process *process, const struct readings *readings, size_t index,
               struct worker **out, struct err *err)
{
    struct worker *worker = calloc(1, sizeof *worker);
    int rc;

    if (!worker)
        return err_no_memory(err);
    worker->process = process;
    worker->readings = readings;
    worker->index = index;
    snprintf(worker->name, sizeof worker->name, "worker-%zu", index);
    intake_init(&worker->intake, process->config->dead_letters_patience_ms * 1000);
    arena_init(&worker->arena);
    rc = work_queue_new(&worker->queue, err);
    if (!rc)
        rc = make_parts(worker, err);
    if (rc) {
        worker_free(worker);
        return rc;
    }
    *out = worker;
    return DONE;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    if (worker->started)
        pthread_join(worker->thread, NULL);
    work_free(worker->work);
    work_queue_free(worker->queue);
    projector_free(worker->projector);
    record_decoder_free(worker->decoder);
    batch_store_free(worker->store);
    arena_reset(&worker->arena);
    free(worker);
}

struct work_queue *worker_queue(struct worker *worker)
{
    return worker->queue;
}

bool worker_is_ready(const struct worker *worker)
{
    return worker->ready;
}

void worker_cache_size(const struct worker *worker, size_t *rows, size_t *bytes)
{
    *rows = worker->cached_rows;
    *bytes = worker->cached_bytes;
}

void worker_finish(struct worker *worker)
{
    worker->finishing = true;
    work_queue_wake(worker->queue);
}

static bool is_current(const struct work *work)
{
    return work->epoch == work->partition->epoch;
}

// The partitions that this worker projects now.
static bool next_projected(struct worker *worker, size_t *at, struct projected_partition **out)
{
    const struct readings *readings = worker->readings;

    for (; *at < readings->count; (*at)++) {
        struct projected_partition *partition = projected_partition(readings->items[*at]);

        if (partition->worker == worker->index && partition->track) {
            *out = partition;
            (*at)++;
            return true;
        }
    }
    return false;
}

// Everything held is worth nothing any more: all partitions start again from where they stand.
static void forget(struct worker *worker)
{
    struct projected_partition *partition;

    for (size_t at = 0; next_projected(worker, &at, &partition);) {
        partition->track = NULL;
        partition->reading.restart_wanted = true;
    }
}

static enum batch_outcome batch_outcome(int rc)
{
    return rc == FENCED ? BATCH_FENCED : rc == POISON ? BATCH_SPLIT : BATCH_RETRIED;
}

static void tell_failure(struct worker *worker, int rc, const struct err *err)
{
    if (rc == POISON)
        log_info(worker->name,
                 "PostgreSQL refused a batch: smaller ones will tell which record it is",
                 LOG_ERR(err));
    else if (rc == FENCED && ++worker->fenced >= FENCED_SUSPICIOUS)
        log_error(
            worker->name,
            "somebody else moves our positions: two deployments share a schema, or a group id "
            "differs",
            LOG_ERR(err));
    else
        log_warn(worker->name, "a batch failed: partitions are read again from where they stand",
                 LOG_ERR(err));
    metrics_add(worker->process->metrics, METER_BATCHES, batch_outcome(rc), 0, 1);
}

// Whatever failed is likely to fail again at once: whoever goes on then reads the partitions again
// and again, and takes from the server what it needs to recover. Dividing a batch is no failure.
static void rest(struct worker *worker)
{
    worker->resume_at_us = clock_monotonic_us() + backoff_us(worker->failures++);
}

static void tell_cache(struct worker *worker)
{
    size_t rows, bytes;

    projector_cache_size(worker->projector, &rows, &bytes);
    worker->cached_rows = rows;
    worker->cached_bytes = bytes;
}

static void fail(struct worker *worker, int rc, const struct err *err)
{
    tell_failure(worker, rc, err);
    if (rc == FATAL)
        process_fail(worker->process, err);
    projector_forget(worker->projector);
    tell_cache(worker);
    forget(worker);
    if (rc != POISON) {
        worker->process->positions_in_doubt = true;
        rest(worker);
    }
    worker->ready = batch_store_is_connected(worker->store) && !worker->abandons_connection;
}

static void bring_take(struct worker *worker, struct work *work)
{
    struct projected_partition *partition = work->partition;

    if (partition->track)
        projector_release(worker->projector, partition->track);
    partition->track =
        projector_take(worker->projector, &partition->reading.source, &work->position);
    if (!partition->track)
        partition->reading.restart_wanted = true;
}

static void bring_release(struct worker *worker, struct work *work)
{
    struct projected_partition *partition = work->partition;
    struct track *track = partition->track;

    partition->track = NULL;
    if (track)
        projector_release(worker->projector, track);
    else
        partition->settled_epoch = work->epoch;
}

// One piece of work that is no record. Work of another epoch is worth nothing.
static void bring_word(struct worker *worker, struct work *work)
{
    struct track *track = work->partition->track;

    if (work->kind == WORK_RELEASE)
        bring_release(worker, work);
    if (!is_current(work))
        return;
    if (work->kind == WORK_TAKE)
        bring_take(worker, work);
    else if (work->kind == WORK_END && track)
        track_advance(track, work->next_offset, NULL);
    else if (work->kind == WORK_LOG_END && track)
        track_log_end(track, work->log_end.offset, work->log_end.seen_at_us);
}

static bool may_bring(struct worker *worker)
{
    return projector_has_room(worker->projector) &&
           (!worker->held_until_us || clock_monotonic_us() >= worker->held_until_us);
}

static bool next_work(struct worker *worker)
{
    if (!worker->work)
        worker->work = work_queue_pop(worker->queue);
    return worker->work;
}

// Folds what has arrived, a slice at most. Whether more is waiting.
static bool bring(struct worker *worker)
{
    size_t budget = SLICE_RECORDS;

    while (budget && may_bring(worker) && next_work(worker)) {
        struct work *work = worker->work;
        size_t brought = 0;
        struct err err;

        if (work->kind == WORK_RECORDS && is_current(work) && work->partition->track) {
            if (worker_bring_records(worker, budget, &brought, &err)) {
                worker->abandons_connection = true; // with the batch that may be under way there
                fail(worker, RETRY, &err);
            }
            budget -= brought;
            if (work->records.next < work->records.count && is_current(work) &&
                work->partition->track)
                continue; // the slice is used up, there is no room, or a record is held
        } else {
            bring_word(worker, work);
            worker->held_until_us = 0;
        }
        work_free(work);
        worker->work = NULL;
    }
    return !budget;
}

static bool connect(struct worker *worker)
{
    struct err err;
    int rc = batch_store_connect(worker->store, &err);

    worker->ready = !rc;
    if (!rc) {
        worker->abandons_connection = false;
        log_info(worker->name, "connected to PostgreSQL");
        return true;
    }
    log_warn(worker->name, connection_failure_message(&err), LOG_ERR(&err));
    rest(worker);
    if (rc == FATAL)
        process_fail(worker->process, &err);
    return false;
}

static void tell_batch(struct worker *worker, const struct batch_done *done)
{
    struct metrics *metrics = worker->process->metrics;
    struct projected_partition *partition;

    FAULT_POINT("committed");
    // That log ends were written proves little of the records which failed.
    if (done->records)
        worker->failures = worker->fenced = 0;
    else if (clock_monotonic_us() - worker->resume_at_us >= STEADY_US)
        worker->failures = 0;
    metrics_add(metrics, METER_BATCHES, BATCH_COMMITTED, 0, 1);
    metrics_observe(metrics, METER_BATCH_EVENTS, 0, 0, (double)done->records);
    metrics_observe(metrics, METER_BATCH_ROWS, 0, 0, (double)done->rows);
    tell_cache(worker);
    for (size_t at = 0; next_projected(worker, &at, &partition);) {
        partition->committed_offset = partition->track->committed_next_offset;
        partition->caught_up_at_us = partition->track->caught_up_at_us;
    }
}

static void step(struct worker *worker)
{
    struct batch_done done;
    bool committed;
    struct err err;
    int rc;

    if (clock_monotonic_us() < worker->resume_at_us)
        return;
    if ((!batch_store_is_connected(worker->store) || worker->abandons_connection) &&
        !connect(worker))
        return;
    rc = projector_step(worker->projector, &done, &committed, &err);
    if (committed)
        tell_batch(worker, &done);
    if (rc)
        fail(worker, rc, &err);
}

static int wait_ms(const struct worker *worker)
{
    const int64_t now_us = clock_monotonic_us();
    int64_t until_us = now_us + IDLE_WAIT_MS * 1000;

    if (worker->held_until_us && worker->held_until_us < until_us)
        until_us = worker->held_until_us;
    if (worker->resume_at_us > now_us && worker->resume_at_us < until_us)
        until_us = worker->resume_at_us;
    until_us -= now_us;
    return until_us <= 0 ? 0 : (int)(until_us / 1000) + 1;
}

// Until there is something to fold, PostgreSQL has something to say, or time is up.
static void wait_for_work(struct worker *worker)
{
    bool wants_write = false;
    int socket = batch_store_socket(worker->store, &wants_write);
    struct pollfd fds[2] = {
        {.fd = projector_has_room(worker->projector) && !worker->held_until_us
                   ? work_queue_fd(worker->queue)
                   : -1,
         .events = POLLIN},
        {.fd = socket, .events = (short)(POLLIN | (wants_write ? POLLOUT : 0))},
    };

    poll(fds, 2, wait_ms(worker));
    if (fds[0].revents)
        work_queue_drain_fd(worker->queue);
}

static bool is_finished(const struct worker *worker, int64_t deadline_us)
{
    return projector_is_idle(worker->projector) || !worker->ready ||
           clock_monotonic_us() >= deadline_us;
}

static void *run(void *argument)
{
    struct worker *worker = argument;
    int64_t deadline_us;

    while (!worker->finishing) {
        bool more = bring(worker);

        step(worker);
        // A batch that was committed makes room for what is at hand, of which the queue says
        // nothing.
        if (!more && !(worker->work && may_bring(worker)))
            wait_for_work(worker);
    }
    deadline_us = clock_monotonic_us() + FINISH_MS * 1000;
    while (!is_finished(worker, deadline_us)) {
        step(worker);
        if (!is_finished(worker, deadline_us))
            wait_for_work(worker);
    }
    return NULL;
}

int worker_start(struct worker *worker, struct err *err)
{
    if (pthread_create(&worker->thread, NULL, run, worker))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for a worker");
    worker->started = true;
    return DONE;
}
