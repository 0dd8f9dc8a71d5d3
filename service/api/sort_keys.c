// SPDX-License-Identifier: Apache-2.0
#include "api/sort_keys.h"

static const char *const names[JOB_SORTS] = {
    [SORT_CREATED] = "created",   [SORT_ID] = "jobID",        [SORT_UPDATED] = "updated",
    [SORT_TYPE] = "processID",    [SORT_STATUS] = "status",   [SORT_MESSAGE] = "message",
    [SORT_PROGRESS] = "progress", [SORT_STARTED] = "started", [SORT_FINISHED] = "finished",
    [SORT_DURATION] = "duration", [SORT_CREATOR] = "creator",
};

const char *sort_key_name(enum job_sort sort)
{
    return names[sort];
}

bool sort_key_named(struct slice name, enum job_sort *out)
{
    for (size_t i = 0; i < JOB_SORTS; i++)
        if (slice_equal(slice_of(names[i]), name)) {
            *out = (enum job_sort)i;
            return true;
        }
    return false;
}
