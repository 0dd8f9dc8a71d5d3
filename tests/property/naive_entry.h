// SPDX-License-Identifier: Apache-2.0
// What the oracle keeps of an event in a history set.
#pragma once

#include "core/history.h"

struct history_entry {
    int64_t occurred_at_us;
    struct uuid event_id;
    struct uuid command_id; // JOB_CANCELLED with has_command
    int32_t attempt;
    uint8_t kind;            // enum event_kind
    bool cancellable;        // JOB_CREATED
    bool has_command;        // JOB_CANCELLED
    struct slice message;    // cut to HISTORY_MESSAGE_MAX_BYTES
    struct slice type;       // JOB_CREATED
    struct slice creator_id; // JOB_CREATED
    struct slice error_code; // JOB_FAILED
};
