// SPDX-License-Identifier: Apache-2.0
// The subscribers of one organisation, and its changed jobs that they have not been told of yet.
// Memory is bounded: when too many jobs change at once, the audience is flooded, which means that
// each subscriber is told to read its list again. Belongs to the hub's thread.
#pragma once

#include "base/key_hash.h"
#include "live/subscriber.h"

enum { CHANGED_MAX = 10000 };

struct changed_job {
    UT_hash_handle hh;
    size_t size;
    char job_id[];
};

struct audience {
    UT_hash_handle hh; // by organisation
    struct subscriber *first;
    struct changed_job *changed; // owned
    size_t organization_size;
    char organization_id[];
};

// NULL if it has no subscribers.
struct audience *audience_find(struct audience *audiences, struct slice organization_id);
// Makes it if there is none. NULL without memory.
struct audience *audience_get(struct audience **audiences, struct slice organization_id);
// Frees it. It must have no subscribers.
void audience_drop(struct audience **audiences, struct audience *audience);
// Notes that a job was changed. Floods the audience if that is one job too many, or without memory.
void audience_add(struct audience *audience, struct slice job_id);
// Too much was changed to be told job by job: marks all subscribers as stale, and forgets the jobs.
void audience_flood(struct audience *audience);
// Up to max of the ids of changed jobs, borrowed; how many.
size_t audience_changed(const struct audience *audience, struct slice *ids, size_t max);
// Forgets them: the subscribers have been told.
void audience_told(struct audience *audience, const struct slice *ids, size_t count);
