// SPDX-License-Identifier: Apache-2.0
// How full the queue may be, and the ticks that wait beside it.
#include <stdlib.h>

#include <utlist.h>

#include "base/wake.h"
#include "client/emitter.h"
#include "client/error.h"

// Of the queue, for ticks: the rest is kept for what must not be lost.
enum { TICK_PARTS = 3, PARTS = 4 };

int emitter_forked(struct jobtrail_error *error)
{
    return error_tell(error, JOBTRAIL_FORKED, "FORKED",
                      "the emitter belongs to the parent of this process; make another one here");
}

bool emitter_has_room(const struct jobtrail_emitter *emitter, size_t size, bool is_tick)
{
    const struct ring *ring = &emitter->ring;
    size_t most_bytes = ring->capacity;
    uint64_t most_events = emitter->most_events;

    if (is_tick) {
        most_bytes = most_bytes / PARTS * TICK_PARTS;
        most_events = most_events / PARTS * TICK_PARTS;
    }
    return ring->count < most_events && ring_has_room(ring, size, most_bytes);
}

void emitter_wake(struct jobtrail_emitter *emitter)
{
    if (emitter->is_idle)
        pthread_cond_signal(&emitter->work);
    emitter->is_idle = false;
}

void job_release(struct jobtrail_job *job)
{
    if (--job->holders)
        return;
    buffer_free(&job->held);
    free(job->id);
    free(job);
}

static void list(struct jobtrail_job *job)
{
    job->has_held = true;
    job->holders++;
    DL_APPEND(job->emitter->held, job);
}

static void unlist(struct jobtrail_job *job)
{
    DL_DELETE(job->emitter->held, job);
    job->has_held = false;
    job_release(job);
}

int job_append_held(struct jobtrail_job *job, bool is_tick, struct err *err)
{
    const struct entry *entry = (const struct entry *)(const void *)job->held.data;
    int rc;

    if (!emitter_has_room(job->emitter, entry->size, is_tick))
        return err_set(err, RETRY, "QUEUE_FULL", "the queue is full");
    rc = ring_append(&job->emitter->ring, entry, err);
    if (!rc)
        unlist(job);
    return rc;
}

void emitter_release_held(struct jobtrail_emitter *emitter)
{
    struct err err;

    while (emitter->held && !job_append_held(emitter->held, true, &err))
        ;
}

int job_hold(struct jobtrail_job *job, const struct buffer *entry, struct err *err)
{
    struct buffer kept;

    buffer_init(&kept);
    buffer_append(&kept, entry->data, entry->size);
    if (kept.failed) {
        buffer_free(&kept);
        return err_no_memory(err);
    }
    buffer_free(&job->held);
    job->held = kept;
    if (job->has_held)
        job->emitter->counts.coalesced++;
    else
        list(job);
    return DONE;
}
