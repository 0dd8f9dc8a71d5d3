// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/emitter.h"

#include <stdlib.h>

#include "base/clock.h"
#include "cli/terminal/interrupt.h"
#include "kafka/producer.h"
#include "serve/process/own_schema_ids.h"
#include "serve/process/topic_watch.h"
#include "wire/event_messages.h"
#include "wire/headers.h"
#include "wire/schemas.h"

enum {
    QUEUE_FULL_WAIT_MS = 100,
    TOPIC_TIMEOUT_MS = 10 * 1000,
    TOPIC_LOOKS = 5, // at brokers that make a topic when it is asked for
    TOPIC_LOOK_MS = 200,
};

struct emitter {
    const struct config *config;       // borrowed
    const char *topics[EMITTED_KINDS]; // borrowed
    struct producer *producer;
    enum framing framing;
    uint32_t event_schema_ids[EVENT_KINDS];
    uint32_t cancel_schema_ids[CANCEL_MESSAGE_KINDS]; // of CANCEL_REQUESTED alone
    struct buffer value;
    struct arena scratch; // texts of what is being sent
    struct emitter_delivery deliveries[EMITTED_KINDS];
};

// What is sent besides the framed value, which is the emitter's.
struct outgoing {
    enum emitted kind;
    struct uuid id;
    int64_t time_us;
    const char *type; // the record's full name
    struct slice job_id;
    struct slice authorization; // absent: none
};

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct emitter_delivery *delivery = tag;

    (void)self;
    if (err) {
        if (!delivery->failed++)
            delivery->first_failure = *err;
        return;
    }
    delivery->delivered++;
    delivery->partition = partition;
    delivery->offset = offset;
}

static int learn_schemas(struct emitter *emitter, struct err *err)
{
    static const enum cancel_message_kind sent[] = {CANCEL_REQUESTED};
    const struct registry_options *registry = &emitter->config->registry;
    int rc = event_schema_ids(registry, &emitter->framing, emitter->event_schema_ids, err);

    if (!rc)
        rc = cancel_schema_ids(registry, sent, 1, &emitter->framing, emitter->cancel_schema_ids,
                               err);
    return rc;
}

int emitter_new(const struct config *config, const char *const topics[EMITTED_KINDS],
                struct emitter **out, struct err *err)
{
    struct emitter *emitter;
    int rc = config_require_kafka(config, err);

    if (rc)
        return rc;
    emitter = calloc(1, sizeof *emitter);
    if (!emitter)
        return err_no_memory(err);
    emitter->config = config;
    emitter->topics[EMITTED_EVENTS] =
        topics[EMITTED_EVENTS] ? topics[EMITTED_EVENTS] : config->event_topics[0];
    emitter->topics[EMITTED_REQUESTS] =
        topics[EMITTED_REQUESTS] ? topics[EMITTED_REQUESTS] : config->cancel_request_topic;
    buffer_init(&emitter->value);
    arena_init(&emitter->scratch);
    rc = learn_schemas(emitter, err);
    if (!rc)
        rc = producer_new(config->kafka, config->kafka_count, on_report, emitter,
                          &emitter->producer, err);
    if (rc)
        emitter_free(emitter);
    else
        *out = emitter;
    return rc;
}

void emitter_free(struct emitter *emitter)
{
    if (!emitter)
        return;
    if (emitter->producer)
        producer_free(emitter->producer);
    buffer_free(&emitter->value);
    arena_reset(&emitter->scratch);
    free(emitter);
}

int emitter_need_topic(struct emitter *emitter, enum emitted kind, struct err *err)
{
    const char *topic = emitter->topics[kind];
    struct buffer command;
    bool exists = false;
    int rc = DONE;

    for (int look = 0; look < TOPIC_LOOKS && !exists && !rc; look++) {
        if (look)
            rc = producer_poll(emitter->producer, TOPIC_LOOK_MS, err);
        if (!rc)
            rc = producer_topic_exists(emitter->producer, topic, TOPIC_TIMEOUT_MS, &exists, err);
    }
    if (rc || exists)
        return rc;
    buffer_init(&command);
    topic_append_command(&command, emitter->config->bootstrap_servers, topic,
                         kind == EMITTED_REQUESTS);
    rc = err_set(err, RETRY, "TOPIC_MISSING", "the topic %s is missing; this creates it: %.*s",
                 topic, (int)command.size, command.data ? command.data : "");
    buffer_free(&command);
    return rc;
}

const char *emitter_topic(const struct emitter *emitter, enum emitted kind)
{
    return emitter->topics[kind];
}

// Waits while the queue is full, unless somebody wants us to stop.
static int send_patiently(struct emitter *emitter, const struct producer_record *record,
                          struct err *err)
{
    int rc;

    while ((rc = producer_send(emitter->producer, record, err)) == RETRY &&
           !strcmp(err->reason, "QUEUE_FULL") && !interrupt_seen()) {
        rc = producer_poll(emitter->producer, QUEUE_FULL_WAIT_MS, err);
        if (rc)
            return rc;
    }
    return rc;
}

static int send_framed(struct emitter *emitter, const struct outgoing *outgoing, struct err *err)
{
    static const struct slice source = {"urn:jobtrail:emit", sizeof "urn:jobtrail:emit" - 1};
    struct record_header headers[CLOUD_EVENT_HEADERS + 1];
    struct cloud_event cloud;
    struct producer_record record = {
        .topic = emitter->topics[outgoing->kind],
        .partition = -1,
        .key = outgoing->job_id,
        .value = buffer_slice(&emitter->value),
        .headers = headers,
        .header_count = CLOUD_EVENT_HEADERS,
        .tag = &emitter->deliveries[outgoing->kind],
    };

    cloud_event_make(&cloud, &outgoing->id, outgoing->time_us, source, slice_of(outgoing->type),
                     outgoing->job_id);
    memcpy(headers, cloud.headers, sizeof cloud.headers);
    if (!slice_is_null(outgoing->authorization))
        headers[record.header_count++] =
            (struct record_header){SLICE_LITERAL("authorization"), outgoing->authorization};
    return send_patiently(emitter, &record, err);
}

int emitter_send(struct emitter *emitter, const struct event *event, struct err *err)
{
    struct event checked = *event;
    struct outgoing outgoing = {.kind = EMITTED_EVENTS, .id = event->id};
    size_t count;
    int rc = event_check(&checked, clock_now_us(), &emitter->scratch, err);

    if (rc)
        goto out;
    buffer_clear(&emitter->value);
    rc = encode_event(&checked, emitter->framing, emitter->event_schema_ids, &emitter->value, err);
    if (rc)
        goto out;
    outgoing.time_us = checked.occurred_at_us;
    outgoing.type = own_schemas(&count)[checked.kind].full_name;
    outgoing.job_id = checked.job_id;
    rc = send_framed(emitter, &outgoing, err);
out:
    arena_reset(&emitter->scratch);
    return rc;
}

// Holds the request against the limits that whoever judges it will apply.
static int check_request(struct emitter *emitter, struct cancel_requested *requested,
                         struct err *err)
{
    struct cancel_request request = {.organization_id = requested->organization_id,
                                     .job_id = requested->job_id,
                                     .requester_id = requested->requester_id,
                                     .reason = requested->reason};
    int rc = cancel_request_check(&request, &emitter->scratch, err);

    if (!rc)
        requested->reason = request.reason;
    return rc;
}

static int make_authorization(struct emitter *emitter, const char *token, struct slice *out,
                              struct err *err)
{
    static const char scheme[] = "Bearer ";
    size_t size = token ? sizeof scheme - 1 + strlen(token) : 0;
    char *text;

    *out = SLICE_NULL;
    if (!token)
        return DONE;
    text = arena_alloc(&emitter->scratch, size + 1);
    if (!text)
        return err_no_memory(err);
    memcpy(text, scheme, sizeof scheme - 1);
    memcpy(text + sizeof scheme - 1, token, size + 1 - (sizeof scheme - 1));
    *out = (struct slice){text, size};
    return DONE;
}

int emitter_send_request(struct emitter *emitter, const struct cancel_requested *request,
                         const char *token, struct err *err)
{
    struct cancel_message message = {.kind = CANCEL_REQUESTED, .requested = *request};
    struct outgoing outgoing = {.kind = EMITTED_REQUESTS,
                                .id = request->request_id,
                                .time_us = request->requested_at_us,
                                .type = own_schema_find("CancelRequested")->full_name,
                                .job_id = request->job_id};
    int rc = check_request(emitter, &message.requested, err);

    buffer_clear(&emitter->value);
    if (!rc)
        rc = encode_cancel_message(&message, emitter->framing, emitter->cancel_schema_ids,
                                   &emitter->value, err);
    if (!rc)
        rc = make_authorization(emitter, token, &outgoing.authorization, err);
    if (!rc)
        rc = send_framed(emitter, &outgoing, err);
    arena_reset(&emitter->scratch);
    return rc;
}

int emitter_poll(struct emitter *emitter, int timeout_ms, struct err *err)
{
    return producer_poll(emitter->producer, timeout_ms, err);
}

int emitter_flush(struct emitter *emitter, int timeout_ms, struct err *err)
{
    return producer_flush(emitter->producer, timeout_ms, err);
}

const struct emitter_delivery *emitter_delivery(const struct emitter *emitter, enum emitted kind)
{
    return &emitter->deliveries[kind];
}
