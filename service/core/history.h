// SPDX-License-Identifier: Apache-2.0
// Why a job is in its state: three bounded sets of events, each ordered by its own winning rule,
// best first (design section 5, "History"). A set is a join semilattice: any order of adding
// gives the same entries.
#pragma once

#include "core/event.h"

enum { HISTORY_SET_MAX = 16, HISTORY_MESSAGE_MAX_BYTES = 256 };

// The winning rules: creations the earliest whatever its attempt; starts and ends the highest
// attempt, then the earliest.
enum history_set_kind { HISTORY_CREATIONS, HISTORY_STARTS, HISTORY_ENDS, HISTORY_SETS };

// An event without what is too long to keep. Its order among entries that tie on time, id and
// kind is the canonical order of core/order.h as far as the entry holds it.
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
    // The slices point behind the entry, into the same allocation.
};

struct history {
    struct history_entry **entries[HISTORY_SETS]; // owned; best first
    uint8_t count[HISTORY_SETS], capacity[HISTORY_SETS];
    size_t bytes; // of memory held
};
