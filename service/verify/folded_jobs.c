// SPDX-License-Identifier: Apache-2.0
#include "verify/folded_jobs.h"

#include <stdlib.h>

enum {
    KEPT_OF_FOUR = 3,        // quarters of the jobs that stay when there is no more room
    REFS_FIRST = 4,          // most jobs were created, started and ended once
    REFS_MAX = 64,           // then those are dropped that the history has no more
    ALLOCATIONS_BYTES = 128, // what the allocator and the table need for one job, about
};

void folded_jobs_init(struct folded_jobs *jobs, struct scope *scope, size_t bytes_max)
{
    *jobs = (struct folded_jobs){.scope = scope, .bytes_max = bytes_max};
}

static void free_job(struct folded_job *job)
{
    if (!job)
        return;
    row_free(job->row);
    free(job->refs);
    free(job);
}

static void drop(struct folded_jobs *jobs, struct folded_job *job)
{
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): lost in the macro
    HASH_DELETE(hh, jobs->table, job);
    jobs->bytes -= job->bytes;
    free_job(job);
}

void folded_jobs_clear(struct folded_jobs *jobs)
{
    struct folded_job *job, *next;

    HASH_ITER (hh, jobs->table, job, next)
        drop(jobs, job);
}

size_t folded_jobs_count(const struct folded_jobs *jobs)
{
    return HASH_COUNT(jobs->table);
}

struct folded_job *folded_jobs_find(const struct folded_jobs *jobs, const struct job_key *key)
{
    char bytes[JOB_KEY_MAX_BYTES];
    struct folded_job *job;

    if (job_key_size(key) > sizeof bytes)
        return NULL;
    job_key_write(key, bytes);
    HASH_FIND(hh, jobs->table, bytes, job_key_size(key), job);
    return job;
}

static struct folded_job *add(struct folded_jobs *jobs, const struct job_key *key, struct err *err)
{
    struct folded_job *job = calloc(1, sizeof *job);

    if (job)
        job->row = row_new(*key, err);
    if (!job || !job->row) {
        free_job(job);
        err_no_memory(err);
        return NULL;
    }
    job->first_at_us = INT64_MAX;
    HASH_ADD_KEYPTR(hh, jobs->table, job->row->key.job_id.data, job_key_size(key), job);
    if (!job->hh.tbl) {
        free_job(job);
        err_no_memory(err);
        return NULL;
    }
    return job;
}

static bool history_has(const struct history *history, const struct uuid *id)
{
    for (int set = 0; set < HISTORY_SETS; set++)
        for (int place = 0; place < history->count[set]; place++) {
            struct event event = history_event(history, (enum history_set_kind)set, place);

            if (!uuid_compare(&event.id, id))
                return true;
        }
    return false;
}

static void prune_refs(struct folded_job *job)
{
    size_t kept = 0;

    for (size_t i = 0; i < job->ref_count; i++)
        if (history_has(&job->row->history, &job->refs[i].id))
            job->refs[kept++] = job->refs[i];
    job->ref_count = kept;
}

static int add_ref(struct folded_job *job, const struct event_ref *where, struct err *err)
{
    struct event_ref *more;
    size_t room;

    if (job->ref_count >= REFS_MAX)
        prune_refs(job);
    if (job->ref_count >= REFS_MAX)
        return DONE; // of an emitter that uses ids again and again
    if (job->ref_count == job->ref_room) {
        room = job->ref_room ? job->ref_room * 2 : REFS_FIRST;
        more = realloc(job->refs, room * sizeof *more);
        if (!more)
            return err_no_memory(err);
        job->refs = more;
        job->ref_room = room;
    }
    job->refs[job->ref_count++] = *where;
    return DONE;
}

// What of a row an event may decide without the history's keeping it.
struct decided {
    int32_t attempt, tick;
    int64_t updated_at_us;
    bool has_statement;
    struct event_key statement;
};

static struct decided decided_of(const struct row *row)
{
    return (struct decided){row->attempt, row->tick, row->updated_at_us, row->statement.known,
                            row->statement.key};
}

static void note(struct folded_job *job, enum ref_slot slot, const struct event_ref *where)
{
    job->slots[slot] = *where;
    job->has_slot[slot] = true;
}

static void note_decisions(struct folded_job *job, const struct decided *before,
                           const struct event_ref *where)
{
    const struct decided after = decided_of(job->row);
    const bool is_new = after.attempt != before->attempt;

    if (is_new) {
        note(job, REF_ATTEMPT, where);
        job->has_slot[REF_TICK] = job->has_slot[REF_STATEMENT] = false;
    }
    if (after.tick != PROGRESS_NONE && (is_new || after.tick != before->tick))
        note(job, REF_TICK, where);
    if (after.updated_at_us != before->updated_at_us)
        note(job, REF_TIME, where);
    if (after.has_statement &&
        (!before->has_statement || is_new ||
         after.statement.occurred_at_us != before->statement.occurred_at_us ||
         uuid_compare(&after.statement.id, &before->statement.id) != 0))
        note(job, REF_STATEMENT, where);
}

static void recount(struct folded_jobs *jobs, struct folded_job *job)
{
    size_t bytes =
        sizeof *job + row_bytes(job->row) + job->ref_room * sizeof *job->refs + ALLOCATIONS_BYTES;

    jobs->bytes += bytes - job->bytes;
    job->bytes = bytes;
}

static int compare_jobs(const void *left, const void *right)
{
    const struct folded_job *const *a = left, *const *b = right;

    return job_key_compare(&(*a)->row->key, &(*b)->row->key);
}

// The range ends before the last quarter of the jobs. One job alone stays, however large it is.
static int make_room(struct folded_jobs *jobs, struct err *err)
{
    const size_t count = folded_jobs_count(jobs);
    size_t kept = count * KEPT_OF_FOUR / 4, at = 0;
    struct folded_job **sorted, *job, *next;

    if (kept == 0)
        return DONE;
    sorted = calloc(count, sizeof *sorted);
    if (!sorted)
        return err_no_memory(err);
    HASH_ITER (hh, jobs->table, job, next)
        sorted[at++] = job;
    qsort(sorted, count, sizeof *sorted, compare_jobs);
    own_key_set(&jobs->scope->upto, &sorted[kept - 1]->row->key);
    while (kept < count)
        drop(jobs, sorted[kept++]);
    free(sorted);
    return DONE;
}

int folded_jobs_take(struct folded_jobs *jobs, const struct event *event, struct event_ref where,
                     struct err *err)
{
    const struct job_key key = {event->organization_id, event->job_id};
    struct folded_job *job = folded_jobs_find(jobs, &key);
    struct decided before;
    bool changed = false;
    int rc;

    if (!job)
        job = add(jobs, &key, err);
    if (!job)
        return RETRY;
    where.id = event->id;
    before = decided_of(job->row);
    job->row->history_changed = false;
    rc = fold_event(job->row, event, &changed, err);
    if (!rc && job->row->history_changed)
        rc = add_ref(job, &where, err);
    if (rc)
        return rc;
    note_decisions(job, &before, &where);
    if (event->occurred_at_us < job->first_at_us)
        job->first_at_us = event->occurred_at_us;
    recount(jobs, job);
    return jobs->bytes > jobs->bytes_max ? make_room(jobs, err) : DONE;
}

const struct event_ref *folded_job_ref(const struct folded_job *job, const struct uuid *id)
{
    for (size_t i = 0; i < job->ref_count; i++)
        if (!uuid_compare(&job->refs[i].id, id))
            return &job->refs[i];
    for (size_t i = 0; i < REF_SLOTS; i++)
        if (job->has_slot[i] && !uuid_compare(&job->slots[i].id, id))
            return &job->slots[i];
    return NULL;
}
