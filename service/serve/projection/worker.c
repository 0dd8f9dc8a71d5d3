// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/worker.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/random.h"
#include "serve/process/schemas.h"
#include "serve/projection/worker_private.h"

enum {
    IDLE_WAIT_MS = 1000,
    STEADY_US = 10 * 1000 * 1000,
    TOLD_EVERY_US = 60 * 1000 * 1000,
    FINISH_MS = 3000,  // for writing what was gathered, when asked to end
    HALVINGS_MAX = 24, // of the largest batch, until one record is alone
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
        .registry = config->registry.kind,
    };

    worker->store = batch_store_new(&store, err);
    worker->decoder = event_decoder_new(&decoder, err);
    if (!worker->store || !worker->decoder)
        return RETRY;
    batch_store_on_round_trip(worker->store, observe_round_trip, worker);
    worker->projector = projector_new(&(struct projector_options){
        .store = batch_store_port(worker->store),
        .random = {.self = worker, .u64 = draw},
        .horizons = &batch_store_rules(worker->store)->horizons,
        .erasures = &batch_store_rules(worker->store)->erasures,
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
    held_work_init(&worker->held, readings, index, process->config->queue_bytes);
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
    held_work_close(&worker->held);
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

bool worker_is_ready(const struct worker *worker, struct buffer *reasons)
{
    int64_t since_us;
    const char *reason;

    if (!postgres_state_is_ready(&worker->postgres_state, worker->name, reasons))
        return false;
    if (!trouble_lasts(&worker->trouble, clock_monotonic_us(), &since_us, &reason))
        return true;
    buffer_append_format(reasons, "%s ", worker->name);
    trouble_append(reasons, "cannot write", since_us, reason);
    return false;
}

void worker_cache_size(const struct worker *worker, size_t *rows, size_t *bytes)
{
    *rows = worker->cached_rows;
    *bytes = worker->cached_bytes;
}

size_t worker_held_bytes(const struct worker *worker)
{
    return worker->held.bytes;
}

void worker_finish(struct worker *worker)
{
    worker->finishing = true;
    work_queue_wake(worker->queue);
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
    else if (rc == FENCED && rivalry_fenced(&worker->rivalry, clock_monotonic_us(),
                                            readings_given_at_us(worker->readings)))
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
// and again, and takes from the server what it needs to recover. Dividing a batch is no failure, as
// long as it leads to the one record that is refused.
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

static void drop_folded(struct worker *worker, const char *reason)
{
    projector_forget(worker->projector);
    tell_cache(worker);
    worker_forget(worker, reason);
}

// What was folded is judged anew, by rules that are read with a new connection. Nothing failed.
static void learn_rules(struct worker *worker, const struct err *err)
{
    log_info(worker->name, "the rules changed: partitions are read again from where they stand",
             LOG_ERR(err));
    drop_folded(worker, err->reason);
    worker->abandons_connection = true;
}

static void fail(struct worker *worker, int rc, const struct err *err)
{
    tell_failure(worker, rc, err);
    if (rc == FATAL)
        process_fail(worker->process, err);
    drop_folded(worker, err->reason);
    if (rc != POISON || ++worker->refusals > HALVINGS_MAX)
        rest(worker);
    trouble_tell(&worker->trouble, err->reason, clock_monotonic_us());
    if (!batch_store_is_connected(worker->store) || worker->abandons_connection)
        postgres_state_missing(&worker->postgres_state, err);
}

// Whether more may be waiting.
static bool bring(struct worker *worker)
{
    bool more = false;
    struct err err;

    if (worker_bring(worker, &more, &err)) {
        worker->abandons_connection = true; // with the batch that may be under way there
        fail(worker, RETRY, &err);
    }
    return more;
}

static void tell_clock(struct worker *worker)
{
    worker->process->database_clock_us = batch_store_clock_us(worker->store);
}

static bool connect(struct worker *worker)
{
    const int64_t version = batch_store_rules(worker->store)->horizons.version;
    struct err err;
    int rc = batch_store_connect(worker->store, &err);

    if (!rc) {
        postgres_state_connected(&worker->postgres_state);
        worker->abandons_connection = false;
        tell_clock(worker);
        log_info(worker->name, "connected to PostgreSQL");
        if (batch_store_rules(worker->store)->horizons.version != version &&
            !projector_is_idle(worker->projector))
            drop_folded(worker, STORE_RULES_CHANGED);
        return true;
    }
    postgres_state_missing(&worker->postgres_state, &err);
    log_warn(worker->name, connection_failure_message(&err), LOG_ERR(&err));
    rest(worker);
    if (rc == FATAL)
        process_fail(worker->process, &err);
    return false;
}

// Said once a minute at most.
static void tell_too_old(struct worker *worker, size_t events)
{
    const int64_t now_us = clock_monotonic_us();

    metrics_add(worker->process->metrics, METER_EVENTS_TOO_OLD, 0, 0, (int64_t)events);
    worker->too_old_untold += events;
    if (worker->too_old_told_at_us && now_us - worker->too_old_told_at_us < TOLD_EVERY_US)
        return;
    worker->too_old_told_at_us = now_us;
    log_info(worker->name, "events are older than the horizon, and their jobs have no row: ignored",
             LOG_INT("events", (int64_t)worker->too_old_untold));
    worker->too_old_untold = 0;
}

static void tell_batch(struct worker *worker, const struct batch_done *done)
{
    struct metrics *metrics = worker->process->metrics;
    struct projected_partition *partition;

    FAULT_POINT("committed");
    trouble_end(&worker->trouble);
    // That log ends were written proves little of the records which failed.
    if (done->records)
        worker->failures = worker->refusals = 0;
    else if (clock_monotonic_us() - worker->resume_at_us >= STEADY_US)
        worker->failures = 0;
    metrics_add(metrics, METER_BATCHES, BATCH_COMMITTED, 0, 1);
    metrics_observe(metrics, METER_BATCH_EVENTS, 0, 0, (double)done->records);
    if (done->too_old)
        tell_too_old(worker, done->too_old);
    metrics_observe(metrics, METER_BATCH_ROWS, 0, 0, (double)done->rows);
    tell_cache(worker);
    tell_clock(worker);
    for (size_t at = 0; worker_next_projected(worker, &at, &partition);) {
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
    if (rc == RETRY && !strcmp(err.reason, STORE_RULES_CHANGED))
        learn_rules(worker, &err);
    else if (rc)
        fail(worker, rc, &err);
}

static int wait_ms(const struct worker *worker)
{
    const int64_t now_us = clock_monotonic_us();
    int64_t until_us = now_us + IDLE_WAIT_MS * 1000;

    if (projector_has_room(worker->projector)) { // without, nothing that is due can be brought
        int64_t due_at_us = held_work_due_at_us(&worker->held);

        until_us = due_at_us < until_us ? due_at_us : until_us;
    }
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
        {.fd = projector_has_room(worker->projector) ? work_queue_fd(worker->queue) : -1,
         .events = POLLIN},
        {.fd = socket, .events = (short)(POLLIN | (wants_write ? POLLOUT : 0))},
    };

    poll(fds, 2, wait_ms(worker));
    if (fds[0].revents)
        work_queue_drain_fd(worker->queue);
}

static bool is_finished(const struct worker *worker, int64_t deadline_us)
{
    return projector_is_idle(worker->projector) || !worker->postgres_state.connected ||
           worker->process->abandons_batches || clock_monotonic_us() >= deadline_us;
}

static void *run(void *argument)
{
    struct worker *worker = argument;
    int64_t deadline_us;

    while (!worker->finishing && !worker->process->abandons_batches) {
        bool more = bring(worker);

        step(worker);
        // A batch that was committed makes room for what is at hand and in the queue, of which the
        // queue's descriptor says nothing any more.
        if (!more || !projector_has_room(worker->projector))
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
