// SPDX-License-Identifier: Apache-2.0
// The projections besides the live one: one that is being filled, and one that was live before; and
// the swap. The live one is jobtrail_p1 at all times. Everything blocks. Of one thread.
#pragma once

#include "core/own_key.h"
#include "core/ports.h"
#include "store/connection/connection_options.h"

// The schema of what is being filled, for store/projection.
#define FILLED_PROJECTION "jobtrail_p2"

struct projections;

// Connects, and keeps other rebuilds out as long as it is open: RETRY with reason REBUILD_RUNS if
// one is at work. Else errors as session_connect of a session that writes.
int projections_open(const struct connection_options *options, struct projections **out,
                     struct err *err);
// Accepts NULL.
void projections_close(struct projections *projections);

struct projections_state {
    bool has_filled, has_old; // one is being filled; one that was live before is kept
    bool is_undo;             // what is filled was live before
    bool is_whole;            // the logs lack nothing of which the live one may know
};
int projections_state(struct projections *projections, struct projections_state *state,
                      struct err *err);

// Makes an empty one, all its tables like those of the live one. FATAL with reason HINDRANCE if
// somebody tied something to the live one that it would not have.
int projections_begin(struct projections *projections, struct err *err);
// The one that was live before is the one to be filled.
int projections_take_back(struct projections *projections, struct err *err);
// Gives up what is being filled; one that was live before is kept as that.
int projections_abandon(struct projections *projections, struct err *err);
// Removes the one that was live before.
int projections_drop(struct projections *projections, struct err *err);

// Begins to fill from a source at that offset, unless that was begun.
int projections_add_source(struct projections *projections, const struct source *source,
                           int64_t next_offset, struct err *err);
// How far it is filled from a source that was begun; -1: it was not.
int projections_position(struct projections *projections, const struct source *source,
                         struct source_position *out, struct err *err);
// From now on is_whole is false.
int projections_note_gap(struct projections *projections, struct err *err);

// Notes which jobs behind *end (unset: from the first of all) have rows that are not the same in
// both, a few thousand at a time; *end moves on, and is unset behind the last. *jobs: how many of
// the live projection, about.
int projections_compare(struct projections *projections, struct own_key *end, uint64_t *jobs,
                        struct err *err);
// So that statements on the rows are planned well.
int projections_analyze(struct projections *projections, struct err *err);

// From now on, until it is closed, retention removes nothing from the live projection: what left it
// while both are compared would be brought back by the swap.
int projections_hold_retention(struct projections *projections, struct err *err);
// Removes from what is filled what has left the live projection: of those that differ, jobs that
// only the filled one has and that leave by the horizons in force. *removed: so many more.
int projections_let_leave(struct projections *projections, uint64_t *removed, struct err *err);

// Forgets which of these jobs are the same by now. What differs falsely is only told needlessly.
int projections_refine(struct projections *projections, struct err *err);

enum loss_kind { LOSS_VANISHED, LOSS_CREATOR, LOSS_DISPUTE, LOSS_KINDS };
// A job that would be gone, have another creator, or be disputed no longer.
struct loss {
    enum loss_kind kind;
    struct job_key key;
    struct slice before, after; // its creator; may be absent
};
struct losses {
    uint64_t differing;         // jobs whose rows are not the same
    uint64_t count[LOSS_KINDS]; // of these
};
struct losses_visitor {
    void *self;
    int (*visit)(void *self, const struct loss *loss, struct err *err);
};
// Counts, and visits the first ten of each kind.
int projections_losses(struct projections *projections, struct losses *out,
                       const struct losses_visitor *visitor, struct err *err);

// Begins a transaction that keeps writers from the live projection. RETRY with reason LOCK_TIMEOUT
// (store/connection/errors.h): others are in the way; try again after a rest.
int projections_lock(struct projections *projections, struct err *err);
// Ends that transaction; all is as before.
void projections_unlock(struct projections *projections);
// In that transaction, and to its end: what is filled is the live one, and that one the one that
// was live before. RETRY: nothing was swapped; reason LOCK_TIMEOUT, PROJECTION_BEHIND (it is not
// filled as far as the live one) or STORE_TOO_SLOW. After CONNECTION_LOST it may have been.
int projections_swap(struct projections *projections, struct err *err);
