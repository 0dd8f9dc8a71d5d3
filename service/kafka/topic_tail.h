// SPDX-License-Identifier: Apache-2.0
// Reads all partitions of a topic, those that are added too, from a moment on: in no group, so that
// each who reads sees every record, and commits nothing. A partition that cannot be read on from
// where it is (truncated, or the topic was deleted and made again) begins at that moment again, so
// a record may come twice. It is said then (RETRY TOPIC_MADE_AGAIN), five seconds later at most.
// That a topic was made again is known by the times of its records: where clocks of writers differ,
// a new log whose records are all older than those of the former one is not told from it, and one
// in which a transaction was aborted may be taken for another one. Of one thread.
#pragma once

#include "kafka/consumer.h"

struct topic_tail;

// No question to the brokers waits longer, all those of one topic_tail_read together.
enum { TOPIC_TAIL_ASK_MS = 3000 };

struct topic_tail_options {
    const struct kafka_property *properties;
    size_t property_count;
    const char *topic;
    int64_t since_ms; // Kafka timestamp of the first record that is wanted; where there is none
                      // that late, it begins at the end
    int wake_fd;      // 8 bytes (the number 1, for an eventfd) are written to it when
                      // topic_tail_read has something to do; must not block, and outlive the tail
};

// Asks nobody yet. Strings are copied. What the caller's thread logs to must live as long. Errors
// as consumer_new.
int topic_tail_new(const struct topic_tail_options *options, struct topic_tail **out,
                   struct err *err);
// Accepts NULL. Every message handed out must have been freed before.
void topic_tail_free(struct topic_tail *tail);

// What has arrived, at most max; does not wait for more, but when topic_tail_due_us is over asks
// which partitions there are. The messages become the caller's.
// RETRY: something is wrong; it goes on by itself, and *count says what came all the same.
int topic_tail_read(struct topic_tail *tail, struct kafka_message **messages, size_t max,
                    size_t *count, struct err *err);
// When topic_tail_read is to be called though nothing has arrived: by the monotonic clock.
int64_t topic_tail_due_us(const struct topic_tail *tail);
// Whether all partitions that there were when they were last asked for are read.
bool topic_tail_is_complete(const struct topic_tail *tail);
