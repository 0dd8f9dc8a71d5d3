// SPDX-License-Identifier: Apache-2.0
// An emitter from within. Calls of the host put entries into the ring under the lock (telling.c);
// one thread, the sender (sender.c), takes them to Kafka, hears what became of them and frees their
// room:
//
//   host's threads ─ telling ─▶ ring ──▶ sender ──▶ kafka/producer ──▶ Kafka
//                                 ▲          │ reports
//                                 └── room ──┘
//
// They share what stands below the lock, and the entries between tail and head, which nobody moves.
#pragma once

#include <pthread.h>

#include <jobtrail/emitter.h>
#include <jobtrail/job.h>

#include "client/event_ids.h"
#include "client/ring.h"
#include "client/settings.h"

struct sender;

struct jobtrail_emitter {
    const struct client_config *config; // retained
    struct slice organization, source;  // of the config; source may be absent
    bool derives_ids;
    uint64_t most_events;
    jobtrail_delivered *delivered; // NULL: nobody asks
    jobtrail_room *room;
    void *self;
    volatile uint32_t *life; // a page that is zero in a child of this process
    int room_fd;
    struct sender *sender; // owned; its thread runs from new to close

    pthread_mutex_t lock; // guards all that follows
    pthread_cond_t work;  // the sender waits: there is something to send, or it shall end
    pthread_cond_t freed; // others wait: the tail moved, or there is room
    struct ring ring;
    struct buffer entry; // in which telling.c puts one together
    struct random_ids random;
    struct jobtrail_job *held; // those with a tick beside the queue, by age
    bool is_idle;              // the sender waits for work
    bool is_full;              // somebody was told so
    bool is_ending;
    struct jobtrail_counts counts; // but queued and queued_bytes
    uint64_t refused_told;         // of counts.refused, by flush
    struct err refusal;            // the last one
    struct err trouble; // what Kafka's client said last; DONE: nothing since it got through
};

struct jobtrail_job {
    struct jobtrail_emitter *emitter;
    char *id; // owned
    int32_t attempt;
    // Guarded by the emitter's lock.
    unsigned holders;                 // the handle; its place among those held
    int64_t last_us;                  // of the last event that has our time
    uint64_t sequence;                // of the last event but a creation
    bool has_held;                    // the entry of a tick is in held
    struct buffer held;               // owned
    struct jobtrail_job *prev, *next; // among those held
};

// False: this process is a child of the emitter's.
static inline bool emitter_is_ours(const struct jobtrail_emitter *emitter)
{
    return *emitter->life != 0;
}
// JOBTRAIL_FORKED.
int emitter_forked(struct jobtrail_error *error);
// Whether an entry of that size may be put into the queue; a tick into three quarters of it. Under
// the lock.
bool emitter_has_room(const struct jobtrail_emitter *emitter, size_t size, bool is_tick);
// Wakes the sender if it waits. Under the lock.
void emitter_wake(struct jobtrail_emitter *emitter);
// Puts the job's tick that is held into the queue. RETRY QUEUE_FULL, SPOOL_SYNC. Under the lock.
int job_append_held(struct jobtrail_job *job, bool is_tick, struct err *err);
// Holds an entry of a tick; one that was held is forgotten. RETRY without memory. Under the lock.
int job_hold(struct jobtrail_job *job, const struct buffer *entry, struct err *err);
// Puts ticks that are held into the queue as long as there is room. Under the lock.
void emitter_release_held(struct jobtrail_emitter *emitter);
// One holder less. Under the lock.
void job_release(struct jobtrail_job *job);

// The thread that sends. RETRY: no thread or memory; FATAL BAD_PROPERTY.
int sender_start(struct jobtrail_emitter *emitter, struct sender **out, struct err *err);
// Ends it. What is not acknowledged stays in the ring.
void sender_stop(struct sender *sender);
