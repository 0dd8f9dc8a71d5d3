// SPDX-License-Identifier: Apache-2.0
#include "core/batch_write.h"

#include <stdlib.h>
#include <utlist.h>

#include "core/pack.h"

static int count_change(struct counts *counts, const struct cached_row *cached, struct err *err)
{
    const struct row *row = cached->row;
    struct slice organization_id = row->key.organization_id, type = text_slice(&row->creation.type);
    struct slice counted_type = text_slice(&row->counted_type);
    enum job_status status = row_status(row);
    bool is_stored = cached->base == BASE_STORED;
    int rc = DONE;

    if (is_stored && cached->stored_status == status && slice_equal(counted_type, type))
        return DONE;
    if (is_stored)
        rc = counts_add(counts, organization_id, counted_type, cached->stored_status, -1, err);
    if (!rc)
        rc = counts_add(counts, organization_id, type, status, 1, err);
    return rc;
}

// Packed last: setting a text may move those that the columns borrow.
static int write_row(struct cached_row *cached, const struct random_port *random,
                     struct arena *arena, struct counts *counts, struct row_write *out,
                     struct err *err)
{
    struct row *row = cached->row;
    int rc = count_change(counts, cached, err);

    if (!rc && !text_set(row, &row->counted_type, text_slice(&row->creation.type)))
        rc = err_no_memory(err);
    if (!rc)
        rc = pack_row(row, arena, &out->columns, err);
    if (rc)
        return rc;
    out->is_known = cached->base == BASE_STORED;
    out->base_revision = cached->revision;
    out->revision = (int64_t)random->u64(random->self);
    out->error_detail_changed = row->error_detail_changed;
    out->history_changed = row->history_changed;
    return DONE;
}

// What the batch wrote is what the row is based on from now on.
static void settle_row(struct cached_row *cached, const struct row_write *written)
{
    cached->base = BASE_STORED;
    cached->revision = written->revision;
    cached->stored_status = written->columns.status;
    cached->dirty = false;
    cached->news = 0;
    cached->row->error_detail_changed = cached->row->history_changed = false;
}

static int list_rows(struct batch *batch, const struct random_port *random, struct arena *arena,
                     struct counts *counts, struct batch_write *out, struct err *err)
{
    struct row_write *rows = arena_alloc(arena, (batch->row_count + 1) * sizeof *rows);
    size_t written = 0;
    int rc = rows ? DONE : err_no_memory(err);

    for (size_t i = 0; !rc && i < batch->row_count; i++)
        if (batch->rows[i]->dirty)
            rc = write_row(batch->rows[i], random, arena, counts, &rows[written++], err);
    if (!rc)
        rc = counts_list(counts, arena, &out->counts, &out->count_count, err);
    written = 0;
    for (size_t i = 0; !rc && i < batch->row_count; i++)
        if (batch->rows[i]->dirty)
            settle_row(batch->rows[i], &rows[written++]);
    out->rows = rows;
    out->row_count = written;
    return rc;
}

int batch_write_rows(struct batch *batch, const struct random_port *random, struct arena *arena,
                     struct batch_write *out, struct err *err)
{
    struct counts counts;
    int rc;

    counts_init(&counts);
    rc = list_rows(batch, random, arena, &counts, out, err);
    counts_clear(&counts);
    out->dead_letters = batch->dead_letters;
    out->dead_letter_count = batch->dead_letter_count;
    return rc;
}

static int compare_moves(const void *left, const void *right)
{
    const struct position_move *a = left, *b = right;
    int order = slice_compare(a->source.topic, b->source.topic);

    return order ? order : a->source.partition - b->source.partition;
}

int batch_write_positions(struct batch *batch, struct track *tracks, struct batch_write *out,
                          struct err *err)
{
    struct position_move *moves;
    struct log_end_seen *ends;
    struct track *track;
    size_t count;

    DL_COUNT(tracks, track, count);
    moves = arena_alloc(&batch->arena, (count + 1) * sizeof *moves);
    ends = arena_alloc(&batch->arena, (count + 1) * sizeof *ends);
    if (!moves || !ends)
        return err_no_memory(err);
    out->moves = moves;
    out->log_ends = ends;
    DL_FOREACH (tracks, track) {
        if (!track_is_ahead(track))
            continue;
        if (track->latest_seen_at_us != TIME_NONE)
            ends[out->log_end_count++] = track_take_log_end(track);
        // A track that only has a log end to tell brings its position too, unchanged: the log end
        // proves nothing if the position that it was held against no longer stands in PostgreSQL.
        moves[out->move_count++] = (struct position_move){
            .source = track->source,
            .expected_next_offset = track->sent_next_offset,
            .to = track->position,
            .first = track->first,
        };
        track->sent_next_offset = track->position.next_offset;
        track->in_flight = true;
        out->count_shard = track->source.partition;
    }
    qsort(moves, out->move_count, sizeof *moves, compare_moves);
    return DONE;
}
