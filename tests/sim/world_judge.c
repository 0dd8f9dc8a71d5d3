// SPDX-License-Identifier: Apache-2.0
// At the end: each job's row is the oracle's, the totals are a recount of the rows, and the dead
// letters are exactly the records that could not be understood or were refused.
#include <inttypes.h>
#include <stdlib.h>

#include "core/pack.h"
#include "property/naive_fold.h"
#include "property/naive_order.h"
#include "property/same_columns.h"
#include "sim/made_transaction.h"
#include "sim/world.h"

static void judge_history(struct world *world, const struct job_columns *columns,
                          const struct naive_history *expected)
{
    struct row *row;
    struct err err;

    if (unpack_row(columns, &row, &err)) {
        made_fault(&world->server, "a row cannot be read back: %s", err.text);
        return;
    }
    for (int set = 0; set < HISTORY_SETS; set++) {
        bool same = row->history.count[set] == expected->count[set];

        for (size_t i = 0; same && i < expected->count[set]; i++) {
            struct event event = history_event(&row->history, (enum history_set_kind)set, (int)i);
            struct history_entry entry = naive_entry(&event);

            same = !naive_entry_compare((enum history_set_kind)set, &expected->entries[set][i],
                                        &entry);
        }
        if (!same)
            made_fault(&world->server, "%.*s has another history", (int)columns->key.job_id.size,
                       columns->key.job_id.data);
    }
    row_free(row);
}

static void judge_job(struct world *world, const struct job_key *key)
{
    const struct made_database *now = &world->server.now;
    size_t at = made_database_find(now, key), count = 0;
    struct event *events = calloc(world->event_count, sizeof *events);
    struct naive_row expected;

    if (!events)
        abort();
    for (size_t i = 0; i < world->event_count; i++) {
        const struct event *event = &world->events[i];

        if (slice_equal(event->job_id, key->job_id) &&
            slice_equal(event->organization_id, key->organization_id))
            events[count++] = *event;
    }
    naive_fold(events, count, &expected);
    free(events);
    if (at == now->row_count) {
        made_fault(&world->server, "%.*s has no row", (int)key->job_id.size, key->job_id.data);
        return;
    }
    if (!same_columns(&now->rows[at]->columns, &expected.columns))
        made_fault(&world->server, "%.*s has another row", (int)key->job_id.size, key->job_id.data);
    judge_history(world, &now->rows[at]->columns, &expected.history);
}

static int64_t counted(const struct made_database *database, const struct job_columns *like)
{
    struct slice type = like->type.data ? like->type : SLICE_LITERAL("");
    int64_t count = 0;

    for (size_t i = 0; i < database->total_count; i++) {
        const struct made_total *total = &database->totals[i];

        if (total->status == like->status && slice_equal(total->type, type) &&
            slice_equal(total->organization_id, like->key.organization_id))
            count += total->count;
    }
    return count;
}

static int64_t recounted(const struct made_database *database, const struct job_columns *like)
{
    int64_t count = 0;

    for (size_t i = 0; i < database->row_count; i++) {
        const struct job_columns *row = &database->rows[i]->columns;

        count += row->status == like->status && slice_equal(row->type, like->type) &&
                 slice_equal(row->key.organization_id, like->key.organization_id);
    }
    return count;
}

static void judge_totals(struct world *world)
{
    const struct made_database *now = &world->server.now;
    int64_t sum = 0;

    for (size_t i = 0; i < now->row_count; i++) {
        const struct job_columns *row = &now->rows[i]->columns;

        if (counted(now, row) != recounted(now, row))
            made_fault(&world->server, "counted %" PRId64 ", recounted %" PRId64, counted(now, row),
                       recounted(now, row));
    }
    // With the above: what no row is like counts nothing in sum.
    for (size_t i = 0; i < now->total_count; i++)
        sum += now->totals[i].count;
    if (sum != (int64_t)now->row_count)
        made_fault(&world->server, "%zu rows, and the totals say %" PRId64, now->row_count, sum);
}

static void judge_dead_letters(struct world *world)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        const struct made_partition *partition = &world->log.partitions[i];

        for (int64_t offset = 0; offset < partition->size; offset++) {
            enum made_kind kind = partition->records[offset].kind;
            bool expected = kind == MADE_GARBAGE || kind == MADE_REFUSED;

            if (world->server.now.letters[i][offset] != expected)
                made_fault(&world->server, "the record at %zu/%" PRId64 " is %s dead letter", i,
                           offset, expected ? "no" : "a");
        }
    }
}

bool world_judge(struct world *world)
{
    for (size_t i = 0; i < world->job_count; i++)
        judge_job(world, &world->keys[i]);
    judge_totals(world);
    judge_dead_letters(world);
    return !world->server.fault[0];
}
