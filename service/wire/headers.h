// SPDX-License-Identifier: Apache-2.0
// The Kafka headers that mean something to us: the schema's name, the trace, and CloudEvents 1.0
// in the binary mode of its Kafka binding.
#pragma once

#include "core/event.h"
#include "core/ports.h"

#define HEADER_VALUE_SCHEMA_ID "__value_schema_id"
#define HEADER_TRACEPARENT     "traceparent"

enum { CLOUD_EVENT_HEADERS = 7 };

// The last header of that name (Kafka keeps repetitions), or NULL.
const struct record_header *header_find(const struct record_header *headers, size_t count,
                                        const char *name);

// The caller's storage. headers point into the texts beside them and into what was borrowed.
struct cloud_event {
    struct record_header headers[CLOUD_EVENT_HEADERS];
    char id[UUID_TEXT_SIZE];
    char time[TIME_TEXT_SIZE];
};

// Fills ce_specversion, ce_id, ce_source, ce_type, ce_time, ce_subject and content-type. Must not
// be moved afterwards.
// source: a URI reference of whoever emits; type: the record's full name; subject: the job's id;
// all borrowed.
void cloud_event_make(struct cloud_event *out, const struct uuid *id, int64_t time_us,
                      struct slice source, struct slice type, struct slice subject);
