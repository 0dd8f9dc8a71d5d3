// SPDX-License-Identifier: Apache-2.0
// The cancel commands of topic.commands, as whoever runs jobs listens to them: in a consumer group
// of its own, from the log's end at the moment of opening. For made-up jobs: what cannot be read
// is said and passed over. Belongs to one thread.
#pragma once

#include "serve/process/config.h"
#include "wire/cancel_messages.h"

struct command_feed;

struct command_listener {
    void *self;
    // The slices are borrowed for the call. A command may come more than once.
    void (*command)(void *self, const struct cancel_job *command);
};

// The config is borrowed.
// RETRY, with reason TOPIC_MISSING if there is no such topic; FATAL for a setting that will not do.
int command_feed_open(const struct config *config, const struct command_listener *listener,
                      struct command_feed **out, struct err *err);
// Accepts NULL. Takes at most about 3 s.
void command_feed_close(struct command_feed *feed);
// Tells the listener of what has come; does not wait. Trouble is logged once, until it changes.
// Accepts NULL.
void command_feed_poll(struct command_feed *feed);
