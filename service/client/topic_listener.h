// SPDX-License-Identifier: Apache-2.0
// A thread that reads a topic as kafka/topic_tail.h does, and hands over record by record. Between
// records it sleeps. It takes no signals.
#pragma once

#include "base/log.h"
#include "kafka/topic_tail.h"
#include "wire/framing.h"

struct topic_listener;

// Called by the listener's thread alone, from topic_listener_open until topic_listener_close.
struct topic_listener_port {
    void *self;
    // All borrowed. RETRY: the record is handed over again after a while, and nothing behind it is
    // before.
    int (*take)(void *self, const struct wire_record *record, struct err *err);
    // Something is wrong from now on, or something else; NULL: nothing, all partitions are read.
    void (*trouble)(void *self, const struct err *err);
};

// Asks nobody yet: what cannot be reached is the port's to hear. options: wake_fd is ours. log: of
// the thread; borrowed.
// FATAL BAD_PROPERTY; RETRY (OUT_OF_MEMORY, NO_THREAD, NO_DESCRIPTOR).
int topic_listener_open(const struct topic_tail_options *options,
                        const struct topic_listener_port *port, const struct log_target *log,
                        struct topic_listener **out, struct err *err);
// Waits for the port's call under way and for a question to the brokers that nobody answers, at
// most about TOPIC_TAIL_ASK_MS. Accepts NULL.
void topic_listener_close(struct topic_listener *listener);
