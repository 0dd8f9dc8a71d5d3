// SPDX-License-Identifier: Apache-2.0
#include "serve/projection/back_pressure.h"

#include "base/log.h"

enum {
    FULL_LOOKS = 250, // at workers that are all full, before polling goes on
    FULL_LOOK_MS = 2,
};

static void hold_or_let_go(const struct consumer_port *consumer,
                           struct projected_partition *partition, bool hold)
{
    const struct source *source = &partition->reading.source;
    struct err err;
    int rc;

    if (partition->paused == hold)
        return;
    rc = hold ? consumer->pause(consumer->self, source, &err)
              : consumer->resume(consumer->self, source, &err);
    if (rc)
        log_warn("consumer", "a partition could not be held back or let go", LOG_ERR(&err));
    else
        partition->paused = hold;
}

// Between half of what its worker may have and twice that, a partition stays as it is.
static bool is_too_much(const struct back_pressure *pressure,
                        const struct projected_partition *partition)
{
    size_t bytes = work_queue_bytes(pressure->queues[partition->worker]);

    return bytes >= pressure->queue_bytes * 2 ||
           (partition->paused && bytes >= pressure->queue_bytes / 2);
}

void back_pressure_balance(const struct back_pressure *pressure)
{
    for (size_t i = 0; i < pressure->readings->count; i++) {
        struct projected_partition *partition = projected_partition(pressure->readings->items[i]);

        if (partition->reading.state == READING_STARTED)
            hold_or_let_go(&pressure->consumer, partition,
                           partition->holds || is_too_much(pressure, partition));
    }
}

static bool all_are_full(const struct back_pressure *pressure)
{
    for (size_t i = 0; i < pressure->worker_count; i++)
        if (work_queue_bytes(pressure->queues[i]) < pressure->queue_bytes)
            return false;
    return true;
}

void back_pressure_wait(const struct back_pressure *pressure, const atomic_bool *stopping)
{
    for (int looks = 0; looks < FULL_LOOKS && all_are_full(pressure) && !*stopping; looks++)
        work_queue_wait_below(pressure->queues[0], pressure->queue_bytes, FULL_LOOK_MS);
}
