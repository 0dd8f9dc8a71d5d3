// SPDX-License-Identifier: Apache-2.0
// What is asked of a cluster by whatever client: how a topic and its log are.
#pragma once

#include <librdkafka/rdkafka.h>

#include "kafka/inspector.h"

// Whether it is there, and its settings. turn: another one asks another broker. RETRY.
int topic_state_ask(rd_kafka_t *rk, const char *topic, uint32_t turn, int timeout_ms,
                    struct topic_state *state, struct err *err);
// As inspector_log_ranges, inspector_leaders and inspector_cluster_id.
int log_ranges_ask(rd_kafka_t *rk, const struct source *sources, size_t count, int timeout_ms,
                   struct log_range *ranges, struct err *err);
int leaders_ask(rd_kafka_t *rk, const struct source *sources, size_t count, int timeout_ms,
                int32_t *leaders, struct err *err);
int cluster_id_ask(rd_kafka_t *rk, int timeout_ms, char **out, struct err *err);
