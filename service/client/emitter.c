// SPDX-License-Identifier: Apache-2.0
#include "client/emitter.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utlist.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/wake.h"
#include "client/error.h"

static const size_t LIFE_BYTES = sizeof(uint32_t);

// What a child sees of it is zeros.
static volatile uint32_t *make_life(struct err *err)
{
    void *page = mmap(NULL, LIFE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED || madvise(page, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK)) {
        if (page != MAP_FAILED)
            munmap(page, LIFE_BYTES);
        err_set(err, RETRY, "NO_PAGE", "the system gives no page that is wiped on fork");
        return NULL;
    }
    *(uint32_t *)page = 1;
    return page;
}

static int open_ring(struct jobtrail_emitter *emitter, struct err *err)
{
    const struct options *options = emitter->config->options;
    const char *file = options_text(options, "spool.file");
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t capacity =
        ((size_t)options_integer(options, "queue.bytes") + page - 1) / page * page;
    struct spool *spool;
    int rc;

    if (!file)
        return ring_init(&emitter->ring, capacity, err);
    rc = spool_open(file, capacity, (enum spool_sync)options_choice(options, "spool.sync"), &spool,
                    err);
    if (rc)
        return rc;
    ring_init_spool(&emitter->ring, spool, &emitter->counts.spool_damaged);
    emitter->counts.replayed = emitter->ring.count;
    if (emitter->ring.count)
        log_info("emitter", "the spool holds events", LOG_INT("events", emitter->ring.count));
    if (emitter->counts.spool_damaged)
        log_error("emitter", "a part of the spool cannot be read",
                  LOG_INT("bytes", emitter->counts.spool_damaged));
    return DONE;
}

static void free_all(struct jobtrail_emitter *emitter)
{
    while (emitter->held) {
        struct jobtrail_job *job = emitter->held;

        DL_DELETE(emitter->held, job);
        job_release(job);
    }
    ring_close(&emitter->ring);
    buffer_free(&emitter->entry);
    if (emitter->room_fd >= 0)
        close(emitter->room_fd);
    if (emitter->life)
        munmap((void *)emitter->life, LIFE_BYTES);
    pthread_cond_destroy(&emitter->freed);
    pthread_cond_destroy(&emitter->work);
    pthread_mutex_destroy(&emitter->lock);
    settings_release(emitter->config);
    free(emitter);
}

// Threads that are made meanwhile get no signals of the host's.
static int start_without_signals(struct jobtrail_emitter *emitter, struct err *err)
{
    sigset_t all, before;
    int rc;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = sender_start(emitter, &emitter->sender, err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static int start(struct jobtrail_emitter *emitter, struct err *err)
{
    int rc;

    emitter->life = make_life(err);
    if (!emitter->life)
        return RETRY;
    emitter->room_fd = wake_open();
    if (emitter->room_fd < 0)
        return err_set(err, RETRY, "NO_DESCRIPTOR", "the system gives no descriptor");
    wake_up(emitter->room_fd);
    rc = open_ring(emitter, err);
    return rc ? rc : start_without_signals(emitter, err);
}

static int code_of(const struct err *err)
{
    if (!strncmp(err->reason, "SPOOL_", strlen("SPOOL_")))
        return JOBTRAIL_SPOOL;
    if (!strcmp(err->reason, "BAD_PROPERTY"))
        return JOBTRAIL_SETTING;
    return !strncmp(err->reason, "NO_", strlen("NO_")) ? JOBTRAIL_SYSTEM : JOBTRAIL_KAFKA;
}

static void read_config(struct jobtrail_emitter *emitter)
{
    const struct options *options = emitter->config->options;

    emitter->organization = slice_of(options_text(options, "organization"));
    emitter->source = slice_of(options_text(options, "source"));
    emitter->derives_ids = options_choice(options, "event.ids") != 0;
    emitter->most_events = (uint64_t)options_integer(options, "queue.events");
}

int jobtrail_emitter_new(struct jobtrail_settings *settings, jobtrail_delivered *delivered,
                         jobtrail_room *room, void *self, struct jobtrail_emitter **out,
                         struct jobtrail_error *error)
{
    const struct log_target *log_before = log_diverted();
    struct jobtrail_emitter *emitter = calloc(1, sizeof *emitter);
    struct err err;
    int rc;

    *out = NULL;
    if (!emitter)
        return error_no_memory(error);
    rc = settings_retain(settings, &emitter->config, error);
    if (rc) {
        free(emitter);
        return rc;
    }
    read_config(emitter);
    emitter->delivered = delivered;
    emitter->room = room;
    emitter->self = self;
    emitter->room_fd = -1;
    pthread_mutex_init(&emitter->lock, NULL);
    condition_init(&emitter->work);
    condition_init(&emitter->freed);
    buffer_init(&emitter->entry);
    log_divert(&emitter->config->log);
    rc = start(emitter, &err);
    if (rc) {
        rc = error_pass(error, code_of(&err), &err);
        free_all(emitter);
    } else {
        *out = emitter;
    }
    log_divert(log_before);
    return rc;
}

// Under the lock.
static int tell_left(const struct jobtrail_emitter *emitter, struct jobtrail_error *error)
{
    return error_tell(
        error, JOBTRAIL_TIMEOUT, "TIMEOUT", "%llu events are not acknowledged by Kafka yet%s%s",
        (unsigned long long)emitter->ring.count, emitter->trouble.disposition ? "; it says " : "",
        emitter->trouble.disposition ? emitter->trouble.text : "");
}

// Under the lock. False: it is that moment, and not all of what was told before is settled.
static bool await_settled(struct jobtrail_emitter *emitter, int64_t until_us)
{
    uint64_t head = emitter->ring.head;

    while (emitter->held || emitter->ring.tail < head) {
        const bool has_held = emitter->held != NULL;

        if (!condition_wait_until(&emitter->freed, &emitter->lock, until_us))
            return !emitter->held && emitter->ring.tail >= head;
        if (has_held)
            head = emitter->ring.head; // ticks that were held came into the queue
    }
    return true;
}

int jobtrail_emitter_flush(struct jobtrail_emitter *emitter, int timeout_ms,
                           struct jobtrail_error *error)
{
    const int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    int rc = JOBTRAIL_OK;

    if (!emitter_is_ours(emitter))
        return emitter_forked(error);
    pthread_mutex_lock(&emitter->lock);
    if (!await_settled(emitter, until_us)) {
        rc = tell_left(emitter, error);
    } else if (emitter->counts.refused > emitter->refused_told) {
        rc = error_tell(error, JOBTRAIL_KAFKA, emitter->refusal.reason,
                        "%llu events were refused by Kafka, the last one: %s",
                        (unsigned long long)(emitter->counts.refused - emitter->refused_told),
                        emitter->refusal.text);
        emitter->refused_told = emitter->counts.refused;
    }
    pthread_mutex_unlock(&emitter->lock);
    return rc;
}

int jobtrail_emitter_close(struct jobtrail_emitter *emitter, int timeout_ms,
                           struct jobtrail_error *error)
{
    int rc;

    if (!emitter)
        return JOBTRAIL_OK;
    rc = jobtrail_emitter_flush(emitter, timeout_ms, error);
    if (rc == JOBTRAIL_FORKED)
        return rc;
    sender_stop(emitter->sender);
    free_all(emitter);
    return rc;
}

int jobtrail_emitter_wait(struct jobtrail_emitter *emitter, int timeout_ms,
                          struct jobtrail_error *error)
{
    const int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    int rc = JOBTRAIL_OK;

    if (!emitter_is_ours(emitter))
        return emitter_forked(error);
    pthread_mutex_lock(&emitter->lock);
    while (emitter->is_full && condition_wait_until(&emitter->freed, &emitter->lock, until_us))
        ;
    if (emitter->is_full)
        rc = tell_left(emitter, error);
    pthread_mutex_unlock(&emitter->lock);
    return rc;
}

int jobtrail_emitter_fd(const struct jobtrail_emitter *emitter)
{
    return emitter_is_ours(emitter) ? emitter->room_fd : -1;
}

int jobtrail_emitter_counts(struct jobtrail_emitter *emitter, struct jobtrail_counts *counts,
                            size_t size)
{
    struct jobtrail_counts now;

    if (!emitter_is_ours(emitter))
        return emitter_forked(NULL);
    pthread_mutex_lock(&emitter->lock);
    now = emitter->counts;
    now.queued = emitter->ring.count;
    now.queued_bytes = emitter->ring.head - emitter->ring.tail;
    pthread_mutex_unlock(&emitter->lock);
    memset(counts, 0, size);
    memcpy(counts, &now, size < sizeof now ? size : sizeof now);
    return JOBTRAIL_OK;
}
