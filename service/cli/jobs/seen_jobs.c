// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/seen_jobs.h"

#include <stdlib.h>

#include "cli/jobs/job_members.h"
#include "cli/terminal/json_text.h"

int seen_jobs_init(struct seen_jobs *seen, size_t most, struct err *err)
{
    *seen = (struct seen_jobs){.marks = json_object(), .most = most};
    return seen->marks ? DONE : err_no_memory(err);
}

void seen_jobs_free(struct seen_jobs *seen)
{
    json_decref(seen->marks);
    seen->marks = NULL;
}

// FNV-1a. If two states of a job have the same hash, a change is not shown; the next one is.
static json_int_t mark_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (json_int_t)hash;
}

static void forget_oldest(struct seen_jobs *seen)
{
    void *oldest = json_object_iter(seen->marks);

    if (oldest)
        json_object_deln(seen->marks, json_object_iter_key(oldest),
                         json_object_iter_key_len(oldest));
}

int seen_jobs_add(struct seen_jobs *seen, const json_t *job, bool *is_new, struct err *err)
{
    struct slice id = member_text(job, "jobID");
    char *text = json_text(job, JSON_COMPACT | JSON_SORT_KEYS);
    const json_t *known;
    json_int_t mark;

    if (!text)
        return err_no_memory(err);
    mark = mark_of(text);
    free(text);
    known = slice_is_null(id) ? NULL : json_object_getn(seen->marks, id.data, id.size);
    *is_new = !known || json_integer_value(known) != mark;
    if (!*is_new || slice_is_null(id))
        return DONE;
    json_object_deln(seen->marks, id.data, id.size);
    if (json_object_size(seen->marks) >= seen->most)
        forget_oldest(seen);
    if (json_object_setn_new(seen->marks, id.data, id.size, json_integer(mark)))
        return err_no_memory(err);
    return DONE;
}

bool seen_jobs_remove(struct seen_jobs *seen, struct slice id)
{
    return !slice_is_null(id) && !json_object_deln(seen->marks, id.data, id.size);
}
