// SPDX-License-Identifier: Apache-2.0
// Where each partition is read, found as `serve` finds it (serve/source/start_point.h) and held
// against what is remembered of its log (serve/source/checkpoints.h); but nothing is recorded. Then
// whether retention is about to delete what was not read yet.
#include "doctor/checks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "doctor/kafka_client.h"
#include "doctor/postgres_options.h"
#include "kafka/record_probe.h"
#include "serve/source/checkpoints.h"

enum {
    LAST_PART = 4, // of its time that is left to what was not read: then it is told
    LOOKS = 3,     // at what could not be told, as on a machine that is busy
};

// One topic that is looked at.
struct reading_topic {
    const struct patient *patient;
    const char *name;
    enum position_log log;
    struct inspector *inspector;
    struct record_probe *probe;
    struct topic_state state;
    struct start_search *searches;
    struct log_range *ranges;
    size_t count;
};

static int record_nothing(void *self, const struct position_begin *begins, size_t count,
                          const char *cluster, struct err *err)
{
    (void)self, (void)begins, (void)count, (void)cluster, (void)err;
    return DONE;
}

static bool is_any(const struct reading_topic *topic, int rc)
{
    size_t place = 0;

    while (place < topic->count && topic->searches[place].rc != rc)
        place++;
    return place < topic->count;
}

static int find(struct reading_topic *topic, struct err *err)
{
    const struct connection_options options =
        postgres_options(topic->patient, topic->patient->config->postgres_conninfo);
    struct position_store *store = position_store_new(&options, topic->log, err);
    const struct record_reader reader = record_reader(topic->probe);
    struct start_finder finder = {
        .cluster = cluster_port(topic->inspector), .who = "doctor", .now_us = clock_monotonic_us};

    if (!store)
        return (int)err->disposition;
    finder.positions = position_keeper(store);
    finder.positions.create = record_nothing;
    for (int look = 0; look < LOOKS && (!look || is_any(topic, RETRY)); look++) {
        start_finder_find(&finder, topic->searches, topic->count);
        if (!is_any(topic, RETRY) && !is_any(topic, FATAL))
            checkpoints_check(&finder.positions, &reader, topic->searches, topic->count);
    }
    start_finder_close(&finder);
    position_store_free(store);
    return DONE;
}

// When the first record that was not read yet will be deleted; INT64_MAX: not soon, or not known.
static int64_t left_ms(const struct reading_topic *topic, const struct source *source,
                       int64_t offset)
{
    struct kafka_message *message = NULL;
    struct kafka_record record;
    int64_t left = INT64_MAX;
    struct err err;

    if (topic->state.retention_ms < 0 ||
        record_probe_read(topic->probe, source, offset, topic->patient->step_ms, &message, &err) ||
        !message)
        return left;
    kafka_message_record(message, &record);
    if (record.timestamp_ms >= 0)
        left = record.timestamp_ms + topic->state.retention_ms - clock_now_us() / 1000;
    kafka_message_free(message);
    return left;
}

static void tell_sound(const struct reading_topic *topic, struct findings *findings)
{
    size_t unrecorded = 0;
    int64_t lag = 0, least_left = INT64_MAX;
    char more[96] = "";

    for (size_t i = 0; i < topic->count; i++) {
        const struct start_search *search = &topic->searches[i];
        int64_t next = search->point.position.next_offset;
        int64_t behind = topic->ranges[i].high - next, left;

        unrecorded += search->is_unrecorded;
        if (behind <= 0)
            continue;
        lag += behind;
        left = left_ms(topic, &search->source, next);
        if (left < least_left)
            least_left = left;
    }
    if (unrecorded)
        snprintf(more, sizeof more, "; %zu are new: they will be read from their beginning",
                 unrecorded);
    findings_add(findings, FINDING_OK, topic->name,
                 "%zu partitions: each log is the one that was read; %" PRId64 " records to read%s",
                 topic->count, lag, more);
    if (least_left < topic->state.retention_ms / LAST_PART) {
        findings_add(findings, least_left <= 0 ? FINDING_ERROR : FINDING_WARNING, topic->name,
                     "records that were not read yet are deleted %s %" PRId64 " s: make room for "
                     "them, then let it catch up",
                     least_left <= 0 ? "any moment, since" : "in",
                     (least_left <= 0 ? -least_left : least_left) / 1000);
        findings_command(findings,
                         "kafka-configs --alter --entity-type topics --entity-name %s "
                         "--add-config retention.ms=%" PRId64,
                         topic->name, 4 * topic->state.retention_ms);
    }
}

static void tell(const struct reading_topic *topic, struct findings *findings)
{
    size_t faults = 0;

    for (size_t i = 0; i < topic->count; i++) {
        const struct start_search *search = &topic->searches[i];
        char subject[300];

        if (!search->rc)
            continue;
        snprintf(subject, sizeof subject, "%s [%d]", topic->name, (int)search->source.partition);
        findings_add_err(findings, FINDING_ERROR, subject, &search->err);
        faults++;
    }
    if (!faults)
        tell_sound(topic, findings);
}

static int look(struct reading_topic *topic, struct findings *findings, struct err *err)
{
    struct source *sources = calloc(topic->count + 1, sizeof *sources);
    int rc = sources ? DONE : err_no_memory(err);

    for (size_t i = 0; !rc && i < topic->count; i++) {
        sources[i] = (struct source){.topic = slice_of(topic->name), .partition = (int32_t)i};
        topic->searches[i].source = sources[i];
    }
    if (!rc)
        rc = find(topic, err);
    if (!rc)
        rc = inspector_log_ranges(topic->inspector, sources, topic->count, topic->patient->step_ms,
                                  topic->ranges, err);
    if (!rc)
        tell(topic, findings);
    free(sources);
    return rc;
}

// A topic that is missing, or set up wrongly, is what the check of topics finds.
static int look_at(struct reading_topic *topic, struct findings *findings, struct err *err)
{
    int rc = inspector_topic_state(topic->inspector, topic->name, topic->patient->step_ms,
                                   &topic->state, err);

    if (rc || !topic->state.exists)
        return rc;
    topic->count = (size_t)topic->state.partitions;
    topic->searches = calloc(topic->count, sizeof *topic->searches);
    topic->ranges = calloc(topic->count, sizeof *topic->ranges);
    if (!topic->searches || !topic->ranges)
        rc = err_no_memory(err);
    else
        rc = look(topic, findings, err);
    free(topic->searches);
    free(topic->ranges);
    return rc;
}

int check_positions(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct inspector *inspector = NULL;
    struct record_probe *probe = NULL;
    struct needed_topic *topics = NULL;
    size_t count = 0;
    int rc = kafka_client_open(patient, &inspector, &topics, &count, err);

    if (!rc)
        rc = record_probe_new(patient->config->kafka, patient->config->kafka_count, &probe, err);
    for (size_t i = 0; !rc && i < count; i++) {
        struct reading_topic topic = {
            .patient = patient,
            .name = topics[i].name,
            .log = topics[i].has_brokers_time ? POSITIONS_OF_CANCEL_REQUESTS : POSITIONS_OF_EVENTS,
            .inspector = inspector,
            .probe = probe,
        };

        if (topics[i].is_read && look_at(&topic, findings, err))
            findings_add_err(findings, FINDING_ERROR, topic.name, err);
    }
    free(topics);
    record_probe_free(probe);
    inspector_free(inspector);
    return rc;
}
