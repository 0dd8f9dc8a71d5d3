// SPDX-License-Identifier: Apache-2.0
// Which topics the parts of a process need.
#pragma once

#include "serve/process/config.h"

struct needed_topic {
    const char *option, *name; // borrowed from the configuration
    bool is_read;
    bool has_brokers_time; // it needs message.timestamp.type=LogAppendTime
};

struct topic_needs {
    bool projects, has_gate, has_api;
};

// Those that need them, calloc'ed: the caller's to free. RETRY without memory.
int needed_topics(const struct config *config, const struct topic_needs *needs,
                  struct needed_topic **out, size_t *count, struct err *err);
