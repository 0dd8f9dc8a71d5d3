// SPDX-License-Identifier: Apache-2.0
// What reading a partition asks of a cluster, each as the function of its name in
// kafka/inspector.h: so that a test can be the brokers. Asked by a client of its own, since the
// consumer's may be stuck with a broker that hangs.
#pragma once

#include "kafka/inspector.h"

struct cluster_port {
    void *self;
    int (*log_ranges)(void *self, const struct source *sources, size_t count, int timeout_ms,
                      struct log_range *ranges, struct err *err);
    int (*cluster_id)(void *self, int timeout_ms, char **out, struct err *err);
    int (*topic_state)(void *self, const char *topic, int timeout_ms, struct topic_state *state,
                       struct err *err);
};

// The real one.
struct cluster_port cluster_port(struct inspector *inspector);
