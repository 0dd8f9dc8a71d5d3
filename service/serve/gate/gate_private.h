// SPDX-License-Identifier: Apache-2.0
// What the files of the gate's thread share:
//   gate_thread.c   making, running, freeing
//   gate_intake.c   records in their order       request_intake.c  from a record to a request
//   gate_batch.c    from requests to one transaction
//   gate_log_ends.c where the logs end
#pragma once

#include "core/gate_transaction.h"
#include "core/intake.h"
#include "serve/gate/cancel_credentials.h"
#include "serve/gate/gate_thread.h"
#include "serve/process/postgres_state.h"
#include "serve/source/rivalry.h"
#include "serve/source/sources.h"
#include "store/ledger/ledger.h"
#include "wire/cancel_messages.h"

// A partition of job.cancel-requests.
struct gate_partition {
    struct reading reading; // first: the table of readings has these as its items
    struct intake_hold hold;
};

static inline struct gate_partition *gate_partition(struct reading *reading)
{
    return (struct gate_partition *)(void *)reading;
}

enum gate_item_kind { ITEM_REQUEST, ITEM_DEAD_LETTER, ITEM_END };

// A record of the batch, or the end of a log behind control records (ITEM_END).
struct gate_item {
    enum gate_item_kind kind;
    struct reading *reading;
    int64_t next_offset;
    struct read_record last;        // not of ITEM_END, as record
    struct intake_record record;    // borrowed from the message, its headers from the arena
    struct cancel_request request;  // ITEM_REQUEST
    struct dead_letter dead_letter; // ITEM_DEAD_LETTER
};

// What goes into one transaction. Texts are borrowed from the messages and from the arena.
struct gate_batch {
    struct gate_item items[GATE_BATCH_MAX];
    size_t count;
    struct cancel_request requests[GATE_BATCH_MAX]; // of the items, for gate_may_join
    size_t request_count;
    struct arena arena;
};

struct gate_thread {
    struct process *process;
    pthread_t thread;
    bool started;

    struct consumer *consumer;
    struct readings readings; // of struct gate_partition
    struct sources sources;
    struct position_store *positions;
    struct record_probe *probe;
    struct ledger *ledger;
    struct gate gate;
    struct record_decoder *decoder;
    struct cancel_credentials *credentials;
    struct intake intake;
    struct gate_batch batch;

    unsigned failures;     // of PostgreSQL, in a row
    int64_t connect_at_us; // PostgreSQL rests until then (monotonic)
    int64_t look_at_us;    // at what waits, next (monotonic)
    int64_t check_at_us;   // whether the topic is there, next (monotonic)
    uint64_t told_round;   // of the log watch, the last that was noted
    int64_t told_at_us;    // when trouble with Kafka was last logged (monotonic)
    struct postgres_state postgres_state;
    atomic_bool is_denied; // the group does not let us in
    atomic_bool kafka_ready;
    _Atomic int64_t heard_at_us; // when kafka_ready was last so (monotonic); 0: never
    struct trouble trouble;      // transactions that fail
    struct rivalry rivalry;
};

// gate_intake.c
// Takes the records in, and commits what is decided on them. They stay the caller's.
void gate_intake(struct gate_thread *thread, struct kafka_message **messages, size_t count);
// Takes in where a log ends behind control records: the position stands there, not behind the last
// record. A hook of the sources; self is the thread.
void gate_intake_end(void *self, struct reading *reading, int64_t next_offset);

// request_intake.c
// Takes a record of item->reading through the intake. INTAKE_TAKEN and INTAKE_DEAD_LETTER: the
// item's kind, record and request or dead letter are set.
enum intake_result gate_bring_request(struct gate_thread *thread,
                                      const struct kafka_message *message,
                                      const struct kafka_record *from, struct gate_item *item,
                                      struct err *err);

// gate_log_ends.c
// Notes them, if there is news.
void gate_note_log_ends(struct gate_thread *thread);

// gate_batch.c
// Whether the item may join; if not, commit first.
bool gate_batch_has_room(const struct gate_batch *batch, const struct gate_item *item);
void gate_batch_add(struct gate_batch *batch, const struct gate_item *item);
// The transaction of what has gathered; empties the batch. A failure restarts the partitions.
void gate_batch_commit(struct gate_thread *thread);
// What a failed transaction means for the connection and for the service; and one that was written.
void gate_failed(struct gate_thread *thread, int rc, const struct err *err);
void gate_worked(struct gate_thread *thread);
