// SPDX-License-Identifier: Apache-2.0
// Each topic that the parts need. How one that is read must be set up is
// serve/source/topic_rules.h; here is what besides should give pause.
#include "doctor/checks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "doctor/kafka_client.h"
#include "serve/process/topic_watch.h"
#include "serve/source/topic_rules.h"

enum { SHORT_RETENTION_MS = 60 * 60 * 1000 };

static void tell_missing(const struct patient *patient, const struct needed_topic *topic,
                         struct findings *findings)
{
    struct buffer command;

    buffer_init(&command);
    topic_append_command(&command, patient->config->bootstrap_servers, topic->name,
                         topic->has_brokers_time);
    buffer_append(&command, "", 1);
    findings_add(findings, FINDING_ERROR, topic->name, "the topic is missing (%s)", topic->option);
    if (!command.failed)
        findings_command(findings, "%s", command.data);
    buffer_free(&command);
}

static void alter(struct findings *findings, const struct needed_topic *topic, const char *setting)
{
    findings_command(findings,
                     "kafka-configs --alter --entity-type topics --entity-name %s --add-config %s",
                     topic->name, setting);
}

static void look_at_partitions(const struct needed_topic *topic,
                               const struct partition_states *states, struct findings *findings)
{
    if (states->leaderless)
        findings_add(findings, FINDING_ERROR, topic->name,
                     "nobody leads %d of its %d partitions: they can be neither read nor written",
                     (int)states->leaderless, (int)states->count);
    else if (states->out_of_sync)
        findings_add(findings, FINDING_WARNING, topic->name,
                     "%d of its %d partitions lack replicas in sync: a broker is down or behind",
                     (int)states->out_of_sync, (int)states->count);
}

static void look_at_settings(const struct needed_topic *topic, const struct topic_state *state,
                             struct findings *findings)
{
    if (!state->config_readable) {
        findings_add(findings, FINDING_WARNING, topic->name,
                     "how it is set up we may not ask: cleanup, retention and timestamps are not "
                     "looked at");
        findings_command(findings,
                         "kafka-acls --add --allow-principal User:jobtrail --operation "
                         "DescribeConfigs --topic %s",
                         topic->name);
        return;
    }
    if (!topic->is_read && state->compacted) {
        findings_add(findings, FINDING_WARNING, topic->name,
                     "cleanup.policy=compact keeps one record a job: who reads it late misses the "
                     "others");
        alter(findings, topic, "cleanup.policy=delete");
    }
    if (!strcmp(topic->option, "topic.dead-letters") && !state->stamped_by_broker) {
        findings_add(findings, FINDING_WARNING, topic->name,
                     "a dead letter has its record's timestamp, so that retention.ms counts from "
                     "then and not from when it was published");
        alter(findings, topic, "message.timestamp.type=LogAppendTime");
    }
    if (!strcmp(topic->option, "topic.events") && !state->stamped_by_broker) {
        findings_add(findings, FINDING_OK, topic->name,
                     "it has the senders' timestamps: an event from the future is not refused");
        alter(findings, topic, "message.timestamp.type=LogAppendTime");
    }
    if (topic->is_read && state->retention_ms >= 0 && state->retention_ms < SHORT_RETENTION_MS) {
        findings_add(findings, FINDING_WARNING, topic->name,
                     "its records are kept for %" PRId64
                     " s only: what is not read by then is lost",
                     state->retention_ms / 1000);
        alter(findings, topic, "retention.ms=604800000");
    }
}

static void tell_ok(const struct needed_topic *topic, const struct topic_state *state,
                    const struct partition_states *states, struct findings *findings)
{
    char kept[64] = "retention not readable";

    if (state->config_readable && state->retention_ms < 0)
        snprintf(kept, sizeof kept, "kept for ever");
    else if (state->config_readable)
        snprintf(kept, sizeof kept, "kept for %.1f days",
                 (double)state->retention_ms / (24 * SHORT_RETENTION_MS));
    findings_add(findings, FINDING_OK, topic->name, "%d partitions, replicas: %d, %s, %s",
                 (int)states->count, (int)states->least_replicas, kept,
                 !state->config_readable    ? "timestamps not readable"
                 : state->stamped_by_broker ? "the broker's timestamps"
                                            : "the senders' timestamps");
}

static int look_at(const struct patient *patient, struct inspector *inspector,
                   const struct needed_topic *topic, struct findings *findings, struct err *err)
{
    struct topic_state state;
    struct partition_states states;
    int rc = inspector_topic_state(inspector, topic->name, patient->step_ms, &state, err);

    if (rc)
        return rc;
    if (!state.exists) {
        tell_missing(patient, topic, findings);
        return DONE;
    }
    rc = inspector_partitions(inspector, topic->name, patient->step_ms, &states, err);
    if (rc)
        return rc;
    if (topic->is_read && topic_judge(topic->name, &state, topic->has_brokers_time, err))
        findings_add_err(findings, FINDING_ERROR, topic->name, err);
    else
        tell_ok(topic, &state, &states, findings);
    look_at_partitions(topic, &states, findings);
    look_at_settings(topic, &state, findings);
    return DONE;
}

// One that cannot be asked for does not hide the others.
int check_topics(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct inspector *inspector;
    struct needed_topic *topics;
    size_t count;
    int rc = kafka_client_open(patient, &inspector, &topics, &count, err);

    for (size_t i = 0; !rc && i < count; i++)
        if (look_at(patient, inspector, &topics[i], findings, err))
            findings_add_err(findings, FINDING_ERROR, topics[i].name, err);
    free(topics);
    inspector_free(inspector);
    return rc;
}
