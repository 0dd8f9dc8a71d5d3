// SPDX-License-Identifier: Apache-2.0
// Up to where started partitions can be read, asked on a thread of its own: a broker that is silent
// keeps nobody waiting but this. Where logs truly end is the log watch's to say.
#pragma once

#include "base/errand.h"
#include "kafka/consumer.h"
#include "kafka/inspector.h"
#include "serve/projection/projected_partition.h"

struct stable_end {
    struct projected_partition *partition; // only its source is looked at; which never changes
    uint64_t taking;                       // of its reading, when it was asked
    int64_t next_offset;                   // the same
    int64_t offset;                        // the answer; -1: it was not told
};

// One question, malloc'ed by whoever asks, who frees the answer. Without any end it asks whether
// the topics are there: that shows that Kafka is.
struct stable_round {
    bool is_told;              // the brokers were reached
    const char *missing_topic; // that there is not; NULL: none
    size_t count;
    struct stable_end ends[];
};

struct stable_ends {
    struct consumer *consumer; // these outlive it
    struct inspector *inspector;
    const char *const *topics;
    struct errand errand; // of struct stable_round
};

void stable_ends_init(struct stable_ends *stable, struct consumer *consumer,
                      struct inspector *inspector, const char *const *topics);
// Waits for the question under way, a second or two at most; before the consumer is freed.
void stable_ends_close(struct stable_ends *stable);
