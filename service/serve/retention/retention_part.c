// SPDX-License-Identifier: Apache-2.0
// The retention's thread: connects, takes the lock, and makes a pass now and then.
#include "serve/retention/retention_part.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/wake.h"
#include "serve/retention/retention_private.h"

// Beside passes, looks whether another process that had the lock is gone.
#define PASS_EVERY_US  (10 * 60 * US_PER_SECOND)
#define LOCK_EVERY_US  (10 * US_PER_SECOND)
#define WAITS_AGAIN_US (1 * US_PER_SECOND)
// Before the first pass where no job is to leave: what is forgotten then has waited for days.
#define FORGET_AFTER_US (60 * US_PER_SECOND)

static bool lets_jobs_leave(const struct retention_part *part)
{
    return part->process->config->retention.count;
}

static void tell_activity(struct retention_part *part, bool is_active)
{
    if (is_active != part->is_active && lets_jobs_leave(part))
        log_info("retention", is_active ? "this process lets ended jobs leave now"
                                        : "this process lets jobs leave no more");
    part->is_active = is_active;
}

static void tell_gone(struct retention_part *part, const struct retention_counts *before)
{
    const struct retention_counts *gone = &part->gone;

    if (gone->of[RETENTION_JOBS] == before->of[RETENTION_JOBS] &&
        gone->of[RETENTION_REQUESTS] == before->of[RETENTION_REQUESTS] &&
        gone->of[RETENTION_DEAD_LETTERS] == before->of[RETENTION_DEAD_LETTERS])
        return;
    log_info("retention", "what had ended long enough ago has left",
             LOG_INT("jobs", gone->of[RETENTION_JOBS] - before->of[RETENTION_JOBS]),
             LOG_INT("requests", gone->of[RETENTION_REQUESTS] - before->of[RETENTION_REQUESTS]),
             LOG_INT("dead_letters",
                     gone->of[RETENTION_DEAD_LETTERS] - before->of[RETENTION_DEAD_LETTERS]));
}

// Where no job is to leave no session is held between the passes, and it matters little whose pass
// it is.
static int64_t rest_between(struct retention_part *part, bool done)
{
    if (lets_jobs_leave(part))
        return done ? PASS_EVERY_US : WAITS_AGAIN_US;
    retention_disconnect(part->store);
    return PASS_EVERY_US;
}

static int work(struct retention_part *part, int64_t *rest_us, struct err *err)
{
    const struct retention_counts before = part->gone;
    bool held = false, done = false;
    int rc = DONE;

    if (!retention_is_connected(part->store))
        rc = retention_connect(part->store, err);
    if (!rc)
        rc = retention_lock(part->store, &held, err);
    tell_activity(part, held);
    *rest_us = LOCK_EVERY_US;
    if (rc || !held)
        return rc;
    rc = retention_pass(part, &done, err);
    tell_gone(part, &before);
    *rest_us = rest_between(part, done);
    return rc;
}

// Also what is FATAL for others, such as somebody's trigger: they have no part in it.
static int64_t failed(struct retention_part *part, const struct err *err)
{
    log_warn("retention",
             lets_jobs_leave(part) ? "ended jobs cannot leave now"
                                   : "digests of erased members cannot be forgotten now",
             LOG_ERR(err));
    return backoff_us(part->failures++);
}

static void *run(void *argument)
{
    struct retention_part *part = argument;
    struct err err;

    if (!lets_jobs_leave(part))
        retention_rest(part, FORGET_AFTER_US);
    while (!part->finishing) {
        int64_t rest_us;
        int rc = work(part, &rest_us, &err);

        metrics_set(part->process->metrics, METER_RETENTION_FAILING, 0, 0, rc ? 1 : 0);
        if (rc)
            rest_us = failed(part, &err);
        else
            part->failures = 0;
        if (!part->finishing)
            retention_rest(part, rest_us);
    }
    retention_disconnect(part->store);
    return NULL;
}

static void destroy(struct retention_part *part)
{
    retention_free(part->store);
    if (part->wake_fd >= 0)
        close(part->wake_fd);
    free(part);
}

int retention_part_new(struct process *process, struct retention_part **out, struct err *err)
{
    const struct connection_options options = process_connection_options(process, "retention");
    struct retention_part *part;

    part = calloc(1, sizeof *part);
    if (!part)
        return err_no_memory(err);
    part->process = process;
    part->wake_fd = wake_open();
    if (part->wake_fd < 0) {
        destroy(part);
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no event descriptor");
    }
    part->store = retention_new(&options, err);
    if (!part->store) {
        destroy(part);
        return (int)err->disposition;
    }
    *out = part;
    return DONE;
}

int retention_part_start(struct retention_part *part, struct err *err)
{
    if (pthread_create(&part->thread, NULL, run, part))
        return err_set(err, RETRY, "NO_THREAD", "no thread for the retention");
    part->started = true;
    return DONE;
}

void retention_part_finish(struct retention_part *part)
{
    if (!part)
        return;
    part->finishing = true;
    wake_up(part->wake_fd);
}

void retention_part_free(struct retention_part *part)
{
    if (!part)
        return;
    retention_part_finish(part);
    if (part->started)
        pthread_join(part->thread, NULL);
    destroy(part);
}
