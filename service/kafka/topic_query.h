// SPDX-License-Identifier: Apache-2.0
// What both kinds of client ask the brokers of a topic.
#pragma once

#include <librdkafka/rdkafka.h>

#include "base/err.h"

// Two different brokers that lead some of its partitions; -1: there is none, or no other.
struct two_leaders {
    int32_t first, other;
};

// DONE with how many partitions it has (0: there is no such topic) and brokers that lead some of
// them (another turn, other ones; NULL: who does not matter), or RETRY.
int topic_query(rd_kafka_t *rk, const char *topic, uint32_t turn, int timeout_ms,
                int32_t *partitions, struct two_leaders *leaders, struct err *err);
// The answer to an Admin request that has this time limit, soon after which it comes in any case.
// Never NULL; the caller's to destroy.
rd_kafka_event_t *query_answer(rd_kafka_queue_t *queue, int timeout_ms);
