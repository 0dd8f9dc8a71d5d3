// SPDX-License-Identifier: Apache-2.0
#include "view/scope.h"

void scope_for_cancelling(const struct viewer *viewer, struct job_scope *out)
{
    *out = (struct job_scope){.organization_id = viewer->organization_id,
                              .creator_id = viewer->member};
    if (viewer->role == ROLE_ADMINISTRATOR)
        out->creator_id = SLICE_NULL;
}

bool scope_for_reading(const struct viewer *viewer, struct job_scope *out)
{
    scope_for_cancelling(viewer, out);
    return viewer->role == ROLE_ADMINISTRATOR || viewer->role == ROLE_MANAGER;
}
