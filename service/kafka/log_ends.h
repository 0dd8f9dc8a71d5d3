// SPDX-License-Identifier: Apache-2.0
// How many partitions topics have, and where their logs truly end: behind every record that was
// acknowledged, also those that an open transaction hides. A consumer of ours is told the last
// stable end instead, for librdkafka 2.0.2 asks for ends at the client's isolation level; so this
// is a client of its own. It fetches nothing and has no group. Of one thread.
#pragma once

#include "kafka/consumer.h"

struct log_ends;

// Of one partition's log.
struct log_end {
    int64_t offset; // -1: not told
    int32_t leader; // the broker that was asked; -1: nobody leads it
};

// topics: NULL-terminated; strings are copied. Errors as consumer_new.
int log_ends_new(const struct kafka_property *properties, size_t property_count,
                 const char *const *topics, struct log_ends **out, struct err *err);
void log_ends_free(struct log_ends *log_ends);
// How many partitions each of the topics has, in their order; 0: there is no such topic, or it
// cannot be told. RETRY if no broker can be asked.
int log_ends_count(struct log_ends *log_ends, int timeout_ms, int32_t *counts, struct err *err);
// The true ends of the first partitions of a topic (by its place among the topics), in one question
// to each broker that leads some of them by the latest count, one after the other. RETRY if no
// broker answered.
int log_ends_ask(struct log_ends *log_ends, size_t topic, int32_t count, int timeout_ms,
                 struct log_end *ends, struct err *err);
