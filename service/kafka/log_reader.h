// SPDX-License-Identifier: Apache-2.0
// Reads partitions from offsets that it is told, each in the order of its offsets: a client of its
// own, without a group, which commits nothing and so is seen by nobody. Of one thread.
#pragma once

#include "kafka/consumer.h"

struct log_reader;

// The partitions that it may read; later they are named by their place among these. Their topics
// are NUL-terminated; nothing is borrowed. Asks nobody yet. Errors as consumer_new.
int log_reader_new(const struct kafka_property *properties, size_t property_count,
                   const struct source *sources, size_t count, struct log_reader **out,
                   struct err *err);
// Accepts NULL. Every message handed out must have been freed before.
void log_reader_free(struct log_reader *reader);

// Begins to read a partition from that offset, also one that is being read: what was fetched of it
// is forgotten. RETRY.
int log_reader_start(struct log_reader *reader, size_t place, int64_t offset, struct err *err);
// What has arrived of a started partition, at most max; waits up to timeout_ms for the first. The
// messages become the caller's. *end: the position at the log's end, behind control records too, if
// these messages are the last before it; else -1. RETRY, with *count 0: it cannot be read on from
// where it is; reasons as those of consumer_events.partition_failed.
int log_reader_read(struct log_reader *reader, size_t place, int timeout_ms,
                    struct kafka_message **messages, size_t max, size_t *count, int64_t *end,
                    struct err *err);
// The first offset of each partition whose record has that Kafka timestamp or a later one, in the
// order of the sources; -1: there is none. RETRY.
int log_reader_offsets_since(struct log_reader *reader, int64_t time_ms, int timeout_ms,
                             int64_t *offsets, struct err *err);
// What the brokers last complained of, for whoever waited in vain; without a disposition: nothing.
const struct err *log_reader_trouble(struct log_reader *reader);
