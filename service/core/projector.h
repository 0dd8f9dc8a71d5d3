// SPDX-License-Identifier: Apache-2.0
// Projects the events of a worker's partitions into PostgreSQL: folds them as they come, writes
// what has gathered in one transaction, and gathers the next batch meanwhile (docs/design.md,
// section 6). It owns the worker's row cache. One thread drives it; nothing blocks.
//
// The way of a batch:
//
//     gathering --(store is idle)--> reading unknown rows --> writing --> committed
//                                          ^                     |
//                                          '--- ROW_REPLACED ----'  (again, rows locked)
//
// Any other failure makes the projector forget everything: rows, positions, tracks. What it held is
// worth no more than the connection. The caller takes its partitions anew from where PostgreSQL
// says they stand.
#pragma once

#include "core/erasure.h"
#include "core/horizon.h"
#include "core/tracks.h"

struct projector;

struct projector_options {
    const struct store_port *store; // borrowed
    struct random_port random;
    // Borrowed; they may change while the projector holds nothing. NULL: none.
    const struct horizons *horizons;
    const struct erasures *erasures;
    size_t batch_records_max; // events and dead letters of one transaction
    size_t batch_bytes_max;   // of what they bring
    size_t cache_bytes_max;   // of rows kept that nothing waits for
    // A released track is settled and gone: all that was said of its source is committed. May be
    // NULL.
    void (*released)(void *self, const struct source *source);
    void *self;
};

// What a batch did, for metrics.
struct batch_done {
    size_t records, rows, dead_letters;
    size_t too_old; // events that came too late for a job without a row, about
};

// NULL without memory.
struct projector *projector_new(const struct projector_options *options);
void projector_free(struct projector *projector);

// A partition is ours, from this position on. The track is the projector's; it lives until it is
// released and settled, or until projector_step fails. NULL without memory.
struct track *projector_take(struct projector *projector, const struct source *source,
                             const struct source_position *position);
// It is ours no longer: nothing more will be said of it. What was folded is still written.
void projector_release(struct projector *projector, struct track *track);

// Whether one more record may be brought; else step first.
bool projector_has_room(const struct projector *projector);
// Folds a checked event. *changed: it was news, as far as is known. 0; POISON with the reason that
// PostgreSQL gave when it refused this very record before: bring it as a dead letter; RETRY without
// memory: call projector_forget.
int projector_event(struct projector *projector, struct track *track, int64_t offset,
                    const struct event *event, bool *changed, struct err *err);
// Takes in all that another row of the same job has seen, however old it is: where that row stands
// the job has not left. 0, or RETRY as above.
int projector_row(struct projector *projector, const struct row *row, struct err *err);
// Keeps a dead letter, copied, its source being the track's. 0, or RETRY as above.
int projector_dead_letter(struct projector *projector, struct track *track,
                          const struct dead_letter *letter, struct err *err);
// How far a track was brought, and where its log ends, is told to the track (core/tracks.h).

// Lets the store go on, and starts what can be started. *done is filled and *committed set when a
// batch was committed. 0; otherwise everything is forgotten, tracks included, and the disposition
// says what to do: RETRY, FENCED and POISON: take the partitions anew (after POISON batches are
// divided until the refused record is alone; it is then known to projector_event); FATAL: stop.
int projector_step(struct projector *projector, struct batch_done *done, bool *committed,
                   struct err *err);
// Nothing gathered and nothing under way.
bool projector_is_idle(const struct projector *projector);
// Drops rows, batches and tracks, as after a failure. The store must have nothing under way.
void projector_forget(struct projector *projector);
// Rows kept and the memory they hold, for metrics.
void projector_cache_size(const struct projector *projector, size_t *rows, size_t *bytes);
