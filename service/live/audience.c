// SPDX-License-Identifier: Apache-2.0
#include "live/audience.h"

#include <stdlib.h>

struct audience *audience_find(struct audience *audiences, struct slice organization_id)
{
    struct audience *found;

    HASH_FIND(hh, audiences, organization_id.data, organization_id.size, found);
    return found;
}

struct audience *audience_get(struct audience **audiences, struct slice organization_id)
{
    struct audience *audience = audience_find(*audiences, organization_id);

    if (audience)
        return audience;
    audience = calloc(1, sizeof *audience + organization_id.size);
    if (!audience)
        return NULL;
    audience->organization_size = organization_id.size;
    memcpy(audience->organization_id, organization_id.data, organization_id.size);
    HASH_ADD_KEYPTR(hh, *audiences, audience->organization_id, audience->organization_size,
                    audience);
    if (audience->hh.tbl)
        return audience;
    free(audience);
    return NULL;
}

static void forget_all(struct audience *audience)
{
    struct changed_job *job, *next;

    HASH_ITER (hh, audience->changed, job, next) {
        // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): lost in the macro
        HASH_DELETE(hh, audience->changed, job);
        free(job);
    }
}

void audience_drop(struct audience **audiences, struct audience *audience)
{
    forget_all(audience);
    HASH_DELETE(hh, *audiences, audience);
    free(audience);
}

void audience_flood(struct audience *audience)
{
    forget_all(audience);
    for (struct subscriber *at = audience->first; at; at = at->next)
        at->is_stale = true;
}

static struct changed_job *find_job(const struct audience *audience, struct slice job_id)
{
    struct changed_job *job;

    HASH_FIND(hh, audience->changed, job_id.data, job_id.size, job);
    return job;
}

void audience_add(struct audience *audience, struct slice job_id)
{
    struct changed_job *job;

    if (find_job(audience, job_id))
        return;
    job = HASH_COUNT(audience->changed) < CHANGED_MAX ? malloc(sizeof *job + job_id.size) : NULL;
    if (job) {
        job->size = job_id.size;
        memcpy(job->job_id, job_id.data, job_id.size);
        HASH_ADD_KEYPTR(hh, audience->changed, job->job_id, job->size, job);
        if (job->hh.tbl)
            return;
        free(job);
    }
    audience_flood(audience);
}

size_t audience_changed(const struct audience *audience, struct slice *ids, size_t max)
{
    size_t count = 0;

    for (struct changed_job *job = audience->changed; job && count < max; job = job->hh.next)
        ids[count++] = (struct slice){job->job_id, job->size};
    return count;
}

void audience_told(struct audience *audience, const struct slice *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct changed_job *job = find_job(audience, ids[i]);

        HASH_DELETE(hh, audience->changed, job);
        free(job);
    }
}
