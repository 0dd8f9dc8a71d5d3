// SPDX-License-Identifier: Apache-2.0
// What both kinds of client ask the brokers of a topic.
#pragma once

#include <librdkafka/rdkafka.h>

#include "base/err.h"

// DONE with how many partitions it has (0: there is no such topic) and a broker that leads one of
// them (-1: none; another turn, another partition), or RETRY.
int topic_query(rd_kafka_t *rk, const char *topic, uint32_t turn, int timeout_ms,
                int32_t *partitions, int32_t *leader, struct err *err);
