// SPDX-License-Identifier: Apache-2.0
// From the outbox to the producer, and from its reports to the marks.
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "kafka/inspector.h"
#include "serve/process/own_schema_ids.h"
#include "serve/relay/relay_private.h"

enum { MARK_AT = 100, MARK_WITHIN_US = 25 * 1000, TOPIC_TIMEOUT_MS = 1000 };

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct flight *flight = tag;

    if (!err)
        relay_note_delivered(self, flight->lane->kind, partition, offset);
    flight_reported(flight, err);
}

static void drop_producer(struct relay *relay)
{
    producer_free(relay->producer);
    relay->producer = NULL;
    for (size_t i = 0; i < OUTBOX_KINDS; i++)
        lane_forget_sent(&relay->lanes[i]);
}

void relay_forget(struct relay *relay)
{
    drop_producer(relay);
    for (size_t i = 0; i < OUTBOX_KINDS; i++) {
        lane_forget_delivered(&relay->lanes[i]);
        relay->lanes[i].refused_id = 0;
    }
}

// The user's properties over ours: somebody waits for a command, so that it goes at once.
static int make_producer(struct relay *relay, struct err *err)
{
    const struct config *config = relay->process->config;
    struct kafka_property *properties = malloc((config->kafka_count + 1) * sizeof *properties);
    int rc;

    if (!properties)
        return err_no_memory(err);
    properties[0] = (struct kafka_property){"linger.ms", "0"};
    for (size_t i = 0; i < config->kafka_count; i++)
        properties[i + 1] = config->kafka[i];
    rc = producer_new(properties, config->kafka_count + 1, on_report, relay, &relay->producer, err);
    free(properties);
    if (!rc)
        rc = producer_wake(relay->producer, relay->wake_fd, err);
    for (size_t i = 0; !rc && i < OUTBOX_KINDS; i++)
        rc = producer_expect(relay->producer, relay->lanes[i].topic, err);
    return rc;
}

static void prepare_producer(struct relay *relay)
{
    struct err err;

    if (!make_producer(relay, &err))
        return;
    drop_producer(relay);
    relay_failed(relay, &relay->kafka, "no producer", &err);
}

// A registry that refuses may be told otherwise while we run: the projection does not end for it.
static void prepare_schemas(struct relay *relay)
{
    static const enum cancel_message_kind published[] = {CANCEL_JOB, CANCEL_DECIDED};
    struct relay_records *records = &relay->records;
    struct err err;

    if (!cancel_schema_ids(&relay->process->config->registry, published,
                           sizeof published / sizeof *published, &records->framing,
                           records->schema_ids, &err)) {
        relay->schemas_known = true;
        return;
    }
    err.disposition = RETRY;
    relay_failed(relay, &relay->registry, "commands and decisions wait for their schemas' ids",
                 &err);
}

void relay_prepare_producer(struct relay *relay)
{
    if (!relay->producer && clock_monotonic_us() >= relay->kafka.at_us)
        prepare_producer(relay);
}

void relay_prepare_schemas(struct relay *relay)
{
    if (!relay->schemas_known && clock_monotonic_us() >= relay->registry.at_us)
        prepare_schemas(relay);
}

static int topic_is_there(void *self, const char *topic, bool *exists, struct err *err)
{
    return inspector_topic_exists(self, topic, TOPIC_TIMEOUT_MS, exists, err);
}

void relay_look_at_topics(struct relay *relay)
{
    topic_watch_look(&relay->topics, clock_monotonic_us(), topic_is_there,
                     relay->process->inspector);
}

static int make_record(struct relay *relay, enum outbox_kind kind, size_t index, int64_t *id,
                       int64_t *received_at_us, struct err *err)
{
    struct outbox_command command;
    struct outbox_decision decision;
    struct outbox_dead_letter letter;
    int rc;

    *received_at_us = TIME_NONE;
    switch (kind) {
    case OUTBOX_COMMAND:
        outbox_command(relay->outbox, index, &command);
        *id = command.id;
        *received_at_us = command.received_at_us;
        return relay_record_command(&relay->records, &command, err);
    case OUTBOX_DECISION:
        outbox_decision(relay->outbox, index, &decision);
        *id = decision.id;
        return relay_record_decision(&relay->records, &decision, err);
    default:
        arena_reset(&relay->records.arena);
        rc = outbox_dead_letter(relay->outbox, index, &relay->records.arena, &letter, err);
        *id = letter.id;
        if (!rc)
            rc = relay_record_dead_letter(&relay->records, &letter, err);
        return rc;
    }
}

// False when nothing more should be sent for now.
static bool send_one(struct relay *relay, struct lane *lane, size_t index)
{
    struct producer_record *record = &relay->records.record;
    struct flight *flight;
    int64_t id = 0, received_at_us;
    struct err err;
    int rc;

    if (lane->kind == OUTBOX_COMMAND && !relay_may_publish(relay, index))
        return true;
    rc = make_record(relay, lane->kind, index, &id, &received_at_us, &err);

    flight = lane_take(lane, id, received_at_us, rc ? 0 : relay_record_bytes(&relay->records));
    if (!flight)
        return false;
    if (!rc) {
        record->topic = lane->topic;
        record->tag = flight;
        rc = producer_send(relay->producer, record, &err);
        // Refused before it was sent: no other record can be to blame.
        if (rc == FATAL)
            flight->was_alone = true;
    }
    if (rc)
        flight_reported(flight, &err);
    else
        FAULT_POINT("outbox_produced");
    return !rc;
}

// Whether it is worth to come again at once.
static bool publish_lane(struct relay *relay, struct lane *lane)
{
    size_t limit = lane_room(lane, clock_monotonic_us()), under_way, count, sent = 0;
    struct err err;

    if (!limit || !lane->may_have_more || !relay->producer)
        return false;
    if (limit > RELAY_CLAIM_MAX)
        limit = RELAY_CLAIM_MAX;
    under_way = lane_taken_ids(lane, relay->ids);
    if (outbox_claim(relay->outbox, lane->kind, relay->ids, under_way, limit,
                     lane->bytes_max - lane->bytes, &count, &err)) {
        relay_failed(relay, &relay->postgres, "the outbox cannot be read", &err);
        return false;
    }
    lane->may_have_more = count == limit;
    if (!count)
        lane_is_empty(lane);
    while (sent < count && !lane_is_full(lane) && send_one(relay, lane, sent))
        sent++;
    relay_withdraw(relay);
    lane->may_have_more |= sent < count || (lane->kind == OUTBOX_DEAD_LETTER && count);
    return lane->may_have_more && sent == count;
}

// Whether there may be something to send that only waits for its turn.
static bool is_waiting(const struct lane *lane)
{
    return lane->may_have_more && clock_monotonic_us() >= lane->retry_at_us;
}

bool relay_publish(struct relay *relay)
{
    struct lane *commands = &relay->lanes[OUTBOX_COMMAND];
    struct lane *decisions = &relay->lanes[OUTBOX_DECISION];
    bool again = false;

    if (relay->schemas_known) {
        again = publish_lane(relay, commands);
        again |= publish_lane(relay, decisions);
        if (is_waiting(commands) || is_waiting(decisions))
            return again;
    }
    if (outbox_is_locked(relay->outbox))
        again |= publish_lane(relay, &relay->lanes[OUTBOX_DEAD_LETTER]);
    return again;
}

void relay_poll(struct relay *relay)
{
    struct err err;
    int rc;

    if (!relay->producer)
        return;
    rc = producer_poll(relay->producer, 0, &err);
    if (rc == FATAL) {
        drop_producer(relay);
        err.disposition = RETRY; // for the relay: a new one may do
    }
    if (rc)
        relay_failed(relay, &relay->kafka, "the producer is in trouble", &err);
}

static void mark_delivered(struct relay *relay, struct lane *first, struct lane *second)
{
    size_t count = lane_delivered_ids(first, relay->ids);
    struct err err;

    if (second)
        count += lane_delivered_ids(second, relay->ids + count);
    if (!count)
        return;
    relay->kafka.failures = 0;
    if (!outbox_is_connected(relay->outbox))
        return;
    FAULT_POINT("outbox_before_mark");
    if (outbox_mark(relay->outbox, first->kind == OUTBOX_DEAD_LETTER, relay->ids, count, &err)) {
        relay_failed(relay, &relay->postgres, "what was published cannot be marked", &err);
        return;
    }
    relay_worked(&relay->postgres);
    lane_forget_delivered(first);
    if (second)
        lane_forget_delivered(second);
}

static void mark_refused(struct relay *relay, struct lane *lane)
{
    struct err err;

    if (!lane->refused_id || !outbox_is_connected(relay->outbox))
        return;
    if (outbox_refuse(relay->outbox, lane->kind == OUTBOX_DEAD_LETTER, lane->refused_id,
                      lane->refusal.text, &err)) {
        relay_failed(relay, &relay->postgres, "what was refused cannot be marked", &err);
        return;
    }
    metrics_add(relay->process->metrics, METER_RELAY_REFUSED, lane->kind, 0, 1);
    log_error("relay", "refused by the brokers for good: it stays in PostgreSQL, marked",
              LOG_TEXT("topic", lane->topic), LOG_INT("id", lane->refused_id),
              LOG_ERR(&lane->refusal));
    lane->refused_id = 0;
}

// Marks are written many at a time. Nobody waits for a mark; but while one is written, the
// connection cannot read the commands that somebody does wait for.
static bool is_time_to_mark(struct relay *relay)
{
    size_t delivered = relay->lanes[OUTBOX_COMMAND].delivered +
                       relay->lanes[OUTBOX_DECISION].delivered +
                       relay->lanes[OUTBOX_DEAD_LETTER].delivered;
    int64_t now_us = clock_monotonic_us();

    if (delivered && !relay->mark_at_us)
        relay->mark_at_us = now_us + MARK_WITHIN_US;
    if (!delivered || (delivered < MARK_AT && now_us < relay->mark_at_us && !relay->finishing))
        return false;
    relay->mark_at_us = 0;
    return true;
}

void relay_mark(struct relay *relay)
{
    for (size_t i = 0; i < OUTBOX_KINDS; i++)
        mark_refused(relay, &relay->lanes[i]);
    if (!is_time_to_mark(relay))
        return;
    mark_delivered(relay, &relay->lanes[OUTBOX_COMMAND], &relay->lanes[OUTBOX_DECISION]);
    mark_delivered(relay, &relay->lanes[OUTBOX_DEAD_LETTER], NULL);
}
