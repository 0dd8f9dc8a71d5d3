// SPDX-License-Identifier: Apache-2.0
// What Kafka lets us do, found by doing it: a record of each topic is read, as `serve` does, and
// each group is asked about. Whether a topic may be written only a record would show: none is sent.
#include "doctor/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/kafka_client.h"
#include "kafka/record_probe.h"
#include "kafka/rights.h"

enum { GROUP_SIZE = 300 };

struct access {
    const struct patient *patient;
    struct inspector *inspector;
    struct record_probe *probe;
    struct findings *findings;
};

// Also the relay's topics: what the ledger lost is found again there.
static bool is_read_by_us(const struct needed_topic *topic)
{
    return topic->is_read || !strcmp(topic->option, "topic.commands") ||
           !strcmp(topic->option, "topic.cancel-decisions");
}

static void tell(struct access *access, const char *subject, const struct err *err)
{
    const bool is_denied = !strcmp(err->reason, "AUTHORIZATION_FAILED");

    findings_add_err(access->findings, is_denied ? FINDING_ERROR : FINDING_WARNING, subject, err);
}

// The probe is told nothing of a topic that we may not even ask about.
static int read_one(struct access *access, const char *name, struct err *err)
{
    const struct source source = {slice_of(name), 0};
    const int step_ms = access->patient->step_ms;
    struct kafka_message *message = NULL;
    struct log_range range = {-1, -1, -1};
    bool exists;
    int rc = inspector_topic_exists(access->inspector, name, step_ms, &exists, err);

    if (rc && !strcmp(err->reason, "AUTHORIZATION_FAILED"))
        return right_denied(err, RIGHT_READ_TOPIC, name);
    if (!rc && !exists)
        return err_set(err, RETRY, "TOPIC_MISSING", "it is not there, and so cannot be read");
    if (!rc)
        rc = inspector_log_ranges(access->inspector, &source, 1, step_ms, &range, err);
    if (!rc)
        rc = record_probe_read(access->probe, &source, range.low < 0 ? 0 : range.low, step_ms,
                               &message, err);
    if (message)
        kafka_message_free(message);
    return rc;
}

static void look_at_topic(struct access *access, const char *name)
{
    struct err err;

    if (read_one(access, name, &err))
        tell(access, name, &err);
    else
        findings_add(access->findings, FINDING_OK, name, "it may be read");
}

static void look_at_group(struct access *access, const char *group)
{
    struct err err;
    bool may;
    int rc = inspector_group(access->inspector, group, access->patient->step_ms, &may, &err);

    if (!rc && !may)
        rc = right_denied(&err, RIGHT_JOIN_GROUP, group);
    if (rc)
        tell(access, group, &err);
    else
        findings_add(access->findings, FINDING_OK, group, "the group may be asked about");
}

static void look_at_groups(struct access *access)
{
    const char *group = access->patient->config->group_id;
    char cancel[GROUP_SIZE];

    if (access->patient->projects)
        look_at_group(access, group);
    snprintf(cancel, sizeof cancel, "%s-cancel", group);
    if (access->patient->has_gate)
        look_at_group(access, cancel);
}

int check_access(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct access access = {.patient = patient, .findings = findings};
    struct needed_topic *topics;
    size_t count;
    int rc = kafka_client_open(patient, &access.inspector, &topics, &count, err);

    if (!rc)
        rc = record_probe_new(patient->config->kafka, patient->config->kafka_count, &access.probe,
                              err);
    for (size_t i = 0; !rc && i < count; i++)
        if (is_read_by_us(&topics[i]))
            look_at_topic(&access, topics[i].name);
    if (!rc)
        look_at_groups(&access);
    record_probe_free(access.probe);
    free(topics);
    inspector_free(access.inspector);
    return rc;
}
