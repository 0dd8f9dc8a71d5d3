// SPDX-License-Identifier: Apache-2.0
// The jobs of a pass, folded again from their events, and where the events that decide were read.
// What there is no room for is left to another pass: the last quarter of the jobs, by their keys.
#pragma once

#include "base/key_hash.h"
#include "core/fold.h"
#include "verify/event_ref.h"
#include "verify/scope.h"

// Decisions of events that the history does not keep.
enum ref_slot { REF_ATTEMPT, REF_TICK, REF_TIME, REF_STATEMENT, REF_SLOTS };

struct folded_job {
    struct row *row; // owned
    struct event_ref slots[REF_SLOTS];
    bool has_slot[REF_SLOTS];
    struct event_ref *refs; // owned: of events that came into the history
    size_t ref_count, ref_room;
    int64_t first_at_us; // the earliest of its events
    bool is_seen;        // it was compared
    size_t bytes;
    UT_hash_handle hh;
};

struct folded_jobs {
    struct folded_job *table; // owned
    struct scope *scope;      // borrowed; its range becomes smaller when there is no more room
    size_t bytes, bytes_max;
};

void folded_jobs_init(struct folded_jobs *jobs, struct scope *scope, size_t bytes_max);
void folded_jobs_clear(struct folded_jobs *jobs);
size_t folded_jobs_count(const struct folded_jobs *jobs);
// NULL: nothing was folded of it.
struct folded_job *folded_jobs_find(const struct folded_jobs *jobs, const struct job_key *key);
// Folds an event of a job in scope; the id of where is set from it. DONE; RETRY without memory: the
// jobs are worth nothing more.
int folded_jobs_take(struct folded_jobs *jobs, const struct event *event, struct event_ref where,
                     struct err *err);
// Where the event of that id was read, of those that decide something; NULL: not known.
const struct event_ref *folded_job_ref(const struct folded_job *job, const struct uuid *id);
