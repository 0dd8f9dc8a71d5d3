// SPDX-License-Identifier: Apache-2.0
#include "cli/emitter.h"

#include <stdlib.h>

#include "base/clock.h"
#include "cli/interrupt.h"
#include "kafka/producer.h"
#include "serve/own_schema_ids.h"
#include "wire/encoder.h"
#include "wire/headers.h"
#include "wire/schemas.h"

enum { QUEUE_FULL_WAIT_MS = 100 };

struct emitter {
    const struct config *config; // borrowed
    const char *topic;           // borrowed
    struct producer *producer;
    enum framing framing;
    uint32_t schema_ids[EVENT_KINDS];
    struct buffer value;
    struct arena scratch; // an event's cut texts
    struct emitter_delivery delivery;
};

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct emitter_delivery *delivery = &((struct emitter *)self)->delivery;

    (void)tag;
    if (err) {
        if (!delivery->failed++)
            delivery->first_failure = *err;
        return;
    }
    delivery->delivered++;
    delivery->partition = partition;
    delivery->offset = offset;
}

int emitter_new(const struct config *config, const char *topic, struct emitter **out,
                struct err *err)
{
    struct emitter *emitter;
    int result = config_require_kafka(config, err);

    if (result)
        return result;
    emitter = calloc(1, sizeof *emitter);
    if (!emitter)
        return err_no_memory(err);
    emitter->config = config;
    emitter->topic = topic ? topic : config->event_topics[0];
    buffer_init(&emitter->value);
    arena_init(&emitter->scratch);
    result = own_schema_ids(&config->registry, JOB_CREATED, EVENT_KINDS, &emitter->framing,
                            emitter->schema_ids, err);
    if (!result)
        result = producer_new(config->kafka, config->kafka_count, on_report, emitter,
                              &emitter->producer, err);
    if (result)
        emitter_free(emitter);
    else
        *out = emitter;
    return result;
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

const char *emitter_topic(const struct emitter *emitter)
{
    return emitter->topic;
}

// Waits while the queue is full, unless somebody wants us to stop.
static int send_patiently(struct emitter *emitter, const struct producer_record *record,
                          struct err *err)
{
    int result;

    while ((result = producer_send(emitter->producer, record, err)) == RETRY &&
           !strcmp(err->reason, "QUEUE_FULL") && !interrupt_seen()) {
        result = producer_poll(emitter->producer, QUEUE_FULL_WAIT_MS, err);
        if (result)
            return result;
    }
    return result;
}

int emitter_send(struct emitter *emitter, const struct event *event, struct err *err)
{
    static const struct slice source = {"urn:jobtrail:emit", sizeof "urn:jobtrail:emit" - 1};
    struct event checked = *event;
    struct cloud_event cloud;
    struct producer_record record = {.topic = emitter->topic, .partition = -1};
    size_t count;
    int result = event_check(&checked, clock_now_us(), &emitter->scratch, err);

    if (result)
        goto out;
    buffer_clear(&emitter->value);
    result = encode_event(&checked, emitter->framing, emitter->schema_ids, &emitter->value, err);
    if (result)
        goto out;
    cloud_event_make(&cloud, &checked.id, checked.occurred_at_us, source,
                     slice_of(own_schemas(&count)[checked.kind].full_name), checked.job_id);
    record.key = checked.job_id;
    record.value = buffer_slice(&emitter->value);
    record.headers = cloud.headers;
    record.header_count = CLOUD_EVENT_HEADERS;
    result = send_patiently(emitter, &record, err);
out:
    arena_reset(&emitter->scratch);
    return result;
}

int emitter_poll(struct emitter *emitter, int timeout_ms, struct err *err)
{
    return producer_poll(emitter->producer, timeout_ms, err);
}

int emitter_flush(struct emitter *emitter, int timeout_ms, struct err *err)
{
    return producer_flush(emitter->producer, timeout_ms, err);
}

const struct emitter_delivery *emitter_delivery(const struct emitter *emitter)
{
    return &emitter->delivery;
}
