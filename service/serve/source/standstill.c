// SPDX-License-Identifier: Apache-2.0
#include "serve/source/standstill.h"

#include "base/clock.h"

enum { TOLD_IN_FULL = 20 };

bool reading_stands_still(const struct reading *reading, int64_t now_us, struct standstill *out)
{
    int64_t silent_since_us = reading->silent_since_us;

    if (!reading->is_ours)
        return false;
    out->is_silent = silent_since_us && now_us - silent_since_us >= TROUBLE_LASTS_US;
    if (!out->is_silent)
        return trouble_lasts(&reading->trouble, now_us, &out->since_us, &out->reason);
    out->since_us = silent_since_us;
    out->reason = reading->start_failure;
    if (!out->reason)
        out->reason = "NOT_STARTED";
    return true;
}

static bool matters(struct reading *reading, reading_waits *waits, int64_t now_us,
                    struct standstill *standstill)
{
    return reading_stands_still(reading, now_us, standstill) &&
           (standstill->is_silent || !waits || waits(reading));
}

static void append(struct buffer *reasons, const struct reading *reading, enum partition_role role,
                   const struct standstill *standstill)
{
    buffer_append_format(reasons, "%s: partition %d of %s ", partition_role_name(role),
                         (int)reading->source.partition, reading->source.topic.data);
    trouble_append(reasons, standstill->is_silent ? "is not started" : "does not move on",
                   standstill->since_us, standstill->reason);
}

bool readings_are_ready(const struct readings *readings, enum partition_role role,
                        reading_waits *waits, struct buffer *reasons)
{
    int64_t now_us = clock_monotonic_us();
    size_t standing = 0;

    for (size_t i = 0; i < readings->count; i++) {
        struct standstill standstill;

        if (matters(readings->items[i], waits, now_us, &standstill) && ++standing <= TOLD_IN_FULL)
            append(reasons, readings->items[i], role, &standstill);
    }
    if (standing > TOLD_IN_FULL)
        buffer_append_format(reasons, "%s: %zu more partitions stand still\n",
                             partition_role_name(role), standing - TOLD_IN_FULL);
    return !standing;
}

void readings_set_gauges(const struct readings *readings, enum partition_role role,
                         reading_waits *waits, struct metrics *metrics)
{
    int64_t now_us = clock_monotonic_us(), ours = 0, started = 0, failing = 0;

    for (size_t i = 0; i < readings->count; i++) {
        struct reading *reading = readings->items[i];
        struct standstill standstill;

        if (!reading->is_ours)
            continue;
        ours++;
        started += !reading->silent_since_us;
        failing += matters(reading, waits, now_us, &standstill);
    }
    metrics_set(metrics, METER_PARTITIONS, role, 0, ours);
    metrics_set(metrics, METER_PARTITIONS_STARTED, role, 0, started);
    metrics_set(metrics, METER_PARTITIONS_FAILING, role, 0, failing);
}
