// SPDX-License-Identifier: Apache-2.0
// What reading a partition asks of Kafka, each as the function of its name in kafka/consumer.h: so
// that a test can be the brokers.
#pragma once

#include "kafka/consumer.h"

struct consumer_port {
    void *self;
    int (*start)(void *self, const struct source *source, int64_t offset, struct err *err);
    int (*stop)(void *self, const struct source *source, struct err *err);
    int (*pause)(void *self, const struct source *source, struct err *err);
    int (*resume)(void *self, const struct source *source, struct err *err);
    int (*log_ranges)(void *self, const struct source *sources, size_t count, int timeout_ms,
                      struct log_range *ranges, struct err *err);
    int (*cluster_id)(void *self, int timeout_ms, char **out, struct err *err);
    int (*topic_state)(void *self, const char *topic, int timeout_ms, struct topic_state *state,
                       struct err *err);
};

// The real one.
struct consumer_port consumer_port(struct consumer *consumer);
