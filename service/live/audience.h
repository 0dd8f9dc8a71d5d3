// SPDX-License-Identifier: Apache-2.0
// The subscribers of one organisation, and its jobs that were changed and are not told yet: in
// bounded memory, since of too many one can only say that there were too many. Belongs to the hub's
// thread.
#pragma once

#include <uthash.h>

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
// Made where there is none. NULL without memory.
struct audience *audience_get(struct audience **audiences, struct slice organization_id);
// Frees it; it has no subscribers any more.
void audience_drop(struct audience **audiences, struct audience *audience);
// One job was changed. Where that is one too many, or memory is short, it is flooded.
void audience_add(struct audience *audience, struct slice job_id);
// More was changed than can be told: all subscribers are to look anew, and nothing else is left to
// tell.
void audience_flood(struct audience *audience);
// Up to max of the ids of changed jobs, borrowed; how many.
size_t audience_changed(const struct audience *audience, struct slice *ids, size_t max);
// They are told.
void audience_told(struct audience *audience, const struct slice *ids, size_t count);
