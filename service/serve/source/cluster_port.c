// SPDX-License-Identifier: Apache-2.0
#include "serve/source/cluster_port.h"

static int log_ranges(void *self, const struct source *sources, size_t count, int timeout_ms,
                      struct log_range *ranges, struct err *err)
{
    return inspector_log_ranges(self, sources, count, timeout_ms, ranges, err);
}

static int cluster_id(void *self, int timeout_ms, char **out, struct err *err)
{
    return inspector_cluster_id(self, timeout_ms, out, err);
}

static int topic_state(void *self, const char *topic, int timeout_ms, struct topic_state *state,
                       struct err *err)
{
    return inspector_topic_state(self, topic, timeout_ms, state, err);
}

struct cluster_port cluster_port(struct inspector *inspector)
{
    return (struct cluster_port){
        .self = inspector,
        .log_ranges = log_ranges,
        .cluster_id = cluster_id,
        .topic_state = topic_state,
    };
}
