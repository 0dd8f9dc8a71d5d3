// SPDX-License-Identifier: Apache-2.0
#include "serve/relay/relay_lane.h"

#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "kafka/rights.h"
#include "serve/process/meters.h"

enum { COMPLAIN_EVERY_US = 10 * 1000 * 1000 };

void lane_init(struct lane *lane, enum outbox_kind kind, const char *topic, struct metrics *metrics,
               size_t records_max, size_t bytes_max)
{
    *lane = (struct lane){
        .kind = kind,
        .topic = topic,
        .metrics = metrics,
        .records_max = records_max,
        .bytes_max = bytes_max,
    };
    for (size_t i = 0; i < records_max; i++) {
        lane->flights[i] = (struct flight){.lane = lane, .next = lane->free};
        lane->free = &lane->flights[i];
    }
}

bool lane_is_full(const struct lane *lane)
{
    return !lane->free || lane->bytes >= lane->bytes_max;
}

size_t lane_room(const struct lane *lane, int64_t now_us)
{
    size_t under_way = lane->sent + lane->delivered;

    if (lane->refused_id || now_us < lane->retry_at_us || lane_is_full(lane))
        return 0;
    if (lane->to_send_alone)
        return under_way ? 0 : 1;
    return lane->records_max - under_way;
}

size_t lane_taken_ids(const struct lane *lane, int64_t *ids)
{
    size_t count = 0;

    for (size_t i = 0; i < lane->records_max; i++)
        if (lane->flights[i].state != FLIGHT_FREE)
            ids[count++] = lane->flights[i].id;
    return count;
}

size_t lane_delivered_ids(const struct lane *lane, int64_t *ids)
{
    size_t count = 0;

    for (size_t i = 0; i < lane->records_max; i++)
        if (lane->flights[i].state == FLIGHT_DELIVERED)
            ids[count++] = lane->flights[i].id;
    return count;
}

struct flight *lane_take(struct lane *lane, int64_t id, int64_t received_at_us, size_t bytes)
{
    struct flight *flight = lane->free;

    if (!flight)
        return NULL;
    lane->free = flight->next;
    flight->id = id;
    flight->received_at_us = received_at_us;
    flight->bytes = bytes;
    flight->state = FLIGHT_SENT;
    flight->was_alone = lane->to_send_alone > 0;
    lane->sent++;
    lane->bytes += bytes;
    if (!lane->waits_since_us)
        lane->waits_since_us = clock_monotonic_us();
    return flight;
}

static void give_back(struct flight *flight)
{
    flight->state = FLIGHT_FREE;
    flight->next = flight->lane->free;
    flight->lane->free = flight;
}

// A wave of failures, as when a broker goes, counts as one.
static void fail(struct lane *lane, int64_t id, const struct err *err)
{
    int64_t now_us = clock_monotonic_us();

    lane->may_have_more = true;
    lane->failure = err->reason;
    metrics_add(lane->metrics, METER_RELAY_FAILURES, lane->kind, 0, 1);
    if (now_us >= lane->retry_at_us)
        lane->retry_at_us = now_us + backoff_us(lane->failures++);
    if (now_us < lane->complain_at_us)
        return;
    lane->complain_at_us = now_us + COMPLAIN_EVERY_US;
    log_warn("relay", "not published, and tried again", LOG_TEXT("topic", lane->topic),
             LOG_INT("id", id), LOG_ERR(err));
}

static void refuse(struct flight *flight, const struct err *err)
{
    struct lane *lane = flight->lane;

    lane->may_have_more = true;
    if (!flight->was_alone) {
        lane->to_send_alone++;
        return;
    }
    if (lane->to_send_alone)
        lane->to_send_alone--;
    lane->refused_id = flight->id;
    lane->refusal = *err;
}

static void deliver(struct flight *flight)
{
    struct lane *lane = flight->lane;
    double seconds = (double)(clock_now_us() - flight->received_at_us) / (double)US_PER_SECOND;

    FAULT_POINT("outbox_acknowledged");
    flight->state = FLIGHT_DELIVERED;
    lane->delivered++;
    lane->failures = 0;
    lane->failure = NULL;
    lane->waits_since_us = lane->sent ? clock_monotonic_us() : 0;
    if (flight->was_alone && lane->to_send_alone)
        lane->to_send_alone--;
    metrics_add(lane->metrics, METER_RELAY_PUBLISHED, lane->kind, 0, 1);
    // The request's time is the broker's, whose clock may be ahead of ours.
    if (flight->received_at_us != TIME_NONE)
        metrics_observe(lane->metrics, METER_CANCEL_COMMAND, 0, 0, seconds > 0 ? seconds : 0);
}

static bool is_refusal(const struct err *err)
{
    return err->disposition == FATAL &&
           (!strcmp(err->reason, "RECORD_TOO_LARGE") || !strcmp(err->reason, "RECORD_REFUSED"));
}

void flight_reported(struct flight *flight, const struct err *err)
{
    struct lane *lane = flight->lane;

    lane->sent--;
    lane->bytes -= flight->bytes;
    if (!err) {
        deliver(flight);
        return;
    }
    if (is_refusal(err))
        refuse(flight, err);
    else
        fail(lane, flight->id, err);
    give_back(flight);
}

void lane_forget_sent(struct lane *lane)
{
    for (size_t i = 0; i < lane->records_max; i++)
        if (lane->flights[i].state == FLIGHT_SENT)
            give_back(&lane->flights[i]);
    lane->sent = 0;
    lane->bytes = 0;
    lane->may_have_more = true;
}

void lane_is_empty(struct lane *lane)
{
    if (!lane->sent)
        lane->waits_since_us = 0;
}

bool lane_stands_still(const struct lane *lane, int64_t now_us, struct buffer *reasons)
{
    int64_t since_us = lane->waits_since_us;
    const char *failure = lane->failure;

    if (!since_us || now_us - since_us < TROUBLE_LASTS_US)
        return false;
    buffer_append_format(reasons, "nothing can be published to the topic %s", lane->topic);
    trouble_append(reasons, "", since_us, failure ? failure : "NOT_ACKNOWLEDGED");
    if (failure && !strcmp(failure, "AUTHORIZATION_FAILED")) {
        right_append(reasons, RIGHT_WRITE_TOPIC, lane->topic);
        buffer_append_text(reasons, "\n");
    }
    return true;
}

void lane_forget_delivered(struct lane *lane)
{
    for (size_t i = 0; i < lane->records_max; i++)
        if (lane->flights[i].state == FLIGHT_DELIVERED)
            give_back(&lane->flights[i]);
    lane->delivered = 0;
}
