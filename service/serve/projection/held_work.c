// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/held_work.h"

void held_work_init(struct held_work *held, const struct readings *readings, size_t worker,
                    size_t bytes_max)
{
    *held = (struct held_work){.readings = readings, .worker = worker, .bytes_max = bytes_max};
}

// The next partition of the worker with a line, from *at on.
static struct projected_partition *next_line(const struct held_work *held, size_t *at)
{
    for (size_t count = held->lines ? held->readings->count : 0; *at < count;) {
        struct projected_partition *partition = projected_partition(held->readings->items[(*at)++]);

        if (partition->worker == held->worker && partition->line.is_open)
            return partition;
    }
    return NULL;
}

void held_work_close(struct held_work *held)
{
    struct projected_partition *partition;

    for (size_t at = 0; (partition = next_line(held, &at));)
        held_work_drop(held, partition);
}

static void open_line(struct held_work *held, struct projected_partition *partition)
{
    partition->line = (struct held_line){.is_open = true};
    partition->holds = true;
    held->lines++;
}

static void end_line(struct held_work *held, struct projected_partition *partition)
{
    partition->line = (struct held_line){0};
    partition->holds = false;
    held->lines--;
}

// Drops what the work has behind the record that is held.
static void cut_behind(struct held_line *line, struct work *work)
{
    while (work->records.count > work->records.next + 1) {
        struct kafka_message *last = work->records.messages[--work->records.count];
        struct kafka_record record;

        kafka_message_record(last, &record);
        work->bytes -= record.bytes;
        kafka_message_free(last);
        line->is_cut = true;
    }
}

void held_work_hold(struct held_work *held, struct work *work, int64_t until_us)
{
    struct held_line *line = &work->partition->line;

    if (!line->is_open) {
        open_line(held, work->partition);
        if (held->bytes + work->bytes > held->bytes_max)
            cut_behind(line, work);
    }
    line->until_us = until_us;
    work->later = line->oldest;
    line->oldest = work;
    if (!line->newest)
        line->newest = work;
    held->bytes += work->bytes;
}

static void line_up(struct held_work *held, struct work *work)
{
    struct held_line *line = &work->partition->line;

    // Nothing may stand behind a gap.
    line->is_cut = line->is_cut || held->bytes + work->bytes > held->bytes_max;
    if (line->is_cut) {
        work_free(work);
        return;
    }
    work->later = NULL;
    if (line->newest)
        line->newest->later = work;
    else
        line->oldest = work;
    line->newest = work;
    held->bytes += work->bytes;
}

bool held_work_take(struct held_work *held, struct work *work)
{
    if (!work->partition->line.is_open || (work->kind != WORK_RECORDS && work->kind != WORK_END))
        return false;
    if (work_is_current(work))
        line_up(held, work);
    else
        work_free(work);
    return true;
}

static struct work *pop(struct held_work *held, struct held_line *line)
{
    struct work *work = line->oldest;

    line->oldest = work->later;
    if (!line->oldest)
        line->newest = NULL;
    held->bytes -= work->bytes;
    return work;
}

struct work *held_work_due(struct held_work *held, int64_t now_us)
{
    struct projected_partition *partition;

    for (size_t at = 0; (partition = next_line(held, &at));)
        if (partition->line.oldest && now_us >= partition->line.until_us)
            return pop(held, &partition->line);
    return NULL;
}

int64_t held_work_due_at_us(const struct held_work *held)
{
    const struct projected_partition *partition;
    int64_t due_at_us = INT64_MAX;

    for (size_t at = 0; (partition = next_line(held, &at));)
        if (partition->line.oldest && partition->line.until_us < due_at_us)
            due_at_us = partition->line.until_us;
    return due_at_us;
}

void held_work_done(struct held_work *held, struct projected_partition *partition)
{
    const struct held_line *line = &partition->line;

    if (line->is_open && !line->oldest && !line->is_cut)
        end_line(held, partition);
}

void held_work_drop(struct held_work *held, struct projected_partition *partition)
{
    if (!partition->line.is_open)
        return;
    while (partition->line.oldest)
        work_free(pop(held, &partition->line));
    end_line(held, partition);
}

void held_work_read_again(struct held_work *held)
{
    struct projected_partition *partition;

    for (size_t at = 0; (partition = next_line(held, &at));) {
        const struct track *track = partition->track;

        if (!partition->line.is_cut || partition->line.oldest || partition->line.is_asked_for ||
            !track || track->in_flight || track_is_ahead(track))
            continue;
        partition->line.is_asked_for = true;
        partition->reading.restart_wanted = true;
    }
}
