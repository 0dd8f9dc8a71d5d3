// SPDX-License-Identifier: Apache-2.0
// What the benchmark's programs share: a producer on JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS, and sending
// one event. They are tools: what fails ends the program with a line that says why.
#pragma once

#include "base/buffer.h"
#include "core/event.h"
#include "kafka/producer.h"

enum { FEED_BY_KEY = -1 };

struct feed {
    struct producer *producer;
    const char *topic;
    struct buffer value;
};

// properties: besides the bootstrap servers, at most 8.
void feed_open(struct feed *feed, const char *topic, const struct kafka_property *properties,
               size_t property_count, producer_report *report, void *self);
// Waits until all is acknowledged.
void feed_close(struct feed *feed);
// Single-object framing, keyed by the job's id. Waits while the producer's queue is full. Returns
// the bytes of the value.
size_t feed_send(struct feed *feed, const struct event *event, int32_t partition, void *tag);

// The value of an environment variable or the end of the program.
const char *feed_environment(const char *name);
// A whole number of 1 to 1,000,000,000 or the end of the program.
size_t feed_number(const char *option, const char *text);
_Noreturn void feed_fail(const char *what, const struct err *err);
