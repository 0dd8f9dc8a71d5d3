// SPDX-License-Identifier: Apache-2.0
#include "sim/made_log.h"

#include <stdlib.h>

#include "core/position.h"

void made_log_init(struct made_log *log, bool all_are_there)
{
    static const struct source sources[SIM_PARTITIONS] = {
        {SLICE_LITERAL("events"), 0},
        {SLICE_LITERAL("events"), 1},
        {SLICE_LITERAL("events"), 2},
        {SLICE_LITERAL("events.more"), 0},
    };

    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        log->partitions[i].source = sources[i];
        log->partitions[i].size = log->partitions[i].true_end = log->partitions[i].end = 0;
        log->partitions[i].is_there = all_are_there || i != SIM_ADDED;
    }
}

void made_log_add(struct made_log *log, size_t partition, enum made_kind kind,
                  const struct event *event)
{
    struct made_partition *to = &log->partitions[partition];
    struct made_record *record = &to->records[to->size];

    if (to->size == SIM_OFFSETS_MAX)
        abort();
    *record = (struct made_record){.kind = kind, .timestamp_ms = 1700000000000 + to->size};
    if (event)
        record->event = *event;
    // The hash tells one offset from another; what it is of does not matter here.
    record->hash = record_hash(record->timestamp_ms, to->source.topic, SLICE_NULL);
    to->size++;
}

void made_log_grow(struct made_log *log, struct dice *dice, int64_t now_us)
{
    struct made_partition *partition = &log->partitions[dice_below(dice, SIM_PARTITIONS)];
    size_t more = dice_between(dice, 1, 12);

    if (!partition->is_there) {
        partition->is_there = dice_percent(dice, 10);
        return;
    }
    for (; more > 0 && partition->true_end < partition->size; more--)
        partition->records[partition->true_end++].acknowledged_at_us = now_us;
    if (dice_percent(dice, 70)) // otherwise a transaction is open
        partition->end = partition->true_end;
}

int32_t made_log_count(const struct made_log *log, struct slice topic)
{
    int32_t count = 0;

    for (size_t i = 0; i < SIM_PARTITIONS; i++)
        count += log->partitions[i].is_there && slice_equal(log->partitions[i].source.topic, topic);
    return count;
}

bool made_log_is_whole(const struct made_log *log)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        if (!log->partitions[i].is_there || log->partitions[i].end < log->partitions[i].size)
            return false;
    }
    return true;
}

size_t made_log_find(const struct made_log *log, const struct source *source)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        if (log->partitions[i].source.partition == source->partition &&
            slice_equal(log->partitions[i].source.topic, source->topic))
            return i;
    }
    abort();
}

int64_t made_log_last_before(const struct made_partition *partition, int64_t offset)
{
    while (--offset >= 0 && partition->records[offset].kind == MADE_CONTROL)
        ;
    return offset;
}
