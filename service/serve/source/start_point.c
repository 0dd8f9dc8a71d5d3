// SPDX-License-Identifier: Apache-2.0
#include "serve/source/start_point.h"

#include <stdlib.h>

#include "base/log.h"

enum { BROKER_TIMEOUT_MS = 5000, CHECK_HOLDS_US = 5 * 1000 * 1000 };

// A topic's partitions come together: one look serves them all.
static bool was_just_checked(const struct start_finder *finder, const char *topic)
{
    return finder->checked_topic && !strcmp(finder->checked_topic, topic) &&
           finder->now_us() - finder->checked_at_us < CHECK_HOLDS_US;
}

static int remember_check(struct start_finder *finder, const char *topic, struct err *err)
{
    char *copy = strdup(topic);

    if (!copy)
        return err_no_memory(err);
    free(finder->checked_topic);
    finder->checked_topic = copy;
    finder->checked_at_us = finder->now_us();
    return DONE;
}

static int judge_topic(const struct start_finder *finder, const char *topic,
                       const struct topic_state *state, struct err *err)
{
    if (!state->exists)
        return err_set(err, RETRY, "TOPIC_MISSING", "topic %s is missing", topic);
    if (!state->config_readable) {
        log_warn(finder->who, "no right to read the topic's configuration: not checked",
                 LOG_TEXT("topic", topic));
        return DONE;
    }
    if (state->compacted)
        return err_set(err, FATAL, "TOPIC_COMPACTED",
                       "topic %s has cleanup.policy=compact, which would keep one record a job; "
                       "set it to delete: kafka-configs --alter --entity-type topics --entity-name "
                       "%s --add-config cleanup.policy=delete",
                       topic, topic);
    if (finder->broker_stamps && !state->stamped_by_broker)
        return err_set(err, FATAL, "TOPIC_TIMESTAMPS",
                       "topic %s has the senders' timestamps, so that nobody knows how old a "
                       "request is; set it to the broker's: kafka-configs --alter --entity-type "
                       "topics --entity-name %s --add-config message.timestamp.type=LogAppendTime",
                       topic, topic);
    return DONE;
}

static int check_topic(struct start_finder *finder, const char *topic, struct err *err)
{
    struct topic_state state;
    int rc;

    if (was_just_checked(finder, topic))
        return DONE;
    rc = finder->consumer.topic_state(finder->consumer.self, topic, BROKER_TIMEOUT_MS, &state, err);
    if (!rc)
        rc = judge_topic(finder, topic, &state, err);
    return rc ? rc : remember_check(finder, topic, err);
}

static int learn_cluster(struct start_finder *finder, struct err *err)
{
    if (finder->cluster_id)
        return DONE;
    return finder->consumer.cluster_id(finder->consumer.self, BROKER_TIMEOUT_MS,
                                       &finder->cluster_id, err);
}

// The position, then the log: the other way round, a position that somebody moves on meanwhile
// would look as if it stood behind the log's end.
static int look(struct start_finder *finder, const struct source *source,
                struct source_position *position, char **stored_cluster_id, struct log_bounds *log,
                struct err *err)
{
    bool found = false;
    int rc = finder->positions.load(finder->positions.self, source, &found, position,
                                    stored_cluster_id, err);

    if (!rc)
        rc = finder->consumer.log_bounds(finder->consumer.self, source, BROKER_TIMEOUT_MS,
                                         &log->low, &log->high, err);
    if (rc || found)
        return rc;
    // First start, or a new partition: from the log's beginning.
    *position = (struct source_position){.next_offset = log->low, .last_offset = -1};
    log_info(finder->who, "a new partition: read from the log's beginning",
             LOG_SLICE("topic", source->topic), LOG_INT("partition", source->partition),
             LOG_INT("offset", log->low));
    return DONE;
}

int start_finder_find(struct start_finder *finder, const struct source *source,
                      struct start_point *out, struct err *err)
{
    struct log_bounds log = {0};
    char *stored_cluster_id = NULL;
    int rc = learn_cluster(finder, err);

    if (!rc)
        rc = check_topic(finder, source->topic.data, err); // NUL-terminated
    if (!rc)
        rc = look(finder, source, &out->position, &stored_cluster_id, &log, err);
    if (!rc) {
        log.cluster_id = slice_of(finder->cluster_id);
        rc = position_judge(source, &out->position, slice_of(stored_cluster_id), &log, &out->offset,
                            &out->expects_last, err);
    }
    if (!rc && !stored_cluster_id) // it is new, or a person set it
        rc = finder->positions.create(finder->positions.self, source, &out->position,
                                      finder->cluster_id, err);
    out->last = (struct last_record){out->position.last_offset, out->position.last_timestamp_ms,
                                     out->position.last_hash};
    free(stored_cluster_id);
    return rc;
}

void start_finder_close(struct start_finder *finder)
{
    free(finder->cluster_id);
    free(finder->checked_topic);
    finder->cluster_id = finder->checked_topic = NULL;
}
