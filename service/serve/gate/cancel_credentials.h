// SPDX-License-Identifier: Apache-2.0
// Who asks for a cancellation over Kafka: by a signed token that is bound to the request, or
// because whoever may write the topic is trusted (docs/design.md, section 7).
#pragma once

#include "core/cancel.h"
#include "kafka/consumer.h"
#include "serve/process/config.h"
#include "wire/framing.h"

struct cancel_credentials;

// As configured. FATAL for what is missing or wrong in the configuration, RETRY without memory.
int cancel_credentials_new(const struct config *config, struct cancel_credentials **out,
                           struct err *err);
// Accepts NULL.
void cancel_credentials_free(struct cancel_credentials *credentials);
// Sets request->authenticated: only if it is proven. 0; RETRY: it cannot be told now.
int cancel_credentials_check(struct cancel_credentials *credentials, const struct wire_record *wire,
                             const struct kafka_record *record, struct cancel_request *request,
                             struct err *err);
