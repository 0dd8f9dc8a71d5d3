// SPDX-License-Identifier: Apache-2.0
// An event as it lies in the ring: this head, the job's id, the traceparent, the value for Kafka,
// and zeros up to a multiple of ENTRY_ALIGN. In a spool it is what a later process reads: a change
// of it is another SPOOL_VERSION. In the machine's own byte order.
#pragma once

#include <stdint.h>

#include "core/event.h"

enum {
    ENTRY_ALIGN = 8,
    ENTRY_SKIP = 0xff,
    // More than any takes.
    ENTRY_MOST = ERROR_DETAIL_MAX_BYTES + MESSAGE_MAX_BYTES + RESULT_URI_MAX_BYTES + 4096,
};

enum entry_state { ENTRY_QUEUED, ENTRY_SENT, ENTRY_AGAIN, ENTRY_DONE };

struct entry {
    uint32_t check;    // CRC-32 of what is behind state; of a skip, of this head alone; 0 in memory
    uint32_t state;    // enum entry_state; of the process that runs, nothing to a later one
    uint64_t position; // where it is in the ring, counted from the first byte that ever was
    uint32_t size;     // of all of it
    uint32_t value_size;
    int64_t occurred_at_us;
    struct uuid id;
    int32_t attempt;
    uint16_t job_id_size;
    uint8_t traceparent_size;
    uint8_t kind; // enum event_kind, or ENTRY_SKIP: nothing up to its end
};

static inline const char *entry_job_id(const struct entry *entry)
{
    return (const char *)(entry + 1);
}

static inline struct slice entry_traceparent(const struct entry *entry)
{
    return (struct slice){entry_job_id(entry) + entry->job_id_size, entry->traceparent_size};
}

static inline struct slice entry_value(const struct entry *entry)
{
    return (struct slice){entry_job_id(entry) + entry->job_id_size + entry->traceparent_size,
                          entry->value_size};
}

static inline size_t entry_aligned(size_t size)
{
    return (size + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
}
