// SPDX-License-Identifier: Apache-2.0
// An idempotent producer: acks=all, enable.idempotence=true, partitioner=murmur2_random.
// Thread-safe.
#pragma once

#include "kafka/consumer.h"

struct producer;

enum { PRODUCER_TOPICS_MAX = 4 };

struct producer_record {
    const char *topic;
    int32_t partition; // -1: by the key
    struct slice key, value;
    int64_t timestamp_ms; // 0: now
    const struct record_header *headers;
    size_t header_count;
    void *tag;    // handed back with the report
    bool is_lent; // the value is not copied: it stays as it is until the report, or producer_free
};

// Called from producer_poll or producer_flush: delivered at partition and offset, or failed (err
// not NULL: FATAL means that this record was refused for good).
typedef void producer_report(void *self, void *tag, int32_t partition, int64_t offset,
                             const struct err *err);

int producer_new(const struct kafka_property *properties, size_t property_count,
                 producer_report *report, void *self, struct producer **out, struct err *err);
// From now on 8 bytes (the number 1, for an eventfd) are written to fd when reports have come and
// nobody has polled since. fd must not block, and outlive the producer.
int producer_wake(struct producer *producer, int fd, struct err *err);
// This topic will be written to, soon and often: who leads it is asked for in the background, so
// that the first record need not wait for the answer, and no record makes it look for the topic.
// Before other threads send. At most PRODUCER_TOPICS_MAX topics; more are ignored.
int producer_expect(struct producer *producer, const char *topic, struct err *err);
// Whether there is such a topic, as the brokers say now. RETRY if they cannot be asked within
// timeout_ms.
int producer_topic_exists(struct producer *producer, const char *topic, int timeout_ms,
                          bool *exists, struct err *err);
// Gives up what is not delivered; nothing is reported any more. Takes at most about 1 s.
void producer_free(struct producer *producer);
// Queues a copy (but see is_lent). RETRY with reason QUEUE_FULL: poll, then try again. FATAL
// RECORD_TOO_LARGE or RECORD_REFUSED: this record will never do. FATAL KAFKA_FATAL: this producer
// never sends again.
int producer_send(struct producer *producer, const struct producer_record *record, struct err *err);
// Waits for reports. RETRY: brokers cannot be reached or refuse us; it goes on by itself. FATAL
// KAFKA_FATAL: make a new producer.
int producer_poll(struct producer *producer, int timeout_ms, struct err *err);
// Waits until everything queued is reported; RETRY with what is left if timeout_ms was too short.
int producer_flush(struct producer *producer, int timeout_ms, struct err *err);
