// SPDX-License-Identifier: Apache-2.0
#include "core/projector.h"

#include <stdlib.h>
#include <utlist.h>

#include "core/batch_write.h"
#include "core/fold.h"
#include "core/pack.h"
#include "core/refusal.h"

enum stage { STAGE_NONE, STAGE_READING, STAGE_WRITING };

struct projector {
    struct projector_options options;
    struct cache cache;
    struct batch batches[2];
    struct batch *gathered;   // being filled
    struct batch *under_way;  // at the store, unless stage is STAGE_NONE
    struct batch_write write; // of the batch under way
    enum stage stage;
    bool locking; // the batch under way meets a rival: its rows are read FOR UPDATE
    struct refusal refusal;
    struct track *tracks;
    size_t too_old; // events of the batch under way that are ignored
};

static const struct horizons no_horizons = {.latest_us = TIME_NONE};
static const struct erasures no_erasures;

struct projector *projector_new(const struct projector_options *options)
{
    struct projector *projector = calloc(1, sizeof *projector);

    if (!projector)
        return NULL;
    projector->options = *options;
    if (!options->horizons)
        projector->options.horizons = &no_horizons;
    if (!options->erasures)
        projector->options.erasures = &no_erasures;
    cache_init(&projector->cache, options->cache_bytes_max);
    batch_init(&projector->batches[0], 1);
    batch_init(&projector->batches[1], 2);
    projector->gathered = &projector->batches[0];
    projector->under_way = &projector->batches[1];
    refusal_init(&projector->refusal, options->batch_records_max);
    return projector;
}

// Takes a track off the list; whoever released it is told.
static void drop_track(struct projector *projector, struct track *track)
{
    if (track->released && projector->options.released)
        projector->options.released(projector->options.self, &track->source);
    DL_DELETE(projector->tracks, track);
    track_free(track);
}

void projector_forget(struct projector *projector)
{
    struct track *track, *next;

    batch_clear(&projector->batches[0]);
    batch_clear(&projector->batches[1]);
    cache_clear(&projector->cache);
    projector->stage = STAGE_NONE;
    projector->locking = false;
    DL_FOREACH_SAFE (projector->tracks, track, next)
        drop_track(projector, track);
}

void projector_free(struct projector *projector)
{
    if (!projector)
        return;
    projector_forget(projector);
    batch_free(&projector->batches[0]);
    batch_free(&projector->batches[1]);
    refusal_free(&projector->refusal);
    free(projector);
}

struct track *projector_take(struct projector *projector, const struct source *source,
                             const struct source_position *position)
{
    struct track *track = track_new(source, position);

    if (track)
        DL_APPEND(projector->tracks, track);
    return track;
}

static void drop_settled(struct projector *projector)
{
    struct track *track, *next;

    DL_FOREACH_SAFE (projector->tracks, track, next)
        if (track->released && !track->in_flight && !track_is_ahead(track))
            drop_track(projector, track);
}

void projector_release(struct projector *projector, struct track *track)
{
    track->released = true;
    drop_settled(projector);
}

bool projector_has_room(const struct projector *projector)
{
    const struct batch *batch = projector->gathered;

    if (refusal_is_careful(&projector->refusal) && projector->stage != STAGE_NONE)
        return false;
    return batch->records < projector->refusal.limit &&
           batch->bytes < projector->options.batch_bytes_max;
}

// The memory that an event's texts may take in its row.
static size_t event_bytes(const struct event *event)
{
    return event->message.size + event->error_detail.size + event->type.size +
           event->creator_id.size + event->result_uri.size;
}

// What is known of the event's creator is folded; hardly ever is anybody erased.
static int fold_known(const struct projector *projector, struct row *row, const struct event *event,
                      bool *changed, struct err *err)
{
    struct event known;
    int rc;

    if (!projector->options.erasures->count)
        return fold_event(row, event, changed, err);
    known = *event;
    rc = erasures_apply(projector->options.erasures, &known, err);
    return rc ? rc : fold_event(row, &known, changed, err);
}

int projector_event(struct projector *projector, struct track *track, int64_t offset,
                    const struct event *event, bool *changed, struct err *err)
{
    struct job_key key = {.organization_id = event->organization_id, .job_id = event->job_id};
    struct cached_row *cached;
    size_t cached_bytes;
    int rc;

    *changed = false;
    if (refusal_is_of(&projector->refusal, &track->source, offset, err))
        return POISON;
    cached_bytes = projector->cache.bytes;
    rc = cache_get(&projector->cache, &key, &cached, err);
    batch_count(projector->gathered, &track->source, offset,
                event_bytes(event) + projector->cache.bytes - cached_bytes);
    if (!rc)
        rc = fold_known(projector, cached->row, event, changed, err);
    if (rc || !*changed)
        return rc;
    cached->dirty = true;
    cached->news++;
    return batch_list(projector->gathered, cached, err);
}

int projector_row(struct projector *projector, const struct row *row, struct err *err)
{
    static const struct source nowhere = {.topic = SLICE_LITERAL(""), .partition = -1};
    const size_t cached_bytes = projector->cache.bytes;
    struct cached_row *cached;
    bool changed = false;
    int rc = cache_get(&projector->cache, &row->key, &cached, err);

    batch_count(projector->gathered, &nowhere, -1,
                row_bytes(row) + projector->cache.bytes - cached_bytes);
    if (!rc)
        rc = fold_join(cached->row, row, &changed, err);
    if (rc || !changed)
        return rc;
    cached->stays = cached->dirty = true;
    return batch_list(projector->gathered, cached, err);
}

int projector_dead_letter(struct projector *projector, struct track *track,
                          const struct dead_letter *letter, struct err *err)
{
    struct dead_letter ours = *letter;

    ours.source = track->source;
    batch_count(projector->gathered, &track->source, letter->offset,
                letter->value.size + letter->key.size);
    return batch_refuse(projector->gathered, &ours, err);
}

static bool anything_gathered(const struct projector *projector)
{
    const struct track *track;

    if (projector->gathered->records)
        return true;
    DL_FOREACH (projector->tracks, track)
        if (track_is_ahead(track))
            return true;
    return false;
}

bool projector_is_idle(const struct projector *projector)
{
    return projector->stage == STAGE_NONE && !anything_gathered(projector);
}

// Of jobs without a row, what comes too late is forgotten. Events of one batch are taken together:
// with a younger one all of them come in time. What is left is a row without events, which is not
// written.
static int ignore_late(struct projector *projector, struct err *err)
{
    const struct horizons *horizons = projector->options.horizons;
    struct batch *batch = projector->under_way;
    int rc = DONE;

    projector->too_old = 0;
    for (size_t i = 0; !rc && horizons->latest_us != TIME_NONE && i < batch->row_count; i++) {
        struct cached_row *cached = batch->rows[i];

        if (!cached->dirty || cached->base != BASE_ABSENT || cached->stays ||
            !horizon_ignores(horizons, cached->row))
            continue;
        projector->too_old += cached->news;
        cached->dirty = false;
        cached->news = 0;
        rc = cache_empty(&projector->cache, cached, err);
    }
    return rc;
}

static int start_write(struct projector *projector, struct err *err)
{
    const struct store_port *store = projector->options.store;
    struct arena arena; // the store takes what it needs before write_batch returns
    int rc = ignore_late(projector, err);

    if (rc)
        return rc;
    arena_init(&arena);
    projector->write.rules_version = projector->options.horizons->version;
    rc = batch_write_rows(projector->under_way, &projector->options.random, &arena,
                          &projector->write, err);
    if (!rc) {
        projector->stage = STAGE_WRITING;
        rc = store->write_batch(store->self, &projector->write, err);
    }
    arena_reset(&arena);
    return rc;
}

// Asks for the rows of the batch under way that are not known; writes at once if all are.
static int start_read(struct projector *projector, struct err *err)
{
    const struct store_port *store = projector->options.store;
    struct batch *batch = projector->under_way;
    struct job_key *keys = arena_alloc(&batch->arena, (batch->row_count + 1) * sizeof *keys);
    size_t count = 0;

    if (!keys)
        return err_no_memory(err);
    for (size_t i = 0; i < batch->row_count; i++)
        if (batch->rows[i]->base == BASE_UNKNOWN)
            keys[count++] = batch->rows[i]->row->key;
    if (!count)
        return start_write(projector, err);
    projector->stage = STAGE_READING;
    return store->read_rows(store->self, keys, count, projector->locking, err);
}

// What has gathered becomes the batch under way.
static int start_batch(struct projector *projector, struct err *err)
{
    struct batch *batch = projector->gathered;
    int rc;

    projector->gathered = projector->under_way;
    projector->under_way = batch;
    projector->write = (struct batch_write){0};
    rc = batch_sort(batch, err);
    if (!rc)
        rc = batch_write_positions(batch, projector->tracks, &projector->write, err);
    return rc ? rc : start_read(projector, err);
}

// A row that we folded without knowing it meets the one that PostgreSQL has: the join of both is
// the row, and it is only written if we had something new.
static int adopt(struct projector *projector, const struct stored_row *stored, struct err *err)
{
    struct cached_row *cached = cache_peek(&projector->cache, &stored->columns.key);
    struct row *joined;
    bool news = false;
    int rc;

    if (!cached || cached->base != BASE_UNKNOWN)
        return DONE;
    rc = unpack_row(&stored->columns, &joined, err);
    if (rc)
        return rc;
    rc = fold_join(joined, cached->row, &news, err);
    if (!rc && !text_set(joined, &joined->counted_type, stored->columns.type))
        rc = err_no_memory(err);
    if (rc) {
        row_free(joined);
        return rc;
    }
    cached->base = BASE_STORED;
    cached->revision = stored->revision;
    cached->stored_status = stored->columns.status;
    cached->dirty = news;
    cache_replace(&projector->cache, cached, joined);
    return DONE;
}

static int finish_read(struct projector *projector, const struct stored_row *rows, size_t count,
                       struct err *err)
{
    struct batch *batch = projector->under_way;

    for (size_t i = 0; i < count; i++) {
        int rc = adopt(projector, &rows[i], err);

        if (rc)
            return rc;
    }
    for (size_t i = 0; i < batch->row_count; i++)
        if (batch->rows[i]->base == BASE_UNKNOWN)
            batch->rows[i]->base = BASE_ABSENT;
    return start_write(projector, err);
}

static void finish_write(struct projector *projector, struct batch_done *done)
{
    struct batch *batch = projector->under_way;
    struct track *track;

    *done = (struct batch_done){
        .records = batch->records,
        .rows = projector->write.row_count,
        .dead_letters = batch->dead_letter_count,
        .too_old = projector->too_old,
    };
    for (size_t i = 0; i < batch->row_count; i++) {
        cache_recount(&projector->cache, batch->rows[i]);
        if (batch->rows[i]->row->end.known)
            cache_retire(&projector->cache, batch->rows[i]);
    }
    batch_clear(batch);
    cache_trim(&projector->cache);
    DL_FOREACH (projector->tracks, track) {
        track->committed_next_offset = track->sent_next_offset;
        track->in_flight = false;
    }
    projector->stage = STAGE_NONE;
    projector->locking = false;
    // A batch of positions alone proves nothing of the record that is looked for.
    if (done->records)
        refusal_passed(&projector->refusal, done->records);
    drop_settled(projector);
}

// Another writer replaced a row after we had read it. Our row holds what it was then and our
// events, so its join with the row as it is now is right. The rows are read again under a lock, so
// that they cannot be replaced once more before we write.
static int write_again_locked(struct projector *projector, struct err *err)
{
    struct batch *batch = projector->under_way;

    projector->locking = true;
    for (size_t i = 0; i < batch->row_count; i++) {
        batch->rows[i]->base = BASE_UNKNOWN;
        batch->rows[i]->dirty = true;
    }
    return start_read(projector, err);
}

// The rows that were asked for may have come: then they are written.
static int go_on_reading(struct projector *projector, struct err *err)
{
    const struct store_port *store = projector->options.store;
    const struct stored_row *rows = NULL;
    enum store_state state;
    size_t count = 0;
    int rc = store->poll(store->self, &state, &rows, &count, err);

    return rc || state != STORE_ROWS ? rc : finish_read(projector, rows, count, err);
}

// The batch may be committed.
static int go_on_writing(struct projector *projector, struct batch_done *done, bool *committed,
                         struct err *err)
{
    const struct store_port *store = projector->options.store;
    const struct stored_row *rows;
    enum store_state state;
    size_t count;
    int rc = store->poll(store->self, &state, &rows, &count, err);

    if (rc == RETRY && !strcmp(err->reason, STORE_ROW_REPLACED))
        return write_again_locked(projector, err);
    *committed = !rc && state == STORE_WRITTEN;
    if (*committed)
        finish_write(projector, done);
    return rc;
}

static int go_on(struct projector *projector, struct batch_done *done, bool *committed,
                 struct err *err)
{
    int rc = DONE;

    switch (projector->stage) {
    case STAGE_NONE:
        break;
    case STAGE_READING:
        rc = go_on_reading(projector, err);
        break;
    case STAGE_WRITING:
        rc = go_on_writing(projector, done, committed, err);
        break;
    }
    if (!rc && projector->stage == STAGE_NONE && anything_gathered(projector))
        rc = start_batch(projector, err);
    return rc;
}

int projector_step(struct projector *projector, struct batch_done *done, bool *committed,
                   struct err *err)
{
    int rc;

    *committed = false;
    rc = go_on(projector, done, committed, err);
    if (rc == RETRY && !strcmp(err->reason, STORE_TOO_SLOW))
        refusal_shrink(&projector->refusal, projector->under_way);
    if (rc == POISON)
        refusal_note(&projector->refusal, projector->under_way, projector->gathered, err);
    if (rc)
        projector_forget(projector);
    return rc;
}

void projector_cache_size(const struct projector *projector, size_t *rows, size_t *bytes)
{
    *rows = projector->cache.rows;
    *bytes = projector->cache.bytes;
}
