// SPDX-License-Identifier: Apache-2.0
#include "sim/made_database.h"

#include <stdlib.h>

size_t made_database_find(const struct made_database *database, const struct job_key *key)
{
    size_t at = 0;

    while (at < database->row_count && job_key_compare(&database->rows[at]->columns.key, key))
        at++;
    return at;
}

static struct slice copied(struct slice text, struct arena *arena)
{
    struct slice copy;

    if (!arena_copy(arena, text, &copy))
        abort();
    return copy;
}

void made_columns_copy(struct job_columns *columns, struct arena *arena)
{
    struct slice *const texts[] = {
        &columns->key.organization_id,
        &columns->key.job_id,
        &columns->type,
        &columns->creator_id,
        &columns->message,
        &columns->error_code,
        &columns->error_detail,
        &columns->result_uri,
        &columns->state,
        &columns->history,
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = copied(*texts[i], arena);
}

void made_database_put(struct made_database *database, const struct row_write *write,
                       struct arena *arena)
{
    size_t at = made_database_find(database, &write->columns.key);
    struct stored_row *version = arena_alloc(arena, sizeof *version);

    if (!version || at == SIM_JOBS_MAX)
        abort();
    *version = (struct stored_row){.columns = write->columns, .revision = write->revision};
    made_columns_copy(&version->columns, arena);
    if (at == database->row_count) {
        database->row_count++;
    } else {
        const struct job_columns *old = &database->rows[at]->columns;

        if (write->is_known && !write->history_changed)
            version->columns.history = old->history;
        if (write->is_known && !write->error_detail_changed)
            version->columns.error_detail = old->error_detail;
    }
    database->rows[at] = version;
}

void made_database_count(struct made_database *database, const struct count_delta *delta,
                         int32_t shard, struct arena *arena)
{
    struct made_total *total = database->totals;
    struct made_total *end = total + database->total_count;

    while (total < end && (total->shard != shard || total->status != delta->status ||
                           !slice_equal(total->organization_id, delta->organization_id) ||
                           !slice_equal(total->type, delta->type)))
        total++;
    if (total == end) {
        if (database->total_count++ == SIM_TOTALS_MAX)
            abort();
        *total = (struct made_total){.organization_id = copied(delta->organization_id, arena),
                                     .type = copied(delta->type, arena),
                                     .status = delta->status,
                                     .shard = shard};
    }
    total->count += delta->delta;
}
