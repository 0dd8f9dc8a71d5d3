// SPDX-License-Identifier: Apache-2.0
// Taking a partition: where does it stand, is the log there still the same, begin.
#include "serve/projection/consumer_private.h"

static int load_position(void *self, const struct source *source, bool *found,
                         struct source_position *position, char **cluster_id, struct err *err)
{
    struct store *store = self;
    int rc = store_is_connected(store) ? DONE : store_connect(store, err);

    *cluster_id = NULL;
    return rc ? rc : store_position_load(store, source, found, position, cluster_id, err);
}

static int create_position(void *self, const struct source *source,
                           const struct source_position *position, const char *cluster_id,
                           struct err *err)
{
    return store_position_create(self, source, position, cluster_id, err);
}

static int begin(struct consumer_thread *thread, struct partition *partition,
                 const struct log_place *place, struct err *err)
{
    const struct source_position *position = &place->position;
    struct work *work;
    int rc = consumer_start(thread->consumer, &partition->source, place->offset, err);

    if (rc)
        return rc;
    partition->epoch++;
    work = work_new(WORK_TAKE, partition);
    if (!work) {
        consumer_stop(thread->consumer, &partition->source, err);
        return err_no_memory(err);
    }
    work->position = *position;
    partition->state = PARTITION_STARTED;
    partition->paused = false;
    partition->failures = 0;
    partition->next_offset = partition->seen_end = position->next_offset;
    partition->reached_end = -1;
    dispatch_work(thread, partition, work);
    log_info("consumer", "partition started", LOG_SLICE("topic", partition->source.topic),
             LOG_INT("partition", partition->source.partition),
             LOG_INT("offset", position->next_offset));
    return DONE;
}

int partition_start(struct consumer_thread *thread, struct partition *partition, struct err *err)
{
    const struct position_keeper keeper = {thread->store, load_position, create_position};
    struct log_place place;
    int rc = log_start_find(&thread->log_start, thread->consumer, &keeper, &partition->source,
                            false, &place, err);

    if (rc)
        return rc;
    partition->expects_last = place.expects_last;
    partition->last = place.last;
    return begin(thread, partition, &place, err);
}

void partition_restart(struct consumer_thread *thread, struct partition *partition,
                       int64_t start_at_us)
{
    struct err err;

    partition->epoch++;
    partition->restart_wanted = false;
    if (partition->state == PARTITION_ELSEWHERE)
        return;
    if (partition->state == PARTITION_STARTED &&
        consumer_stop(thread->consumer, &partition->source, &err))
        log_warn("consumer", "a partition could not be silenced", LOG_ERR(&err));
    partition->state = PARTITION_TAKEN;
    partition->start_at_us = start_at_us;
}
