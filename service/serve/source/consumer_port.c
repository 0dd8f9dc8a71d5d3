// SPDX-License-Identifier: Apache-2.0
#include "serve/source/consumer_port.h"

static int start(void *self, const struct source *source, int64_t offset, struct err *err)
{
    return consumer_start(self, source, offset, err);
}

static int stop(void *self, const struct source *source, struct err *err)
{
    return consumer_stop(self, source, err);
}

static int pause_one(void *self, const struct source *source, struct err *err)
{
    return consumer_pause(self, source, err);
}

static int resume(void *self, const struct source *source, struct err *err)
{
    return consumer_resume(self, source, err);
}

static int log_ranges(void *self, const struct source *sources, size_t count, int timeout_ms,
                      struct log_range *ranges, struct err *err)
{
    return consumer_log_ranges(self, sources, count, timeout_ms, ranges, err);
}

static int cluster_id(void *self, int timeout_ms, char **out, struct err *err)
{
    return consumer_cluster_id(self, timeout_ms, out, err);
}

static int topic_state(void *self, const char *topic, int timeout_ms, struct topic_state *state,
                       struct err *err)
{
    return consumer_topic_state(self, topic, timeout_ms, state, err);
}

struct consumer_port consumer_port(struct consumer *consumer)
{
    return (struct consumer_port){
        .self = consumer,
        .start = start,
        .stop = stop,
        .pause = pause_one,
        .resume = resume,
        .log_ranges = log_ranges,
        .cluster_id = cluster_id,
        .topic_state = topic_state,
    };
}
