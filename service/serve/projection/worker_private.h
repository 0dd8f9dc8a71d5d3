// SPDX-License-Identifier: Apache-2.0
// What the files of a worker share: worker.c runs it, worker_work.c does what it was handed, in its
// order, and worker_records.c brings it records.
#pragma once

#include "core/intake.h"
#include "core/projector.h"
#include "serve/process/meters.h"
#include "serve/process/postgres_state.h"
#include "serve/projection/held_work.h"
#include "serve/projection/worker.h"
#include "serve/source/rivalry.h"
#include "store/projection/batch_store.h"
#include "wire/event_messages.h"

enum { DRAWN_AT_ONCE = 64 };

struct worker {
    struct process *process;
    const struct readings *readings;
    size_t index;
    char name[24]; // "worker-0"
    pthread_t thread;
    bool started;

    struct work_queue *queue;
    struct work *work;     // popped, not yet done with
    struct held_work held; // what waits behind records that are held
    struct record_decoder *decoder;
    struct projector *projector;
    struct intake intake;
    struct arena arena;    // of one record
    int64_t held_until_us; // the record brought last is brought again then (monotonic); 0: not held

    uint64_t drawn[DRAWN_AT_ONCE]; // random numbers not yet used
    size_t drawn_left;

    struct batch_store *store;
    unsigned failures; // in a row
    unsigned refusals; // of PostgreSQL, in a row
    struct rivalry rivalry;
    struct trouble trouble;   // batches that fail
    int64_t resume_at_us;     // nothing is asked of PostgreSQL before (monotonic)
    bool abandons_connection; // a new one is wanted whatever the old one is worth

    size_t too_old_untold; // events that were ignored since that was last logged
    int64_t too_old_told_at_us;

    // Of the records since the counters were last told.
    unsigned outcomes[EVENT_KINDS + 1][EVENT_OUTCOMES];

    atomic_bool finishing;
    struct postgres_state postgres_state;
    _Atomic size_t cached_rows, cached_bytes;
};

// Brings up to budget records of the work at hand to the projector and advances its position.
// Returns how many were done with; the work is done with when its next equals its count. Ends early
// when the projector has no room or a record is held (held_until_us). DONE; RETRY without memory:
// what was brought is worth nothing.
int worker_bring_records(struct worker *worker, size_t budget, size_t *brought, struct err *err);

// Folds what has arrived, a slice at most and as far as there is room. *more: more may be waiting.
// DONE; RETRY without memory: what
// was folded is worth nothing.
int worker_bring(struct worker *worker, bool *more, struct err *err);
// What was folded is worth nothing any more, for that reason: all partitions start again from where
// they stand.
void worker_forget(struct worker *worker, const char *reason);
// The partitions that this worker projects now, one after the other from *at = 0 on.
bool worker_next_projected(struct worker *worker, size_t *at, struct projected_partition **out);
