// SPDX-License-Identifier: Apache-2.0
#include "core/memory_store.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/made.h"
#include "core/pack.h"

void memory_store_init(struct memory_store *store)
{
    memset(store, 0, sizeof *store);
}

void memory_store_close(struct memory_store *store)
{
    for (size_t i = 0; i < store->row_count; i++)
        arena_reset(&store->rows[i].arena);
    memory_store_init(store);
}

void memory_store_reconnect(struct memory_store *store)
{
    store->under_way = STORE_IDLE;
}

static struct memory_row *find(struct memory_store *store, const struct job_key *key)
{
    for (size_t i = 0; i < store->row_count; i++)
        if (!job_key_compare(&store->rows[i].columns.key, key))
            return &store->rows[i];
    return NULL;
}

const struct memory_row *memory_store_row(const struct memory_store *store, const char *job)
{
    const struct job_key key = {.organization_id = SLICE_LITERAL("org"), .job_id = slice_of(job)};

    return find((struct memory_store *)(uintptr_t)store, &key); // only read
}

// Tries twice: a test that lets one allocation fail means the projector's, not the store's.
static void copy_slice(struct arena *arena, struct slice from, struct slice *to)
{
    assert_true(arena_copy(arena, from, to) || arena_copy(arena, from, to));
}

static void put_row(struct memory_store *store, const struct row_write *write)
{
    const struct job_columns *from = &write->columns;
    struct memory_row *row = find(store, &from->key), old = {0};
    struct job_columns *to;

    if (row)
        old = *row;
    else
        row = &store->rows[store->row_count++];
    assert_true(store->row_count <= MEMORY_ROWS_MAX);
    arena_init(&row->arena);
    row->revision = write->revision;
    row->columns = *from;
    to = &row->columns;
    copy_slice(&row->arena, from->key.organization_id, &to->key.organization_id);
    copy_slice(&row->arena, from->key.job_id, &to->key.job_id);
    copy_slice(&row->arena, from->type, &to->type);
    copy_slice(&row->arena, from->creator_id, &to->creator_id);
    copy_slice(&row->arena, from->message, &to->message);
    copy_slice(&row->arena, from->error_code, &to->error_code);
    copy_slice(&row->arena, from->result_uri, &to->result_uri);
    copy_slice(&row->arena, from->state, &to->state);
    // A large column that is said not to have changed is left alone.
    copy_slice(&row->arena,
               write->is_known && !write->error_detail_changed ? old.columns.error_detail
                                                               : from->error_detail,
               &to->error_detail);
    copy_slice(&row->arena,
               write->is_known && !write->history_changed ? old.columns.history : from->history,
               &to->history);
    arena_reset(&old.arena);
}

static int add_total(struct memory_store *store, struct slice organization_id, struct slice type,
                     enum job_status status, int64_t delta)
{
    struct memory_count *count;

    for (count = store->counts; count < store->counts + store->count_count; count++)
        if (slice_equal(slice_of(count->organization_id), organization_id) &&
            slice_equal(slice_of(count->type), type) && count->status == status)
            break;
    if (count == store->counts + store->count_count) {
        assert_true(++store->count_count <= MEMORY_COUNTS_MAX);
        snprintf(count->organization_id, sizeof count->organization_id, "%.*s",
                 (int)organization_id.size, organization_id.data);
        snprintf(count->type, sizeof count->type, "%.*s", (int)type.size, type.data);
        count->status = status;
    }
    count->total += delta;
    return DONE;
}

int64_t memory_store_total(const struct memory_store *store, const char *type,
                           enum job_status status)
{
    int64_t total = 0;

    for (size_t i = 0; i < store->count_count; i++)
        if (!strcmp(store->counts[i].type, type) && store->counts[i].status == status)
            total += store->counts[i].total;
    return total;
}

void assert_totals_are_right(const struct memory_store *store)
{
    int64_t counted = 0;

    for (size_t i = 0; i < store->count_count; i++) {
        const struct memory_count *count = &store->counts[i];
        int64_t rows = 0;

        for (size_t j = 0; j < store->row_count; j++) {
            struct slice type = store->rows[j].columns.type;

            rows += store->rows[j].columns.status == count->status &&
                    slice_equal(type.data ? type : SLICE_LITERAL(""), slice_of(count->type));
        }
        assert_int_equal(count->total, rows);
        counted += rows;
    }
    assert_int_equal(counted, store->row_count);
}

void memory_store_remove(struct memory_store *store, size_t row)
{
    const struct job_columns *columns = &store->rows[row].columns;

    add_total(store, columns->key.organization_id,
              columns->type.data ? columns->type : SLICE_LITERAL(""), columns->status, -1);
    arena_reset(&store->rows[row].arena);
    store->rows[row] = store->rows[--store->row_count];
}

static int check_rows(struct memory_store *store, const struct batch_write *batch, struct err *err)
{
    if (batch->row_count && batch->rules_version != store->rules_version)
        return err_set(err, RETRY, STORE_RULES_CHANGED, "the rules changed");
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct row_write *write = &batch->rows[i];
        const struct memory_row *row = find(store, &write->columns.key);

        assert_true(i == 0 ||
                    job_key_compare(&batch->rows[i - 1].columns.key, &write->columns.key) < 0);
        if (store->poisonous_event_at &&
            write->columns.updated_at_us == AT(store->poisonous_event_at))
            return err_set(err, POISON, "22P05", "refused");
        if (!row != !write->is_known || (row && row->revision != write->base_revision))
            return err_set(err, RETRY, STORE_ROW_REPLACED, "replaced");
    }
    return DONE;
}

static struct source_position *position_of(struct memory_store *store, const struct source *source,
                                           struct log_end_seen **seen)
{
    size_t i;

    for (i = 0; i < store->source_count; i++)
        if (slice_equal(slice_of(store->sources[i].topic), source->topic) &&
            store->sources[i].partition == source->partition)
            break;
    if (i == store->source_count) {
        assert_true(++store->source_count <= MEMORY_SOURCES_MAX);
        snprintf(store->sources[i].topic, sizeof store->sources[i].topic, "%.*s",
                 (int)source->topic.size, source->topic.data);
        store->sources[i].partition = source->partition;
    }
    *seen = &store->sources[i].seen;
    return &store->sources[i].position;
}

static int check_moves(struct memory_store *store, const struct batch_write *batch, struct err *err)
{
    struct log_end_seen *seen;

    for (size_t i = 0; i < batch->move_count; i++)
        if (position_of(store, &batch->moves[i].source, &seen)->next_offset !=
            batch->moves[i].expected_next_offset)
            return err_set(err, FENCED, STORE_POSITION_MOVED, "moved");
    return DONE;
}

static void commit(struct memory_store *store, const struct batch_write *batch)
{
    struct log_end_seen *seen;

    for (size_t i = 0; i < batch->row_count; i++)
        put_row(store, &batch->rows[i]);
    for (size_t i = 0; i < batch->count_count; i++) {
        const struct count_delta *delta = &batch->counts[i];

        assert_true(delta->delta != 0);
        add_total(store, delta->organization_id, delta->type, delta->status, delta->delta);
    }
    for (size_t i = 0; i < batch->move_count; i++)
        *position_of(store, &batch->moves[i].source, &seen) = batch->moves[i].to;
    for (size_t i = 0; i < batch->log_end_count; i++) {
        position_of(store, &batch->log_ends[i].source, &seen);
        *seen = batch->log_ends[i];
        seen->source = (struct source){0};
    }
    for (size_t i = 0; i < batch->dead_letter_count; i++) {
        assert_true(store->letter_count < MEMORY_LETTERS_MAX);
        store->letters[store->letter_count++] =
            (struct memory_letter){batch->dead_letters[i].offset, batch->dead_letters[i].reason};
    }
    store->rows_written += batch->row_count;
    store->committed++;
}

// The answer is judged and done at once, and told when it is polled for: the batch is borrowed for
// this call alone.
static int write_batch(void *self, const struct batch_write *batch, struct err *err)
{
    struct memory_store *store = self;
    static struct err kept; // until it is polled for
    int rc = DONE;

    (void)err;
    assert_int_equal(store->under_way, STORE_IDLE);
    store->writes++;
    store->under_way = STORE_WRITTEN;
    if (store->fail_next.reason)
        return DONE;
    rc = check_moves(store, batch, &kept);
    if (!rc)
        rc = check_rows(store, batch, &kept);
    if (!rc)
        commit(store, batch);
    else {
        store->fail_next.rc = rc;
        store->fail_next.reason = kept.reason;
    }
    return DONE;
}

static int read_rows(void *self, const struct job_key *keys, size_t count, bool lock,
                     struct err *err)
{
    struct memory_store *store = self;

    (void)err;
    assert_int_equal(store->under_way, STORE_IDLE);
    for (size_t i = 1; i < count; i++)
        assert_true(job_key_compare(&keys[i - 1], &keys[i]) < 0);
    store->reads++;
    store->locked_reads += lock;
    store->keys_read += count;
    store->read_keys = keys;
    store->read_count = count;
    store->under_way = STORE_ROWS;
    return DONE;
}

static int poll_store(void *self, enum store_state *state, const struct stored_row **rows,
                      size_t *count, struct err *err)
{
    struct memory_store *store = self;

    *state = store->held && store->under_way != STORE_IDLE ? STORE_BUSY : store->under_way;
    if (*state == STORE_BUSY)
        return DONE;
    store->under_way = STORE_IDLE;
    if (*state == STORE_WRITTEN && store->fail_next.reason) {
        int rc = store->fail_next.rc;
        const char *reason = store->fail_next.reason;

        store->fail_next.reason = NULL;
        return err_set(err, (enum disposition)rc, reason, "as was asked for");
    }
    *count = 0;
    *rows = store->answer;
    for (size_t i = store->read_count; *state == STORE_ROWS && i-- > 0;) { // in no order
        const struct memory_row *row = find(store, &store->read_keys[i]);

        if (row)
            store->answer[(*count)++] = (struct stored_row){row->columns, row->revision};
    }
    return DONE;
}

struct store_port memory_store_port(struct memory_store *store)
{
    return (struct store_port){store, read_rows, write_batch, poll_store};
}

void memory_store_rival(struct memory_store *store, const struct event *event)
{
    struct memory_row *stored =
        find(store, &(struct job_key){.organization_id = SLICE_LITERAL("org"),
                                      .job_id = SLICE_LITERAL("job")});
    struct row_write write = {.error_detail_changed = true, .history_changed = true};
    struct slice none = SLICE_LITERAL("");
    struct row *row = NULL;
    struct arena arena;
    struct err err;

    if (stored) {
        struct slice type = stored->columns.type;

        assert_int_equal(unpack_row(&stored->columns, &row, &err), DONE);
        add_total(store, SLICE_LITERAL("org"), type.data ? type : none, stored->columns.status, -1);
    } else {
        row = made_row();
    }
    folded(row, *event);
    arena_init(&arena);
    assert_int_equal(pack_row(row, &arena, &write.columns, &err), DONE);
    write.revision = 1000000 + (int64_t)store->committed++;
    put_row(store, &write);
    add_total(store, SLICE_LITERAL("org"), write.columns.type.data ? write.columns.type : none,
              write.columns.status, 1);
    arena_reset(&arena);
    row_free(row);
}
