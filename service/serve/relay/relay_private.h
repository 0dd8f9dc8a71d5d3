// SPDX-License-Identifier: Apache-2.0
// What the relay's thread holds, for the files that make it up.
#pragma once

#include "kafka/producer.h"
#include "serve/relay/relay.h"
#include "serve/relay/relay_lane.h"
#include "serve/relay/relay_records.h"

// Something that failed and is tried again later.
struct relay_retry {
    unsigned failures; // in a row
    int64_t at_us, complain_at_us;
};

// All but process, wake_fd and finishing belongs to the thread.
struct relay {
    struct process *process; // borrowed
    pthread_t thread;
    int wake_fd; // an eventfd: reports have come, or it shall finish
    atomic_bool finishing;
    struct outbox *outbox;
    struct producer *producer; // NULL: none now
    struct relay_records records;
    bool schemas_known;
    struct lane lanes[OUTBOX_KINDS];
    struct relay_retry postgres, kafka, registry;
    int64_t lock_at_us, look_at_us, count_at_us, prune_at_us; // when next
    int64_t mark_at_us; // when what is delivered is marked at the latest; 0: nothing is
    bool was_filled;    // since the outbox was last looked at
    bool is_active;     // as was told to the log and the metrics
    int64_t ids[2 * LANE_RECORDS_MAX];
};

// relay_retry.c
// Notes a failure, complains now and then, and sets when to try again. FATAL: the service ends.
void relay_failed(struct relay *relay, struct relay_retry *retry, const char *message,
                  const struct err *err);
// relay_publish.c
// Claims and sends what there is room for. Whether it is worth to come again at once.
bool relay_publish(struct relay *relay);
// Takes the producer's reports.
void relay_poll(struct relay *relay);
// Marks what was delivered or refused, as far as PostgreSQL can be reached.
void relay_mark(struct relay *relay);
// Makes a producer and learns the schemas' ids, where they are missing and it is time.
void relay_prepare(struct relay *relay);
