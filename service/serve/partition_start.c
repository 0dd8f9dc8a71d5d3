// SPDX-License-Identifier: Apache-2.0
// Taking a partition: where does it stand, is the log there still the same, begin.
#include <stdlib.h>

#include "base/clock.h"
#include "core/position.h"
#include "serve/consumer_private.h"

enum { BROKER_TIMEOUT_MS = 5000, CHECK_HOLDS_US = 5 * 1000 * 1000 };

// A topic's partitions come together: one look serves them all.
static bool was_just_checked(const struct consumer_thread *thread, const char *topic)
{
    return thread->checked_topic && !strcmp(thread->checked_topic, topic) &&
           clock_monotonic_us() - thread->checked_at_us < CHECK_HOLDS_US;
}

static int remember_check(struct consumer_thread *thread, const char *topic, struct err *err)
{
    char *copy = strdup(topic);

    if (!copy)
        return err_no_memory(err);
    free(thread->checked_topic);
    thread->checked_topic = copy;
    thread->checked_at_us = clock_monotonic_us();
    return DONE;
}

static int check_topic(struct consumer_thread *thread, const struct partition *partition,
                       struct err *err)
{
    const char *topic = partition->source.topic.data; // NUL-terminated
    bool exists = false, compacted = false, config_readable = false;
    int rc;

    if (was_just_checked(thread, topic))
        return DONE;
    rc = consumer_topic_state(thread->consumer, topic, BROKER_TIMEOUT_MS, &exists, &compacted,
                              &config_readable, err);
    if (rc)
        return rc;
    if (!config_readable)
        log_warn("consumer",
                 "no right to read the topic's configuration: not checked for compaction",
                 LOG_TEXT("topic", topic));
    if (compacted)
        return err_set(err, FATAL, "TOPIC_COMPACTED",
                       "topic %s has cleanup.policy=compact, which would keep one event a job; set "
                       "it to delete: kafka-configs --alter --entity-type topics --entity-name %s "
                       "--add-config cleanup.policy=delete",
                       topic, topic);
    return remember_check(thread, topic, err);
}

static int learn_cluster(struct consumer_thread *thread, struct err *err)
{
    if (thread->cluster_id)
        return DONE;
    return consumer_cluster_id(thread->consumer, BROKER_TIMEOUT_MS, &thread->cluster_id, err);
}

// First start, or a new partition: from the log's beginning, recorded.
static int create_position(struct consumer_thread *thread, const struct partition *partition,
                           int64_t low, struct source_position *position, struct err *err)
{
    *position = (struct source_position){.next_offset = low, .last_offset = -1};
    log_info("consumer", "a new partition: projected from the log's beginning",
             LOG_SLICE("topic", partition->source.topic),
             LOG_INT("partition", partition->source.partition), LOG_INT("offset", low));
    return store_position_create(thread->store, &partition->source, position, thread->cluster_id,
                                 err);
}

static int load_position(struct consumer_thread *thread, const struct partition *partition,
                         int64_t low, struct source_position *position, char **stored_cluster_id,
                         struct err *err)
{
    bool found = false;
    int rc = store_is_connected(thread->store) ? DONE : store_connect(thread->store, err);

    if (!rc)
        rc = store_position_load(thread->store, &partition->source, &found, position,
                                 stored_cluster_id, err);
    if (!rc && !found)
        rc = create_position(thread, partition, low, position, err);
    return rc;
}

static int begin(struct consumer_thread *thread, struct partition *partition,
                 const struct source_position *position, int64_t offset, struct err *err)
{
    struct work *work;
    int rc = consumer_start(thread->consumer, &partition->source, offset, err);

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
    struct source_position position;
    struct log_bounds log;
    char *stored_cluster_id = NULL;
    int64_t offset = 0;
    int rc = learn_cluster(thread, err);

    if (!rc)
        rc = check_topic(thread, partition, err);
    if (!rc)
        rc = consumer_log_bounds(thread->consumer, &partition->source, BROKER_TIMEOUT_MS, &log.low,
                                 &log.high, err);
    if (!rc)
        rc = load_position(thread, partition, log.low, &position, &stored_cluster_id, err);
    if (!rc) {
        log.cluster_id = slice_of(thread->cluster_id);
        rc = position_judge(&partition->source, &position, slice_of(stored_cluster_id), &log,
                            &offset, &partition->expects_last, err);
    }
    if (!rc && !stored_cluster_id) // a person set the position
        rc = store_position_create(thread->store, &partition->source, &position, thread->cluster_id,
                                   err);
    if (!rc) {
        partition->last = (struct last_record){position.last_offset, position.last_timestamp_ms,
                                               position.last_hash};
        rc = begin(thread, partition, &position, offset, err);
    }
    free(stored_cluster_id);
    return rc;
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
