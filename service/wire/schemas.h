// SPDX-License-Identifier: Apache-2.0
// The Avro schemas of schemas/avro, as they are embedded in the binary.
#pragma once

#include <stdint.h>

#include "core/event.h"
#include "wire/canonical.h"

#define OWN_NAMESPACE "jobtrail.v1"

enum { OWN_SCHEMAS = EVENT_KINDS + 3 };

struct own_schema {
    const char *name;      // "JobCreated"
    const char *full_name; // "jobtrail.v1.JobCreated"
    struct slice json;     // the file
    // By each form; we write the specified one.
    uint64_t fingerprints[CANONICAL_FORMS];
};

// All of them, events first in the order of enum event_kind, then CancelRequested, CancelJob,
// CancelDecided. Thread-safe, cannot fail.
const struct own_schema *own_schemas(size_t *count);
// The one that has it, by whatever form, or NULL.
const struct own_schema *own_schema_by_fingerprint(uint64_t fingerprint);
// The one of that name, or NULL.
const struct own_schema *own_schema_find(const char *name);
