// SPDX-License-Identifier: Apache-2.0
// A client that only asks: it joins no group, reads no records and writes none. For whoever wants
// to know how a cluster and its topics are. Every question waits, at most as long as it is told to.
// Of one thread.
#pragma once

#include "base/buffer.h"
#include "kafka/consumer.h"

struct inspector;

// Asks nobody yet. Errors as consumer_new.
int inspector_new(const struct kafka_property *properties, size_t property_count,
                  struct inspector **out, struct err *err);
// Accepts NULL.
void inspector_free(struct inspector *inspector);

struct cluster_state {
    int brokers;
    int32_t a_broker;  // one of them
    char address[160]; // that one's
    // The highest version that a broker speaks of a request, as far as librdkafka told it; -1:
    // unknown.
    int produce_version, fetch_version;
};
// RETRY, with why no broker answers: BROKERS_UNREACHABLE, AUTHENTICATION_FAILED, TLS_FAILED ...
int inspector_cluster(struct inspector *inspector, int timeout_ms, struct cluster_state *out,
                      struct err *err);
// As consumer_cluster_id, consumer_topic_state and consumer_log_ranges.
int inspector_cluster_id(struct inspector *inspector, int timeout_ms, char **out, struct err *err);
int inspector_topic_state(struct inspector *inspector, const char *topic, int timeout_ms,
                          struct topic_state *state, struct err *err);
int inspector_log_ranges(struct inspector *inspector, const struct source *sources, size_t count,
                         int timeout_ms, struct log_range *ranges, struct err *err);

struct partition_states {
    int32_t count, leaderless; // partitions; those that nobody leads
    int32_t out_of_sync;       // those with fewer replicas in sync than they have
    int32_t least_replicas;    // of any of them
};
// Of a topic that is there.
int inspector_partitions(struct inspector *inspector, const char *topic, int timeout_ms,
                         struct partition_states *out, struct err *err);

// Appends the principals to whom an entry allows to write the topic, each once, with ", " between.
// None, too, where the cluster keeps no lists or we may not ask: librdkafka 2.0.2 and brokers of
// 4.1 were seen to tell nothing then.
int inspector_writers(struct inspector *inspector, const char *topic, int timeout_ms,
                      struct buffer *principals, size_t *count, struct err *err);

// Of librdkafka, as "2.0.2".
const char *inspector_library_version(void);
