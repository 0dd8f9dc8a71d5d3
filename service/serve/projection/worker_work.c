// SPDX-License-Identifier: Apache-2.0
// The work of a worker in its order: a partition's own, and whatever is due of those that hold a
// record (held_work.h) before what is new.
#include "base/clock.h"
#include "serve/projection/worker_private.h"

enum { SLICE_RECORDS = 1024 }; // folded between two looks at PostgreSQL

bool worker_next_projected(struct worker *worker, size_t *at, struct projected_partition **out)
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

void worker_forget(struct worker *worker, const char *reason)
{
    struct projected_partition *partition;

    for (size_t at = 0; worker_next_projected(worker, &at, &partition);) {
        partition->track = NULL;
        partition->reading.restart_reason = reason;
        partition->reading.restart_wanted = true;
        held_work_drop(&worker->held, partition);
    }
}

static void bring_take(struct worker *worker, struct work *work)
{
    struct projected_partition *partition = work->partition;
    struct err err;

    held_work_drop(&worker->held, partition);
    if (partition->track)
        projector_release(worker->projector, partition->track);
    partition->track =
        projector_take(worker->projector, &partition->reading.source, &work->position);
    if (!partition->track) {
        err_no_memory(&err);
        partition->reading.restart_reason = err.reason;
        partition->reading.restart_wanted = true;
    }
}

static void bring_release(struct worker *worker, struct work *work)
{
    struct projected_partition *partition = work->partition;
    struct track *track = partition->track;

    held_work_drop(&worker->held, partition);
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
    if (!work_is_current(work))
        return;
    if (work->kind == WORK_TAKE)
        bring_take(worker, work);
    else if (work->kind == WORK_END && track)
        track_advance(track, work->next_offset, NULL);
    else if (work->kind == WORK_LOG_END && track)
        track_log_end(track, work->log_end.offset, work->log_end.seen_at_us,
                      work->log_end.partitions);
}

static bool next_work(struct worker *worker)
{
    struct work *work;

    if (worker->work)
        return true;
    if (worker->held.lines) {
        held_work_read_again(&worker->held);
        worker->work = held_work_due(&worker->held, clock_monotonic_us());
    }
    while (!worker->work && (work = work_queue_pop(worker->queue)))
        if (!held_work_take(&worker->held, work))
            worker->work = work;
    return worker->work;
}

static bool has_records(const struct work *work)
{
    return work->kind == WORK_RECORDS && work->records.next < work->records.count &&
           work_is_current(work) && work->partition->track;
}

// Brings records of the work at hand, which has some. Afterwards it may have more: the slice is
// used up, there is no room, or the next is held; then it is at hand no longer.
static int bring_records(struct worker *worker, size_t *budget, struct err *err)
{
    struct work *work = worker->work;
    size_t brought = 0;
    int rc = worker_bring_records(worker, *budget, &brought, err);

    *budget -= brought;
    if (worker->held_until_us && has_records(work)) {
        held_work_hold(&worker->held, work, worker->held_until_us);
        worker->work = NULL;
    }
    return rc;
}

int worker_bring(struct worker *worker, bool *more, struct err *err)
{
    size_t budget = SLICE_RECORDS;
    int rc = DONE;

    while (!rc && budget && projector_has_room(worker->projector) && next_work(worker)) {
        struct work *work = worker->work;

        if (has_records(work))
            rc = bring_records(worker, &budget, err);
        else
            bring_word(worker, work);
        if (worker->work != work || has_records(work)) // held, or not done with
            continue;
        held_work_done(&worker->held, work->partition);
        work_free(work);
        worker->work = NULL;
    }
    *more = !budget || !projector_has_room(worker->projector);
    return rc;
}
