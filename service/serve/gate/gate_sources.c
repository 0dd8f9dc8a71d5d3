// SPDX-License-Identifier: Apache-2.0
// The partitions of job.cancel-requests that are ours: each begins where the ledger says it stands.
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "serve/gate/gate_private.h"

static struct partition *find(struct gate_thread *thread, const struct source *source)
{
    return partition_table_find(&thread->partitions, source);
}

static void on_taken(void *self, const struct source *sources, size_t count)
{
    struct gate_thread *thread = self;

    for (size_t i = 0; i < count; i++) {
        struct partition *partition;
        struct err err;
        int rc = partition_table_get(&thread->partitions, &sources[i], 1, &partition, &err);

        if (rc) { // nothing smaller than the service can make up for it
            service_fail(thread->service, &err);
            return;
        }
        partition->state = PARTITION_TAKEN;
        partition->is_ours = true;
        partition->start_at_us = 0;
    }
}

// Nothing of it is under way: a batch is decided within one look at the consumer.
static void on_revoked(void *self, const struct source *sources, size_t count, bool lost)
{
    (void)lost;
    for (size_t i = 0; i < count; i++) {
        struct partition *partition = find(self, &sources[i]);

        if (!partition)
            continue;
        partition->state = PARTITION_ELSEWHERE;
        partition->is_ours = false;
    }
}

static void on_reached_end(void *self, const struct source *source, int64_t next_offset)
{
    struct partition *partition = find(self, source);

    if (partition)
        partition->reached_end = next_offset;
}

static void on_partition_failed(void *self, const struct source *source, const struct err *err)
{
    struct partition *partition = find(self, source);

    log_warn("gate", "a partition cannot go on from its offset", LOG_SLICE("topic", source->topic),
             LOG_INT("partition", source->partition), LOG_ERR(err));
    if (partition && partition->state == PARTITION_STARTED)
        partition->restart_wanted = true;
}

struct consumer_events gate_sources_events(struct gate_thread *thread)
{
    return (struct consumer_events){.self = thread,
                                    .taken = on_taken,
                                    .revoked = on_revoked,
                                    .reached_end = on_reached_end,
                                    .partition_failed = on_partition_failed};
}

static int load_position(void *self, const struct source *source, bool *found,
                         struct source_position *position, char **cluster_id, struct err *err)
{
    return ledger_position_load(self, source, found, position, cluster_id, err);
}

static int create_position(void *self, const struct source *source,
                           const struct source_position *position, const char *cluster_id,
                           struct err *err)
{
    return ledger_position_create(self, source, position, cluster_id, err);
}

static int start(struct gate_thread *thread, struct partition *partition, struct err *err)
{
    const struct position_keeper keeper = {thread->ledger, load_position, create_position};
    struct log_place place;
    int rc = log_start_find(&thread->log_start, thread->consumer, &keeper, &partition->source, true,
                            &place, err);

    if (!rc)
        rc = consumer_start(thread->consumer, &partition->source, place.offset, err);
    if (rc)
        return rc;
    partition->state = PARTITION_STARTED;
    partition->next_offset = place.position.next_offset;
    partition->expects_last = place.expects_last;
    partition->last = place.last;
    partition->reached_end = -1;
    log_info("gate", "partition started", LOG_SLICE("topic", partition->source.topic),
             LOG_INT("partition", partition->source.partition),
             LOG_INT("offset", place.position.next_offset));
    return DONE;
}

static void start_or_retry(struct gate_thread *thread, struct partition *partition)
{
    struct err err;
    int rc = start(thread, partition, &err);

    if (rc == FATAL)
        service_fail(thread->service, &err);
    if (!rc)
        return;
    partition->start_at_us = clock_monotonic_us() + backoff_us(partition->failures++);
    log_warn("gate", "a partition cannot be started yet",
             LOG_SLICE("topic", partition->source.topic),
             LOG_INT("partition", partition->source.partition), LOG_ERR(&err));
}

void gate_sources_start(struct gate_thread *thread)
{
    for (size_t i = 0; i < thread->partitions.count && !thread->service->stopping; i++) {
        struct partition *partition = thread->partitions.items[i];

        if (partition->restart_wanted)
            gate_sources_restart(thread, partition);
        if (partition->state == PARTITION_TAKEN && clock_monotonic_us() >= partition->start_at_us)
            start_or_retry(thread, partition);
    }
}

void gate_sources_restart(struct gate_thread *thread, struct partition *partition)
{
    struct err err;

    partition->restart_wanted = false;
    if (partition->state != PARTITION_STARTED)
        return;
    if (consumer_stop(thread->consumer, &partition->source, &err))
        log_warn("gate", "a partition could not be silenced", LOG_ERR(&err));
    partition->state = PARTITION_TAKEN;
    partition->start_at_us = clock_monotonic_us() + backoff_us(partition->failures++);
}

void gate_sources_restart_all(struct gate_thread *thread)
{
    for (size_t i = 0; i < thread->partitions.count; i++)
        gate_sources_restart(thread, thread->partitions.items[i]);
}
