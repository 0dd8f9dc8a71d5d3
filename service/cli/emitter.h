// SPDX-License-Identifier: Apache-2.0
// Sends events to Kafka as a service would: framed Avro with CloudEvents headers, keyed by job.
// Belongs to one thread.
#pragma once

#include "core/event.h"
#include "serve/config.h"

struct emitter;

// Where the last delivered event went.
struct emitter_delivery {
    uint64_t delivered, failed;
    int32_t partition;
    int64_t offset;
    struct err first_failure; // if any failed
};

// topic: NULL for the first of topic.events. With a registry configured, registers our schemas
// and uses Confluent framing; else single-object. The config is borrowed.
int emitter_new(const struct config *config, const char *topic, struct emitter **out,
                struct err *err);
void emitter_free(struct emitter *emitter);
const char *emitter_topic(const struct emitter *emitter);
// Queues the event. POISON if it would be a dead letter; waits while the queue is full.
int emitter_send(struct emitter *emitter, const struct event *event, struct err *err);
// Takes in what was delivered meanwhile; waits up to timeout_ms for it.
int emitter_poll(struct emitter *emitter, int timeout_ms, struct err *err);
// Waits until everything is reported. RETRY if timeout_ms was too short.
int emitter_flush(struct emitter *emitter, int timeout_ms, struct err *err);
const struct emitter_delivery *emitter_delivery(const struct emitter *emitter);
