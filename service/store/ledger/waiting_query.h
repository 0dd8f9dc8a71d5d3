// SPDX-License-Identifier: Apache-2.0
// The parameters and the answer of cancel_waiting.sql.
#pragma once

#include <libpq-fe.h>

#include "core/gate_transaction.h"
#include "store/connection/parameters.h"

// Initialises the parameters; the caller frees them.
void waiting_query(struct parameters *out, const char *const *event_topics, int64_t now_us);
// How many requests they are; their texts point into the answer.
size_t waiting_query_read(const PGresult *answer, struct cancel_request requests[GATE_BATCH_MAX]);
