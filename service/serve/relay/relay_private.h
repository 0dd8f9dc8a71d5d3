// SPDX-License-Identifier: Apache-2.0
// What the relay's thread holds, for the files that make it up.
#pragma once

#include "kafka/producer.h"
#include "serve/process/topic_watch.h"
#include "serve/relay/relay.h"
#include "serve/relay/relay_compare.h"
#include "serve/relay/relay_lane.h"
#include "serve/relay/relay_records.h"

enum { RELAY_CLAIM_MAX = 250 };

// All but process, wake_fd and finishing belongs to the thread.
struct relay {
    struct process *process; // borrowed
    pthread_t thread;
    bool started;
    int wake_fd; // an eventfd: reports have come, or it shall finish
    atomic_bool finishing;
    struct outbox *outbox;
    struct producer *producer; // NULL: none now
    struct relay_records records;
    bool schemas_known;
    struct lane lanes[OUTBOX_KINDS];
    struct relay_retry postgres, kafka, registry;
    struct relay_comparison comparison;
    struct topic_watch topics;
    struct trouble lock;         // somebody else has it, who is no relay
    _Atomic int32_t lock_holder; // that one's process at the server
    int64_t lock_told_at_us;     // when that was last logged (monotonic)
    unsigned lock_had_by_nobody; // in a row, so often it was not to be had all the same
    int64_t lock_at_us, holder_at_us, look_at_us, count_at_us, prune_at_us; // when next
    int64_t pruned_at_us;                                                   // when last
    int64_t mark_at_us;    // when what is delivered is marked at the latest; 0: nothing is
    bool was_filled;       // since the outbox was last looked at
    atomic_bool is_active; // as was told to the log and the metrics
    int64_t ids[2 * LANE_RECORDS_MAX];
    int64_t withdrawn[RELAY_CLAIM_MAX]; // rows of commands that must not go out
    size_t withdrawn_count;
};

// relay_retry.c
// Notes a failure, complains now and then, and sets when to try again. FATAL: the service ends.
void relay_failed(struct relay *relay, struct relay_retry *retry, const char *message,
                  const struct err *err);
// Something was written: what failed before no longer counts.
void relay_worked(struct relay_retry *retry);
// relay_lock.c
// Takes the lock, if it is time; and now and then looks who else has it.
void relay_take_lock(struct relay *relay);
// relay_publish.c
// Claims and sends what there is room for. Whether it is worth to come again at once.
bool relay_publish(struct relay *relay);
// Forgets all that is under way: it was claimed from another past of the database, in whose outbox
// the same numbers may mean something else.
void relay_forget(struct relay *relay);
// relay_compare.c
// The lock was taken: the ledger is compared before anything else is done with it.
void relay_compare_soon(struct relay *relay);
// Asks which past the database has; *is_another: not the one that it had when it was last asked.
int relay_learn_epoch(struct relay *relay, bool *is_another, struct err *err);
// Does a step of the comparison, if one is wanted. Whether it is worth to come again at once.
bool relay_compare(struct relay *relay);
// A record of ours is in its topic.
void relay_note_delivered(struct relay *relay, enum outbox_kind kind, int32_t partition,
                          int64_t offset);
// Writes down up to where the ledger has what was published; all that was delivered must be marked.
void relay_note_positions(struct relay *relay);
void relay_comparison_close(struct relay *relay);
// relay_withdraw.c
// Judges a claimed command once more; if it must not go out, notes that and returns false.
bool relay_may_publish(struct relay *relay, size_t index);
// Withdraws what was noted. What fails is claimed and judged again.
void relay_withdraw(struct relay *relay);
// relay_publish.c
// Takes the producer's reports.
void relay_poll(struct relay *relay);
// Marks what was delivered or refused, as far as PostgreSQL can be reached.
void relay_mark(struct relay *relay);
// Makes a producer where there is none and it is time.
void relay_prepare_producer(struct relay *relay);
// Learns the schemas' ids, where they are not known and it is time.
void relay_prepare_schemas(struct relay *relay);
// Looks whether the topics are there, if it is time.
void relay_look_at_topics(struct relay *relay);
