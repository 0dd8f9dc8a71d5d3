// SPDX-License-Identifier: Apache-2.0
// The records that could not be understood, for the command line. Each call blocks and has a short
// connection of its own.
#pragma once

#include "core/ports.h"

// Slices are borrowed for the call of the visitor.
struct kept_dead_letter {
    int64_t id;
    int64_t created_at_us, published_at_us; // the latter TIME_NONE: not yet
    struct source source;
    int64_t offset, timestamp_ms; // Kafka's; -1: none
    struct slice stage, reason, message;
    int64_t value_bytes; // -1: no value
    // Only from dead_letters_show; otherwise absent, and no headers.
    struct slice key, value;
    const struct record_header *headers;
    size_t header_count;
};

struct dead_letters_visitor {
    void *self;
    void (*visit)(void *self, const struct kept_dead_letter *letter);
};

// Visits the newest first, limit at most. topic and reason may be NULL: any.
int dead_letters_list(const char *conninfo, int limit, const char *topic, const char *reason,
                      const struct dead_letters_visitor *visitor, struct err *err);
// Visits the one of that id, or none (*found says which).
int dead_letters_show(const char *conninfo, int64_t id, bool *found,
                      const struct dead_letters_visitor *visitor, struct err *err);
