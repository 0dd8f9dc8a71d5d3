// SPDX-License-Identifier: Apache-2.0
#include "store/reader/job_sort.h"

const struct job_sort_key *job_sort_key(enum job_sort sort)
{
    static const struct job_sort_key keys[JOB_SORTS] = {
        [SORT_CREATED] = {"created", KEY_TIME, "jobs_by_created_asc", "jobs_by_created_desc"},
        [SORT_ID] = {"id", KEY_NONE, "jobs_by_id_asc", "jobs_by_id_desc"},
        [SORT_UPDATED] = {"updated", KEY_TIME, "jobs_by_updated_asc", "jobs_by_updated_desc"},
        [SORT_TYPE] = {"type", KEY_TEXT, NULL, NULL},
        [SORT_STATUS] = {"status", KEY_NUMBER, NULL, NULL},
        [SORT_MESSAGE] = {"message", KEY_TEXT, NULL, NULL},
        [SORT_PROGRESS] = {"progress", KEY_NUMBER, NULL, NULL},
        [SORT_STARTED] = {"started", KEY_TIME, NULL, NULL},
        [SORT_FINISHED] = {"finished", KEY_TIME, NULL, NULL},
        [SORT_DURATION] = {"duration", KEY_TIME, NULL, NULL},
        [SORT_CREATOR] = {"creator", KEY_TEXT, NULL, NULL},
    };

    return &keys[sort];
}
