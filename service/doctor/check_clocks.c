// SPDX-License-Identifier: Apache-2.0
// Clocks, against ours: tokens are judged by it, freshness by PostgreSQL's, the age of a cancel
// request and whether an event is from the future by Kafka's. What a clock cannot be asked is said;
// why its server does not answer is another check's.
#include "doctor/checks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "doctor/kafka_client.h"
#include "doctor/postgres_options.h"
#include "doctor/web.h"
#include "kafka/record_probe.h"
#include "store/examine/examiner.h"

enum {
    SOON_MS = 1000,          // of no consequence
    TOO_MUCH_MS = 60 * 1000, // more than tokens are forgiven
    DATE_STEP_MS = 1000,     // of an HTTP date
    RECORDS_OF_PARTITIONS = 64,
};

// off_ms: how much it is ahead of ours at least; below 0: behind.
static void tell(struct findings *findings, const char *whose, int64_t off_ms)
{
    const int64_t size_ms = off_ms < 0 ? -off_ms : off_ms;

    findings_add(findings,
                 size_ms > TOO_MUCH_MS ? FINDING_ERROR
                 : size_ms > SOON_MS   ? FINDING_WARNING
                                       : FINDING_OK,
                 whose, "%" PRId64 " ms %s our clock", size_ms, off_ms < 0 ? "behind" : "ahead of");
    if (size_ms > SOON_MS)
        findings_command(findings, "chronyc tracking; timedatectl status");
}

// By how much a moment lies outside of those between which it was asked for.
static int64_t outside_ms(int64_t moment_us, int64_t asked_us, int64_t answered_us)
{
    if (moment_us < asked_us)
        return (moment_us - asked_us) / 1000;
    return moment_us > answered_us ? (moment_us - answered_us) / 1000 : 0;
}

static void untold(struct findings *findings, const char *whose, const char *why)
{
    findings_add(findings, FINDING_OK, whose, "not told: %s", why);
}

static void look_at_postgres(const struct patient *patient, struct findings *findings)
{
    const struct connection_options options =
        postgres_options(patient, patient->config->postgres_conninfo);
    int64_t database_us = TIME_NONE, asked_us, answered_us;
    struct examiner *examiner = NULL;
    struct err err;
    int rc = examiner_open(&options, &examiner, &err);

    if (!rc)
        rc = examine_clock(examiner, &database_us, &asked_us, &answered_us, &err);
    if (rc)
        untold(findings, "PostgreSQL's", "it cannot be asked");
    else
        tell(findings, "PostgreSQL's", outside_ms(database_us, asked_us, answered_us));
    examiner_close(examiner);
}

// The time of a record that a broker stamped, if it is later than *latest_ms.
static void see_record(struct record_probe *probe, const struct source *source, int64_t offset,
                       int timeout_ms, int64_t *latest_ms)
{
    struct kafka_message *message = NULL;
    struct kafka_record record;
    struct err err;

    if (record_probe_read(probe, source, offset, timeout_ms, &message, &err) || !message)
        return;
    kafka_message_record(message, &record);
    if (record.stamped_by_broker && record.timestamp_ms > *latest_ms)
        *latest_ms = record.timestamp_ms;
    kafka_message_free(message);
}

static void see_topic(const struct patient *patient, struct inspector *inspector,
                      struct record_probe *probe, const char *topic, int64_t *latest_ms)
{
    struct source sources[RECORDS_OF_PARTITIONS];
    struct log_range ranges[RECORDS_OF_PARTITIONS];
    struct topic_state state;
    struct err err;
    size_t count;

    if (inspector_topic_state(inspector, topic, patient->step_ms, &state, &err) ||
        !state.stamped_by_broker)
        return;
    count = (size_t)state.partitions < RECORDS_OF_PARTITIONS ? (size_t)state.partitions
                                                             : RECORDS_OF_PARTITIONS;
    for (size_t i = 0; i < count; i++)
        sources[i] = (struct source){.topic = slice_of(topic), .partition = (int32_t)i};
    if (inspector_log_ranges(inspector, sources, count, patient->step_ms, ranges, &err))
        return;
    for (size_t i = 0; i < count; i++)
        if (ranges[i].high > ranges[i].low)
            see_record(probe, &sources[i], ranges[i].high - 1, patient->step_ms, latest_ms);
}

// What a broker stamped is not from the future. That it is behind shows in what it would stamp now,
// which is not asked for: nothing is written.
static void look_at_kafka(const struct patient *patient, struct findings *findings)
{
    struct inspector *inspector = NULL;
    struct record_probe *probe = NULL;
    struct needed_topic *topics = NULL;
    int64_t latest_ms = -1, now_ms;
    size_t count = 0;
    struct err err;
    int rc = kafka_client_open(patient, &inspector, &topics, &count, &err);

    if (!rc)
        rc = record_probe_new(patient->config->kafka, patient->config->kafka_count, &probe, &err);
    for (size_t i = 0; !rc && i < count; i++)
        if (topics[i].is_read)
            see_topic(patient, inspector, probe, topics[i].name, &latest_ms);
    now_ms = clock_now_us() / 1000;
    if (rc || latest_ms < 0)
        untold(findings, "Kafka's", "no record that is read bears a broker's time");
    else if (latest_ms > now_ms)
        tell(findings, "Kafka's", latest_ms - now_ms);
    else
        findings_add(findings, FINDING_OK, "Kafka's",
                     "not ahead of ours: its latest record is %" PRId64 " s old",
                     (now_ms - latest_ms) / 1000);
    free(topics);
    record_probe_free(probe);
    inspector_free(inspector);
}

static void look_at_keys(const struct patient *patient, struct findings *findings)
{
    const char *location = patient->config->auth.keys.source.location;
    int64_t date_us = TIME_NONE, asked_us = clock_now_us(), answered_us;
    struct err err;

    if (!location || !strstr(location, "://"))
        return;
    if (web_get(patient, location, NULL, &date_us, &err) || date_us == TIME_NONE) {
        untold(findings, "the issuer's", "the key set's server does not say it");
        return;
    }
    answered_us = clock_now_us();
    tell(findings, "the issuer's",
         outside_ms(date_us, asked_us - DATE_STEP_MS * 1000, answered_us));
}

int check_clocks(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)err;
    look_at_postgres(patient, findings);
    if (patient->projects || patient->has_gate)
        look_at_kafka(patient, findings);
    look_at_keys(patient, findings);
    return DONE;
}
