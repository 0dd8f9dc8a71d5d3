// SPDX-License-Identifier: Apache-2.0
// Who may write the topics that somebody obeys. Whoever may write job.commands commands; whoever
// may write job.events is believed (docs/design.md, section 4).
#include "doctor/checks.h"

#include <stdlib.h>

#include "doctor/kafka_client.h"

// Whether harm can be done by writing it.
static bool is_obeyed(const struct needed_topic *topic)
{
    return topic->is_read || !strcmp(topic->option, "topic.commands");
}

// What is told of one topic, if there is an entry about it.
static void tell_writers(const struct needed_topic *topic, const char *principals, size_t count,
                         struct findings *findings)
{
    const bool is_of_commands = !strcmp(topic->option, "topic.commands");
    const char *other = strstr(principals, "User:*") ? "'User:*'" : "User:OTHER";

    if (strstr(principals, "User:*"))
        findings_add(findings, FINDING_ERROR, topic->name, "everybody may write it%s",
                     is_of_commands ? ": anybody can have any job cancelled" : "");
    else if (is_of_commands && count > 1)
        findings_add(findings, FINDING_ERROR, topic->name,
                     "%s may write it: jobtrail alone must, or others can have any job cancelled",
                     principals);
    else
        findings_add(findings, FINDING_OK, topic->name, "%s may write it", principals);
    if (strstr(principals, "User:*") || (is_of_commands && count > 1))
        findings_command(findings,
                         "kafka-acls --remove --allow-principal %s --operation Write --topic %s",
                         other, topic->name);
}

// The brokers, or this librdkafka, do not tell apart why there are no entries.
static void tell_none(const struct needed_topic *topic, struct findings *findings)
{
    findings_add(
        findings, FINDING_WARNING, topic->name,
        "no access control entry about it is told: where the cluster has no authorizer, or "
        "allows what no entry is about, whoever reaches it may write it");
    findings_command(findings,
                     "kafka-acls --add --allow-principal User:%s --operation Write --topic %s",
                     strcmp(topic->option, "topic.commands") ? "WRITER" : "jobtrail", topic->name);
}

static int look_at(const struct patient *patient, struct inspector *inspector,
                   const struct needed_topic *topic, struct findings *findings, struct err *err)
{
    struct buffer principals;
    size_t count;
    int rc;

    buffer_init(&principals);
    rc = inspector_writers(inspector, topic->name, patient->step_ms, &principals, &count, err);
    buffer_append(&principals, "", 1);
    if (!rc && principals.failed)
        rc = err_no_memory(err);
    if (!rc && count)
        tell_writers(topic, principals.data, count, findings);
    else if (!rc)
        tell_none(topic, findings);
    buffer_free(&principals);
    return rc;
}

int check_writers(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct inspector *inspector;
    struct needed_topic *topics;
    size_t count;
    int rc = kafka_client_open(patient, &inspector, &topics, &count, err);

    for (size_t i = 0; !rc && i < count; i++)
        if (is_obeyed(&topics[i]))
            rc = look_at(patient, inspector, &topics[i], findings, err);
    free(topics);
    inspector_free(inspector);
    return rc;
}
