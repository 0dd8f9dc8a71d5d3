// SPDX-License-Identifier: Apache-2.0
// Reads single records of logs by their offsets, whatever a consumer reads of them at the same
// time: a client of its own, without a group, which asks for as little as brokers give. Of one
// thread.
#pragma once

#include "kafka/consumer.h"

struct record_probe;

// Asks nobody yet. The properties are borrowed for its life. Errors as consumer_new.
int record_probe_new(const struct kafka_property *properties, size_t property_count,
                     struct record_probe **out, struct err *err);
// Accepts NULL.
void record_probe_free(struct record_probe *probe);
// The first record from that offset on, the caller's; NULL where the log has none from there on, or
// no longer keeps the offset. The source's topic is NUL-terminated. RETRY if it was not told in
// time.
int record_probe_read(struct record_probe *probe, const struct source *source, int64_t offset,
                      int timeout_ms, struct kafka_message **out, struct err *err);
