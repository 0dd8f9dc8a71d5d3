// SPDX-License-Identifier: Apache-2.0
// A client that only asks: it joins no group, reads no records and writes none. For whoever wants
// to know how a cluster and its topics are. Every question waits, at most as long as it is told to;
// a broker that hangs is given up within a few seconds, and another one is asked
// (kafka/asking_client.h). Any thread, and many at once.
#pragma once

#include "base/buffer.h"
#include "kafka/consumer.h"

struct inspector;

// Asks nobody yet. The properties are borrowed until inspector_free. Errors as consumer_new.
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
// The cluster's id, malloc'ed; RETRY if it cannot be asked.
int inspector_cluster_id(struct inspector *inspector, int timeout_ms, char **out, struct err *err);

struct topic_state {
    bool exists;
    int32_t partitions;
    bool config_readable;   // false without the right to read it; then the rest is false too
    bool compacted;         // its cleanup.policy has "compact" in it
    bool stamped_by_broker; // its message.timestamp.type is LogAppendTime
    int64_t retention_ms;   // -1: for ever, or not readable
};
// Whether the topic is there, and how it is set up. RETRY; the next time another broker is asked.
int inspector_topic_state(struct inspector *inspector, const char *topic, int timeout_ms,
                          struct topic_state *state, struct err *err);
// Whether the topic is there.
int inspector_topic_exists(struct inspector *inspector, const char *topic, int timeout_ms,
                           bool *exists, struct err *err);

// What a broker keeps of a partition: the first offset, and the one behind the last stable record;
// both -1 where it told nothing.
struct log_range {
    int64_t low, high;
    int32_t leader; // that broker
};
// The ranges of many partitions (order as given), asked of each broker once for all that it leads,
// so that one which is silent costs timeout_ms and no other's answer. The sources' topics are
// NUL-terminated. RETRY if not even who leads them can be asked.
int inspector_log_ranges(struct inspector *inspector, const struct source *sources, size_t count,
                         int timeout_ms, struct log_range *ranges, struct err *err);
// Who leads each of many partitions (order as given); -1: nobody. RETRY.
int inspector_leaders(struct inspector *inspector, const struct source *sources, size_t count,
                      int timeout_ms, int32_t *leaders, struct err *err);

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

// Whether we may ask about that group, as whoever may join it may. RETRY.
int inspector_group(struct inspector *inspector, const char *group, int timeout_ms, bool *may,
                    struct err *err);

// Of librdkafka, as "2.0.2".
const char *inspector_library_version(void);
