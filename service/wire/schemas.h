// SPDX-License-Identifier: Apache-2.0
// The Avro schemas of schemas/avro, as they are embedded in the binary.
#pragma once

#include <stdint.h>

#include "core/event.h"

#define OWN_NAMESPACE "jobtrail.v1"

enum { OWN_SCHEMAS = EVENT_KINDS + 3 };

struct own_schema {
    const char *name;      // "JobCreated"
    const char *full_name; // "jobtrail.v1.JobCreated"
    struct slice json;     // the file
    uint64_t fingerprint;  // CRC-64-AVRO of its parsing canonical form
};

// All of them, events first in the order of enum event_kind, then CancelRequested, CancelJob,
// CancelDecided. Thread-safe, cannot fail.
const struct own_schema *own_schemas(size_t *count);
// The one of that name, or NULL.
const struct own_schema *own_schema_find(const char *name);
