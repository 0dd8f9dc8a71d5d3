// SPDX-License-Identifier: Apache-2.0
// What the two files of a worker share: worker.c runs it, worker_records.c brings it records.
#pragma once

#include "core/intake.h"
#include "core/projector.h"
#include "serve/process/meters.h"
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
    struct work *work; // popped, not yet done with
    struct record_decoder *decoder;
    struct projector *projector;
    struct intake intake;
    struct arena arena;    // of one record
    int64_t held_until_us; // the record at hand is brought again then (monotonic); 0: none is held

    uint64_t drawn[DRAWN_AT_ONCE]; // random numbers not yet used
    size_t drawn_left;

    struct batch_store *store;
    unsigned failures; // in a row
    unsigned refusals; // of PostgreSQL, in a row
    struct rivalry rivalry;
    struct trouble trouble;   // batches that fail
    int64_t resume_at_us;     // nothing is asked of PostgreSQL before (monotonic)
    bool abandons_connection; // a new one is wanted whatever the old one is worth

    // Of the records since the counters were last told.
    unsigned outcomes[EVENT_KINDS + 1][EVENT_OUTCOMES];

    atomic_bool finishing, ready;
    _Atomic size_t cached_rows, cached_bytes;
};

// Brings up to budget records of the work at hand to the projector and advances its position.
// Returns how many were done with; the work is done with when its next equals its count. Ends early
// when the projector has no room or a record is held (held_until_us). DONE; RETRY without memory:
// what was brought is worth nothing.
int worker_bring_records(struct worker *worker, size_t budget, size_t *brought, struct err *err);
