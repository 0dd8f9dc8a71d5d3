// SPDX-License-Identifier: Apache-2.0
// Sends events, and requests to cancel, to Kafka as a service would: framed Avro with CloudEvents
// headers, keyed by job. Belongs to one thread.
#pragma once

#include "core/event.h"
#include "serve/process/config.h"
#include "wire/cancel_messages.h"

struct emitter;

enum emitted { EMITTED_EVENTS, EMITTED_REQUESTS, EMITTED_KINDS };

// What became of what was sent of one kind.
struct emitter_delivery {
    uint64_t delivered, failed;
    int32_t partition; // with offset: where the last delivered one went
    int64_t offset;
    struct err first_failure; // if any failed
};

// topics: of each kind; borrowed. NULL for the first of topic.events, for topic.cancel-requests.
// With a registry configured, registers our schemas and uses Confluent framing; else
// single-object. The config is borrowed.
int emitter_new(const struct config *config, const char *const topics[EMITTED_KINDS],
                struct emitter **out, struct err *err);
void emitter_free(struct emitter *emitter);
// RETRY with reason TOPIC_MISSING, which names it and the command that makes it, or if no broker
// can be asked. Otherwise what is sent to it would be waited for in vain.
int emitter_need_topic(struct emitter *emitter, enum emitted kind, struct err *err);
const char *emitter_topic(const struct emitter *emitter, enum emitted kind);
// Queues the event. POISON if it would be a dead letter; waits while the queue is full.
int emitter_send(struct emitter *emitter, const struct event *event, struct err *err);
// Queues the request. POISON if nobody could judge it; waits while the queue is full.
// token: goes along as a bearer token in the header "authorization"; NULL: none.
int emitter_send_request(struct emitter *emitter, const struct cancel_requested *request,
                         const char *token, struct err *err);
// Takes in what was delivered meanwhile; waits up to timeout_ms for it.
int emitter_poll(struct emitter *emitter, int timeout_ms, struct err *err);
// Waits until everything is reported. RETRY if timeout_ms was too short.
int emitter_flush(struct emitter *emitter, int timeout_ms, struct err *err);
const struct emitter_delivery *emitter_delivery(const struct emitter *emitter, enum emitted kind);
