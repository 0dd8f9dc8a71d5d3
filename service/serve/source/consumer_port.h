// SPDX-License-Identifier: Apache-2.0
// What reading a partition asks of its consumer, each as the function of its name in
// kafka/consumer.h: so that a test can be the brokers.
#pragma once

#include "kafka/consumer.h"

struct consumer_port {
    void *self;
    int (*start)(void *self, const struct source *source, int64_t offset, struct err *err);
    int (*stop)(void *self, const struct source *source, struct err *err);
    int (*pause)(void *self, const struct source *source, struct err *err);
    int (*resume)(void *self, const struct source *source, struct err *err);
};

// The real one.
struct consumer_port consumer_port(struct consumer *consumer);
