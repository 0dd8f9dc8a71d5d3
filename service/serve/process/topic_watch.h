// SPDX-License-Identifier: Apache-2.0
// Whether the topics that the parts of this process need are there: asked when it starts and now
// and then, so that a topic of commands that nobody made is told at once and by name, and not at
// the first cancellation. One thread looks, any may ask what was seen.
#pragma once

#include <stdatomic.h>

#include "base/backoff.h"
#include "base/buffer.h"
#include "serve/process/process.h"

struct watched_topic {
    const char *option, *name; // borrowed from the configuration
    bool is_read;
    bool has_brokers_time;  // it needs message.timestamp.type=LogAppendTime
    atomic_bool is_missing; // as was seen last
    atomic_bool is_denied;  // it may be there: we may not even ask
    int64_t told_at_us;     // when one of these was last logged (monotonic)
};

struct topic_watch {
    const char *bootstrap_servers; // borrowed
    struct watched_topic *topics;  // owned
    size_t count;
    int64_t look_at_us; // next (monotonic)
    struct backoff backoff;
};

// Whether there is such a topic. RETRY if nobody can be asked; AUTHORIZATION_FAILED: about this
// one.
typedef int topic_exists(void *self, const char *topic, bool *exists, struct err *err);

// What the parts of the process need. RETRY without memory.
int topic_watch_init(struct topic_watch *watch, const struct process *process, struct err *err);
void topic_watch_close(struct topic_watch *watch);
// Looks, if it is time: a moment after a topic was missing, half a minute after all were there.
// Blocks as long as exists does, and ends with the first topic that nobody can be asked for.
void topic_watch_look(struct topic_watch *watch, int64_t now_us, topic_exists *exists, void *self);
// Whether none is missing or denied; if not, appends a line for each with the command that mends
// it. Any thread.
bool topic_watch_is_ready(const struct topic_watch *watch, struct buffer *reasons);
// How a person makes a topic: a command for the shell.
void topic_append_command(struct buffer *out, const char *bootstrap_servers, const char *topic,
                          bool has_brokers_time);
