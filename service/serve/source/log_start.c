// SPDX-License-Identifier: Apache-2.0
#include "serve/source/log_start.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum { BROKER_TIMEOUT_MS = 5000, CHECK_HOLDS_US = 5 * 1000 * 1000 };

// A topic's partitions come together: one look serves them all.
static bool was_just_checked(const struct log_start *start, const char *topic)
{
    return start->checked_topic && !strcmp(start->checked_topic, topic) &&
           clock_monotonic_us() - start->checked_at_us < CHECK_HOLDS_US;
}

static int remember_check(struct log_start *start, const char *topic, struct err *err)
{
    char *copy = strdup(topic);

    if (!copy)
        return err_no_memory(err);
    free(start->checked_topic);
    start->checked_topic = copy;
    start->checked_at_us = clock_monotonic_us();
    return DONE;
}

static int judge_topic(const char *topic, const struct topic_state *state, bool broker_stamps,
                       struct err *err)
{
    if (!state->config_readable) {
        log_warn("consumer", "no right to read the topic's configuration: not checked",
                 LOG_TEXT("topic", topic));
        return DONE;
    }
    if (state->compacted)
        return err_set(err, FATAL, "TOPIC_COMPACTED",
                       "topic %s has cleanup.policy=compact, which would keep one record a job; "
                       "set it to delete: kafka-configs --alter --entity-type topics --entity-name "
                       "%s --add-config cleanup.policy=delete",
                       topic, topic);
    if (broker_stamps && !state->stamped_by_broker)
        return err_set(err, FATAL, "TOPIC_TIMESTAMPS",
                       "topic %s has the senders' timestamps, so that nobody knows how old a "
                       "request is; set it to the broker's: kafka-configs --alter --entity-type "
                       "topics --entity-name %s --add-config message.timestamp.type=LogAppendTime",
                       topic, topic);
    return DONE;
}

static int check_topic(struct log_start *start, struct consumer *consumer, const char *topic,
                       bool broker_stamps, struct err *err)
{
    struct topic_state state;
    int rc;

    if (was_just_checked(start, topic))
        return DONE;
    rc = consumer_topic_state(consumer, topic, BROKER_TIMEOUT_MS, &state, err);
    if (!rc)
        rc = judge_topic(topic, &state, broker_stamps, err);
    return rc ? rc : remember_check(start, topic, err);
}

static int learn_cluster(struct log_start *start, struct consumer *consumer, struct err *err)
{
    if (start->cluster_id)
        return DONE;
    return consumer_cluster_id(consumer, BROKER_TIMEOUT_MS, &start->cluster_id, err);
}

// First start, or a new partition: from the log's beginning, recorded.
static int load_position(const struct log_start *start, const struct position_keeper *keeper,
                         const struct source *source, int64_t low, struct source_position *position,
                         char **stored_cluster_id, struct err *err)
{
    bool found = false;
    int rc = keeper->load(keeper->self, source, &found, position, stored_cluster_id, err);

    if (rc || found)
        return rc;
    *position = (struct source_position){.next_offset = low, .last_offset = -1};
    log_info("consumer", "a new partition: read from the log's beginning",
             LOG_SLICE("topic", source->topic), LOG_INT("partition", source->partition),
             LOG_INT("offset", low));
    return keeper->create(keeper->self, source, position, start->cluster_id, err);
}

int log_start_find(struct log_start *start, struct consumer *consumer,
                   const struct position_keeper *keeper, const struct source *source,
                   bool broker_stamps, struct log_place *out, struct err *err)
{
    const char *topic = source->topic.data; // NUL-terminated
    char *stored_cluster_id = NULL;
    struct log_bounds log;
    int rc = learn_cluster(start, consumer, err);

    if (!rc)
        rc = check_topic(start, consumer, topic, broker_stamps, err);
    if (!rc)
        rc = consumer_log_bounds(consumer, source, BROKER_TIMEOUT_MS, &log.low, &log.high, err);
    if (!rc)
        rc = load_position(start, keeper, source, log.low, &out->position, &stored_cluster_id, err);
    if (!rc) {
        log.cluster_id = slice_of(start->cluster_id);
        rc = position_judge(source, &out->position, slice_of(stored_cluster_id), &log, &out->offset,
                            &out->expects_last, err);
    }
    if (!rc && !stored_cluster_id) // a person set the position
        rc = keeper->create(keeper->self, source, &out->position, start->cluster_id, err);
    out->last = (struct last_record){out->position.last_offset, out->position.last_timestamp_ms,
                                     out->position.last_hash};
    free(stored_cluster_id);
    return rc;
}

void log_start_free(struct log_start *start)
{
    free(start->cluster_id);
    free(start->checked_topic);
}
