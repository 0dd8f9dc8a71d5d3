// SPDX-License-Identifier: Apache-2.0
// Whether what comes is of the log that was read before.
#include "serve/source/sources_private.h"

void sources_compare_unheard(struct sources *sources)
{
    const int64_t heard_since_us = sources->now_us() - HEARD_WITHIN_US;

    for (size_t i = 0; i < sources->readings->count; i++)
        if (sources->readings->items[i]->heard_at_us < heard_since_us)
            sources_compare(sources, sources->readings->items[i]);
}

void sources_shorter(struct sources *sources, struct reading *reading)
{
    sources_restart(sources, reading);
    sources_compare_topic(sources, reading->source.topic);
}

static bool is_another(int32_t broker_id, int32_t before)
{
    return broker_id >= 0 && before >= 0 && broker_id != before;
}

bool sources_heard(struct sources *sources, struct reading *reading, const struct watched_end *end)
{
    const int64_t asked_at_us = end->monotonic_us;
    // That a log ends before what was taken in says nothing of what was taken in since.
    bool is_shorter = end->offset < reading->marked_offset && asked_at_us >= reading->marked_at_us;
    bool is_old = end->offset < reading->next_offset && asked_at_us < reading->marked_at_us;
    bool is_since_start = asked_at_us >= reading->started_at_us;

    // What was polled since it was heard before is compared first.
    if (asked_at_us - reading->heard_at_us > HEARD_WITHIN_US ||
        (is_since_start && is_another(end->leader, reading->leader)))
        sources_compare(sources, reading);
    if (asked_at_us > reading->heard_at_us)
        reading->heard_at_us = asked_at_us;
    if (is_since_start)
        reading->leader = end->leader;
    if (is_shorter)
        sources_shorter(sources, reading);
    if (reading->state != READING_STARTED || is_old)
        return false;
    sources_mark(sources, reading);
    return true;
}

// The first record of a partition that goes on is the last one that was read: is it? If not,
// nothing of this log may be taken in.
static bool is_same_log(struct sources *sources, struct reading *reading,
                        const struct kafka_record *record)
{
    const struct read_record found = {
        .offset = record->offset,
        .timestamp_ms = record->timestamp_ms,
        .hash = record_hash(record->timestamp_ms, record->key, record->value),
    };
    struct err err;

    reading->expects_last = false;
    if (!position_compare(&reading->source, &reading->last, &found, &err))
        return true;
    sources_refuse(sources, reading, &err);
    return false;
}

static void refuse_without_last(struct sources *sources, struct reading *reading)
{
    const struct read_record nothing = {.offset = -1};
    struct err err;

    reading->expects_last = false;
    if (position_compare(&reading->source, &reading->last, &nothing, &err))
        sources_refuse(sources, reading, &err);
}

bool sources_want(struct sources *sources, struct reading *reading,
                  const struct kafka_record *record)
{
    if (!reading || reading->state != READING_STARTED)
        return false;
    if (is_another(record->broker_id, reading->broker_id)) {
        sources_compare(sources, reading);
        return false;
    }
    if (record->broker_id >= 0)
        reading->broker_id = record->broker_id;
    if (reading->expects_last && !is_same_log(sources, reading, record))
        return false;
    return record->offset >= reading->next_offset;
}

void sources_tell_ends(struct sources *sources)
{
    struct readings *readings = sources->readings;

    for (size_t i = 0; i < readings->count; i++) {
        struct reading *reading = readings->items[i];
        int64_t end = reading->reached_end;

        reading->reached_end = -1;
        if (end < 0 || reading->state != READING_STARTED)
            continue;
        if (reading->expects_last) { // it would have come before the end
            refuse_without_last(sources, reading);
            continue;
        }
        if (end > reading->next_offset)
            sources->hooks.reached_end(sources->hooks.self, reading, end);
    }
}
